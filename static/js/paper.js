/* The paper saves by itself: a moment after the last key, never while an IME composes. */
(() => {
  const WAIT = 1500;
  const timers = new WeakMap();
  const FAILED = "保存できませんでした。文はこの画面に残っています。";

  const formOf = (target) => target && target.closest && target.closest("form[data-autosave]");
  const noteOf = (form) => document.getElementById(form.dataset.note);

  const save = (form) => {
    clearTimeout(timers.get(form));
    timers.delete(form);
    if (form.isConnected && !form.dataset.paused) window.htmx.trigger(form, "autosave");
  };

  const saveSoon = (form) => {
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(() => save(form), WAIT));
  };

  document.addEventListener("input", (event) => {
    const form = formOf(event.target);
    if (form && !event.isComposing) saveSoon(form);
  });
  document.addEventListener("compositionstart", (event) => {
    const form = formOf(event.target);
    if (form) clearTimeout(timers.get(form));
  });
  document.addEventListener("compositionend", (event) => {
    const form = formOf(event.target);
    if (form) saveSoon(form);
  });
  document.addEventListener("change", (event) => {
    const form = formOf(event.target);
    if (form) save(form);
  });

  /* What went wrong is said beside the field; what was typed stays in it. */
  const tell = (form, sentence, link) => {
    const note = noteOf(form);
    if (!note) return;
    note.querySelectorAll("[data-told]").forEach((old) => old.remove());
    const line = document.createElement("p");
    line.className = "field__error";
    line.dataset.told = "";
    line.textContent = sentence;
    if (link) line.append(" ", link);
    note.append(line);
  };

  const signInLink = (address) => {
    const link = document.createElement("a");
    link.href = address;
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = "ログインの画面を開く";
    return link;
  };

  const tellSignedOut = (form, address) =>
    tell(form, `ログインが切れたため、${FAILED}ログインしてから「保存する」を押してください。`, signInLink(address));

  const personOf = (page) => page.querySelector("[data-person]")?.dataset.person;

  /* After signing in again in another window the page needs the new token against forgery.
     Whoever may enter may open the first page; this one may be somebody else's by now. */
  const renewToken = async () => {
    const answer = await fetch("/", { credentials: "same-origin" });
    if (answer.redirected) return "signed-out";
    if (!answer.ok) return false;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const headers = page.body.getAttribute("hx-headers");
    if (!headers) return false;
    if (personOf(page) !== personOf(document)) return "other";
    document.body.setAttribute("hx-headers", headers);
    const token = JSON.parse(headers)["X-CSRFToken"];
    document.querySelectorAll("input[name='csrfmiddlewaretoken']").forEach((input) => {
      input.value = token;
    });
    return true;
  };

  const renewAndSave = async (form) => {
    const isNew = !form.dataset.renewed && (await renewToken().catch(() => false));
    if (isNew === "signed-out") return tellSignedOut(form, "/signin/");
    if (isNew === "other") return tell(form, `別の人がログインしたため、${FAILED}写して控えてください。`);
    if (!isNew) return tell(form, `${FAILED}画面を開き直す前に、文を写しておいてください。`);
    form.dataset.renewed = "1";
    save(form);
  };

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, target, requestConfig } = event.detail;
    const form = formOf(requestConfig.elt) || document.getElementById(target.id.replace(/^note-/, "form-"));
    const path = xhr.responseURL ? new URL(xhr.responseURL).pathname : location.pathname;
    if (!path.startsWith("/papers/")) {
      event.detail.shouldSwap = false;
      if (form) tellSignedOut(form, path);
      return;
    }
    const isFragment = !xhr.responseText.trimStart().startsWith("<!DOCTYPE");
    if ([403, 409, 422].includes(xhr.status) && isFragment) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
    if (!form) return;
    if (xhr.status === 409) form.dataset.paused = "1";
    if (xhr.status < 300) {
      delete form.dataset.paused;
      delete form.dataset.renewed;
    }
  });
  document.addEventListener("htmx:responseError", (event) => {
    const form = formOf(event.detail.elt);
    if (!form) return;
    if (event.detail.xhr.status === 403) renewAndSave(form);
    else tell(form, FAILED);
  });
  document.addEventListener("htmx:sendError", (event) => {
    const form = formOf(event.detail.elt);
    if (form) tell(form, `通信ができないため、${FAILED}しばらくしてから「保存する」を押してください。`);
  });

  /* The item that is being written is marked in the rail. */
  let current = "";
  const mark = () => {
    document.querySelectorAll(".rail__list a").forEach((link) => {
      if (link.hash !== current) return link.removeAttribute("aria-current");
      link.setAttribute("aria-current", "true");
      const rail = link.closest(".rail");
      if (rail && rail.scrollHeight > rail.clientHeight) {
        const room = link.getBoundingClientRect().top - rail.getBoundingClientRect().top;
        if (room < 0 || room > rail.clientHeight - 60) rail.scrollTop += room - rail.clientHeight / 2;
      }
    });
  };
  document.addEventListener("focusin", (event) => {
    const pair = event.target.closest && event.target.closest(".pair[id]");
    if (!pair) return;
    current = `#${pair.id}`;
    mark();
  });
  document.addEventListener("htmx:oobAfterSwap", mark);
  document.addEventListener("htmx:afterSwap", (event) => {
    const answer = event.target.closest && event.target.closest(".pair__answer");
    const field = answer && answer === event.target && answer.querySelector("textarea");
    if (field) field.focus();
  });
})();
