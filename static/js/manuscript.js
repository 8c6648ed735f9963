/* The reading page: passages selected with mouse or keyboard, and keys for undo and redo.
   Offsets are counted in characters (code points), as the server counts them. */
(() => {
  const characters = (text) => Array.from(text).length;

  const shorten = (text) => {
    const words = text.replace(/\s+/g, " ").trim();
    return words.length > 24 ? `「${words.slice(0, 12)}…${words.slice(-8)}」` : `「${words}」`;
  };

  const choose = (form, start, end) => {
    form.elements.start.value = start;
    form.elements.end.value = end;
  };

  /* A passage in the read-only field: the form says where in the source the field begins. */
  const watchField = (form) => {
    const field = form.querySelector("textarea");
    const told = form.querySelector(".passage__chosen");
    const begins = Number(form.dataset.passage);
    const text = field.value;
    field.readOnly = false; // in a read-only field no browser moves the cursor by keyboard
    field.setAttribute("aria-readonly", "true");
    field.addEventListener("beforeinput", (event) => event.preventDefault());
    field.addEventListener("input", () => (field.value = text)); // an IME asks nobody
    const show = () => {
      const before = field.value.slice(0, field.selectionStart);
      const chosen = field.value.slice(field.selectionStart, field.selectionEnd);
      if (!chosen.trim()) {
        choose(form, "", "");
        told.textContent = "";
        return;
      }
      const start = begins + characters(before);
      choose(form, start, start + characters(chosen));
      told.textContent = `選んだ文　${shorten(chosen)}`;
    };
    ["select", "keyup", "mouseup"].forEach((name) => field.addEventListener(name, show));
    form.addEventListener("submit", (event) => {
      if (form.elements.start.value !== "") return;
      event.preventDefault();
      told.textContent = "この部分の原文から、文を選んでください。";
      field.focus();
    });
  };

  /* A passage selected in the source itself. */
  const offsetOf = (node, offset) => {
    const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
    const part = element && element.closest("[data-at]");
    if (!part) return null;
    const range = document.createRange();
    range.selectNodeContents(part);
    range.setEnd(node, offset);
    return Number(part.dataset.at) + characters(range.toString());
  };

  const watchSource = (form) => {
    const told = form.querySelector("[data-selected]");
    document.addEventListener("selectionchange", () => {
      if (form.contains(document.activeElement)) return;
      const selection = document.getSelection();
      const range = selection.rangeCount && !selection.isCollapsed && selection.getRangeAt(0);
      const start = range ? offsetOf(range.startContainer, range.startOffset) : null;
      const end = range ? offsetOf(range.endContainer, range.endOffset) : null;
      form.hidden = start === null || end === null || end <= start;
      if (form.hidden) return;
      choose(form, start, end);
      told.textContent = shorten(selection.toString());
    });
  };

  const keys = { z: "undo", y: "redo", Z: "redo" };

  const press = (event) => {
    const isTyping = event.target.closest("input, textarea, select");
    if (isTyping || event.isComposing || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    const button = document.querySelector(`[data-key="${keys[event.key]}"]`);
    if (!button) return;
    event.preventDefault();
    button.click();
  };

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-with-script]").forEach((part) => (part.hidden = false));
    document.querySelectorAll("[data-without-script]").forEach((part) => (part.hidden = true));
    document.querySelectorAll("form[data-passage]").forEach(watchField);
    document.querySelectorAll("form[data-selection]").forEach(watchSource);
    document.addEventListener("keydown", press);
    const trouble = document.getElementById("trouble");
    const row = location.hash && document.getElementById(location.hash.slice(1));
    if (trouble) trouble.scrollIntoView({ block: "center" });
    else if (row && row.matches("[tabindex]")) row.focus();
  });
})();
