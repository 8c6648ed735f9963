/* Warn before leaving a page whose form[data-unsaved] holds words that nobody has saved. */
(() => {
  const changed = new Set();

  const formOf = (target) => target.closest && target.closest("form[data-unsaved]");

  document.addEventListener("input", (event) => {
    const form = formOf(event.target);
    if (form) changed.add(form);
  });
  document.addEventListener("submit", (event) => changed.delete(event.target));
  document.addEventListener("htmx:beforeRequest", (event) => changed.delete(formOf(event.target)));
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = formOf(event.target);
    if (form && event.detail.failed) changed.add(form);
  });
  window.addEventListener("beforeunload", (event) => {
    const open = [...changed].some((form) => form.isConnected);
    if (open) event.preventDefault();
  });
})();
