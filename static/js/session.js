/* The end of a session takes nobody by surprise: a warning before it, and a strip after it.
   Whoever has just been typing goes on without being asked. Asking the server prolongs nothing. */
(() => {
  const root = document.getElementById("session");
  if (!root) return;
  const { person, idle, url } = root.dataset;
  const LEAD = Math.min(300, Number(idle) / 3);
  const KEPT = `session-ends-${person}`;
  const warning = document.getElementById("session-warning");
  const state = { timer: 0, due: 0, used: Date.now(), ended: false, passing: null, is: "idle", left: 0 };

  const seconds = () => (Date.now() - state.used) / 1000;

  const schedule = (wait) => {
    clearTimeout(state.timer);
    state.due = Date.now() + wait * 1000;
    state.timer = setTimeout(look, Math.min(wait, 86400) * 1000);
  };

  const ask = async (method) => {
    const token = document.querySelector("input[name='csrfmiddlewaretoken']")?.value;
    const headers = method === "POST" ? { "X-CSRFToken": token } : {};
    try {
      const answer = await fetch(url, { method, headers, redirect: "manual" });
      if (answer.type === "opaqueredirect") return { isEnded: true };
      return answer.ok ? await answer.json() : null;
    } catch {
      return null;
    }
  };

  const show = (name) => {
    root.querySelectorAll("[data-state]").forEach((strip) => {
      strip.hidden = strip.dataset.state !== name;
    });
  };

  /* Signed in again, in another tab: this page gets the new token against forgery. */
  const comeBack = (token) => {
    state.ended = false;
    show("");
    if (document.body.hasAttribute("hx-headers")) {
      document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
    }
    document.querySelectorAll("input[name='csrfmiddlewaretoken']").forEach((input) => {
      input.value = token;
    });
    const told = root.querySelector("[data-back]");
    told.textContent = told.dataset.back;
  };

  const end = (name) => {
    state.ended = true;
    if (warning.open) warning.close("ended");
    show(name);
    schedule(60);
  };

  const inWords = (left) =>
    left >= 90 ? `あと約${Math.round(left / 60)}分` : `あと${Math.max(10, Math.round(left / 10) * 10)}秒ほど`;

  const warn = (left, kind) => {
    state.is = kind;
    warning.querySelectorAll("[data-when]").forEach((line) => {
      line.hidden = line.dataset.when !== kind;
    });
    warning.querySelectorAll("[data-left]").forEach((words) => {
      words.textContent = inWords(left);
    });
    if (!warning.open) warning.showModal();
    schedule(left + 1);
  };

  const settle = (answer) => {
    if (state.ended) comeBack(answer.token);
    sessionStorage.setItem(KEPT, Date.now() + answer.longest * 1000);
    const isLongest = answer.longest <= answer.idle;
    const left = Math.min(answer.idle, answer.longest);
    if (left > LEAD + 1) return schedule(left - LEAD);
    if (isLongest && state.told) return schedule(left + 1);
    state.told = isLongest;
    if (!isLongest && seconds() < LEAD) return go();
    return warn(left, isLongest ? "longest" : "idle");
  };

  async function look() {
    const answer = await ask("GET");
    if (!answer) return schedule(30);
    if (answer.isEnded) return end("ended");
    return answer.person === person ? settle(answer) : end("other");
  }

  const go = async () => {
    const answer = await ask("POST");
    if (answer && !answer.isEnded && answer.person === person) return settle(answer);
    return look();
  };

  ["input", "keydown", "pointerdown"].forEach((name) =>
    document.addEventListener(name, () => (state.used = Date.now()), { passive: true }),
  );
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && (state.ended || Date.now() >= state.due)) look();
  });
  window.addEventListener("focus", () => state.ended && look());

  /* 「続ける」, Esc: the one key that prolongs. */
  warning.addEventListener("close", () => {
    if (warning.returnValue !== "ended" && state.is === "idle") go();
    warning.returnValue = "";
  });

  /* A form sent from a page whose session ended goes with the new token, if there is one by now. */
  window.addEventListener(
    "submit",
    async (event) => {
      const form = event.target;
      if (!state.ended || state.passing === form || form.method === "dialog") return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const button = event.submitter;
      await look();
      state.passing = form;
      form.requestSubmit(button);
      state.passing = null;
    },
    true,
  );

  const ends = Number(sessionStorage.getItem(KEPT));
  const known = ends > Date.now() ? (ends - Date.now()) / 1000 : 0;
  const soonest = Math.min((Number(idle) * 29) / 30, known);
  schedule(known ? Math.max(1, soonest - LEAD) : Math.min(5, LEAD));
})();
