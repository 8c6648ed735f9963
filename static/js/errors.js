/* Put the focus on the list of errors, and from a line of it into the control it names. */
(() => {
  document.addEventListener("DOMContentLoaded", () => {
    const summary = document.getElementById("error-summary");
    if (summary) summary.focus();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("#error-summary a[href^='#']");
    const control = link && document.getElementById(link.hash.slice(1));
    if (!control) return;
    event.preventDefault();
    control.focus();
    const field = control.closest(".field") || control;
    field.scrollIntoView({ block: "start" });
  });
})();
