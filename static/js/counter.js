/* Characters left, counted as people count them (code points), never while an IME composes. */
(() => {
  const limits = new WeakMap();

  const show = (control) => {
    const output = document.getElementById(`${control.id}_counter`);
    const limit = limits.get(control);
    if (!output || !limit) return;
    const left = limit - Array.from(control.value.normalize("NFC")).length;
    output.textContent =
      left < 0 ? `${-left}字多すぎます（${limit}字まで）` : `あと${left}字（${limit}字まで）`;
    output.classList.toggle("field__counter--over", left < 0);
  };

  const prepare = (root) => {
    root.querySelectorAll("textarea[maxlength]").forEach((control) => {
      limits.set(control, Number(control.getAttribute("maxlength")));
      control.removeAttribute("maxlength"); // what is pasted is never cut off in silence
      show(control);
    });
  };

  document.addEventListener("input", (event) => {
    if (!event.isComposing && limits.has(event.target)) show(event.target);
  });
  document.addEventListener("compositionend", (event) => {
    if (limits.has(event.target)) show(event.target);
  });
  document.addEventListener("htmx:load", (event) => prepare(event.target));
  document.addEventListener("DOMContentLoaded", () => prepare(document));
})();
