/* Tells the server in small batches that the page of a quiz was left and come back to, and that the connection was lost and
   regained. Apart from the answers: nothing waits for it, and what cannot be sent is told later or never. */
(function () {
  "use strict";

  const form = document.querySelector("[data-quiz-reports]");
  if (!form) return;
  const GONE_AFTER = 3000; // going on to another page of the quiz hides this one for a moment as well
  const SEND_AFTER = 4000;
  const MOST = 20;
  const slots = document.querySelectorAll("[data-quiz]");
  let waiting = []; // [what, when]
  let hiddenSince = 0;
  let isGone = false;
  let isLost = false;
  let goneTimer = 0;
  let sendTimer = 0;

  const now = () => performance.now();

  function note(what, since = now()) {
    waiting = [...waiting, [what, since]].slice(-MOST);
    clearTimeout(sendTimer);
    sendTimer = setTimeout(send, SEND_AFTER);
  }

  async function send() {
    if (!waiting.length || isLost) return;
    const batch = waiting;
    waiting = [];
    const body = new FormData();
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.set("told", batch.map(([what, since]) => `${what}:${Math.max(0, Math.round((now() - since) / 1000))}`).join(" "));
    if (slots.length === 1) body.set("slot", form.elements.slot.value);
    try {
      await fetch(form.dataset.quizReports, { method: "POST", body, keepalive: true });
    } catch {
      waiting = [...batch, ...waiting].slice(-MOST);
    }
  }

  function gone() {
    if (isGone || !hiddenSince) return;
    isGone = true;
    note("left", hiddenSince);
  }

  document.addEventListener("visibilitychange", () => {
    clearTimeout(goneTimer);
    if (document.visibilityState === "hidden") {
      hiddenSince = now();
      goneTimer = setTimeout(gone, GONE_AFTER);
      return;
    }
    if (hiddenSince && now() - hiddenSince >= GONE_AFTER) gone();
    if (isGone) note("came_back");
    isGone = false;
    hiddenSince = 0;
  });

  function lost() {
    if (isLost) return;
    isLost = true;
    note("lost");
  }

  function regained() {
    if (!isLost) return;
    isLost = false;
    note("regained");
  }

  window.addEventListener("offline", lost);
  window.addEventListener("online", regained);
  document.addEventListener("quiz:unsent", lost); // the answers know best, see quiz.js
  document.addEventListener("quiz:sent", regained);
})();
