/* A long form that is saved on the server as it is typed. Without this file its button *Save as draft* does the same.
   What is typed stays on the page until the server has confirmed it; nothing is kept on the device. */
(function () {
  "use strict";

  const PAUSE_WHILE_TYPING = 1200;
  const RETRY_AFTER = 5000;
  const form = document.querySelector("form[data-draft]");
  if (!form) return;

  const words = form.querySelector("[data-draft-said]");
  const sequence = form.elements.draft_sequence;
  let isSending = false;
  let isDirty = false;
  let isSignedOut = false;
  let isOver = false;
  let timer = 0;
  let saving = new AbortController();

  const later = (milliseconds) => { clearTimeout(timer); timer = setTimeout(send, milliseconds); };

  function say(text, link) {
    words.textContent = text;
    if (!link) return;
    const anchor = document.createElement("a");
    anchor.href = link;
    anchor.target = "_blank";
    anchor.rel = "noopener";
    anchor.textContent = "Sign in again (opens a new tab)";
    words.append(" ", anchor);
  }

  async function ask(method, body) {
    const headers = { Accept: "application/json" };
    const response = await fetch(form.dataset.draft, { method, body, headers, signal: saving.signal });
    const isJson = (response.headers.get("Content-Type") || "").includes("application/json");
    return { ...(isJson ? await response.json() : {}), isHeard: isJson, status: response.status };
  }

  async function send() {
    if (isSending || !isDirty || isOver) return;
    const body = new FormData(form);
    isSending = true;
    isDirty = false;
    let pause = 0;
    sequence.value = Number(sequence.value) + 1; // whatever is sent next is newer than this
    try {
      pause = await hear(await ask("POST", body));
    } catch {
      if (!isOver) {
        isDirty = true;
        pause = RETRY_AFTER;
        say("Not saved yet: no connection. Leave this page open; it is saved as soon as the line is back.");
      }
    } finally {
      isSending = false;
    }
    if (isDirty && !isOver && !isSignedOut) later(pause);
  }

  /* What the server said. Gives the pause before another try, for what it could not take. */
  async function hear(answer) {
    isSignedOut = Boolean(answer.sign_in);
    if (answer.saved) {
      say(`Saved ${answer.saved}`);
    } else if (isSignedOut) {
      isDirty = true;
      say("Not saved yet: you are signed out. What you typed stays on this page.", answer.sign_in);
    } else if (answer.status === 403) {
      isDirty = true;
      const fresh = await ask("GET"); // she signed in again beside this page, and the form's token is an old one
      if (fresh.token) document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((one) => { one.value = fresh.token; });
      return RETRY_AFTER / 5;
    } else if (answer.isHeard) {
      isOver = answer.status === 409;
      say(answer.message);
    } else {
      isDirty = true;
      say("Not saved yet. It is tried again.");
      return RETRY_AFTER;
    }
    return 0;
  }

  form.addEventListener("input", () => { isDirty = true; later(PAUSE_WHILE_TYPING); });
  form.addEventListener("change", () => { isDirty = true; later(0); });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (isSignedOut) {
      event.preventDefault();
      isDirty = true;
      send();
      return;
    }
    isOver = true;
    isDirty = false;
    saving.abort(); // the form brings everything; what arrives after it would be refused as old
    saving = new AbortController();
  });
  window.addEventListener("online", () => later(0));
  window.addEventListener("focus", () => { if (isDirty) later(0); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) isOver = false; });
  window.addEventListener("beforeunload", (event) => { if (isDirty && !isOver) event.preventDefault(); });
  document.documentElement.dataset.draftReady = "yes";
})();
