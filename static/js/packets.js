/* Whoever waits on the page of a file gets it the moment it is there: once, and only when the
   answer came by looking again. A page that is opened or loaded anew starts nothing. */
document.addEventListener("htmx:afterSettle", (event) => {
  const link = event.detail.elt.querySelector?.("a[data-starts]");
  if (!link) return;
  link.removeAttribute("data-starts");
  link.click();
});
