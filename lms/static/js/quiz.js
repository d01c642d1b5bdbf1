/* The open quiz: saves an answer when it changes, and counts down. The server decides both; without this file the
   buttons save, and the page says until when. */
(function () {
  "use strict";

  const form = document.querySelector("[data-quiz]");
  const clock = document.querySelector("[data-quiz-clock][data-seconds]");
  const PAUSE_WHILE_TYPING = 700;
  const RETRY_AFTER = 4000;
  const CALM_SECONDS = 120;
  const FRAME = ["csrfmiddlewaretoken", "form_key", "slot", "seq", "goto"]; // what a form holds beside the answer

  function startSaving(form) {
    const words = document.querySelector("[data-quiz-saved]");
    const count = document.querySelector("[data-quiz-count]");
    const sequence = form.querySelector("[data-quiz-seq]");
    const current = document.querySelector(".question-map [aria-current]");
    let isSending = false;
    let isDirty = false;
    let timer = 0;
    let leaving = new AbortController();

    const say = (text) => { words.textContent = text; };
    const later = (milliseconds) => { clearTimeout(timer); timer = setTimeout(send, milliseconds); };

    const answered = (data) => [...data].some(([name, value]) => !FRAME.includes(name) && value.trim());

    async function send() {
      if (isSending || !isDirty) return;
      const body = new FormData(form);
      if (!answered(body)) return;
      isSending = true;
      isDirty = false;
      let pause = 0;
      const { signal } = leaving;
      sequence.value = Number(body.get("seq")) + 1; // whatever is sent next is newer than this
      try {
        const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, signal });
        await hear(response);
      } catch {
        if (signal.aborted) return; // the form itself is on its way, and carries a newer answer
        isDirty = true;
        say("Not saved yet: no connection. Trying again; keep this page open.");
        pause = RETRY_AFTER;
      } finally {
        isSending = false;
      }
      if (isDirty) later(pause);
    }

    async function hear(response) {
      const isJson = (response.headers.get("Content-Type") || "").includes("application/json");
      if (!isJson) {
        say("Not saved. Reload the page and give this answer again; everything saved before is kept.");
        return;
      }
      const answer = await response.json();
      if (answer.result) window.location.assign(answer.result);
      else if (response.ok) saved(answer);
      else say(answer.message);
    }

    function saved(answer) {
      say(`Saved ${answer.saved}`);
      if (current && answer.answered) current.dataset.answered = "yes";
      count.textContent = document.querySelectorAll(".question-map [data-answered]").length;
    }

    form.addEventListener("change", () => { isDirty = true; later(0); });
    form.addEventListener("input", (event) => {
      if (event.target.matches("textarea, input:not([type=radio], [type=checkbox])")) { isDirty = true; later(PAUSE_WHILE_TYPING); }
    });
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      leaving.abort(); // a save that is overtaken by its form would be told that it is old
      leaving = new AbortController(); // for whoever comes back to this page by the browser's button
    });
  }

  function startClock(clock) {
    const until = clock.textContent.match(/until .*/);
    const end = performance.now() + Number(clock.dataset.seconds) * 1000;

    const tick = setInterval(() => {
      const seconds = Math.ceil((end - performance.now()) / 1000);
      if (seconds <= 0) {
        clearInterval(tick);
        clock.textContent = "Time is up. What you saved is being submitted.";
        setTimeout(() => window.location.assign(document.querySelector("[data-result]").dataset.result), 32000);
        return;
      }
      clock.dataset.calm = seconds > CALM_SECONDS ? "yes" : "no";
      clock.textContent = `${inWords(seconds)} left${until ? `, ${until[0]}` : ""}`;
    }, 1000);
  }

  function inWords(seconds) {
    if (seconds > CALM_SECONDS) return `${Math.ceil(seconds / 60)} minutes`;
    return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
  }

  if (form && !form.querySelector("[data-steps]")) startSaving(form); // a step is final: only its button saves it
  if (clock) startClock(clock);
})();
