/* The open quiz: saves an answer when it changes, keeps on this device what could not be sent, and counts down. The
   server decides all of it; without this file the buttons save, and the page says until when. */
(function () {
  "use strict";

  const forms = [...document.querySelectorAll("[data-quiz]")];
  const clock = document.querySelector("[data-quiz-clock][data-seconds]");
  const PAUSE_WHILE_TYPING = 700;
  const RETRY_AFTER = 4000;
  const CALM_SECONDS = 120;
  const FRAME = ["csrfmiddlewaretoken", "form_key", "slot", "seq", "goto"]; // what a form holds beside the answer

  const answerIn = (data) => [...data].filter(([name]) => !FRAME.includes(name));
  const isAnswered = (data) => answerIn(data).some(([, value]) => value.trim());

  /* What she answered and the server has not yet confirmed, by attempt and question; nothing else is ever kept. */
  const kept = {
    start: (attempt) => `plumbline-quiz-${attempt}-`,
    put(attempt, slot, data) {
      const entry = JSON.stringify({ seq: data.get("seq"), answer: answerIn(data) });
      try { localStorage.setItem(kept.start(attempt) + slot, entry); } catch { /* full or forbidden: the page still sends */ }
    },
    drop(attempt, slot) {
      try { localStorage.removeItem(kept.start(attempt) + slot); } catch { /* as above */ }
    },
    of(attempt) {
      try {
        const names = Object.keys(localStorage).filter((name) => name.startsWith(kept.start(attempt)));
        return names.map((name) => ({ slot: name.slice(kept.start(attempt).length), ...JSON.parse(localStorage.getItem(name)) }));
      } catch { return []; }
    },
    dropAll(attempt) { kept.of(attempt).forEach(({ slot }) => kept.drop(attempt, slot)); },
  };

  /* What the server says, as {ok, stale, closed, signIn, message, saved}; a lost connection throws. */
  async function post(action, body, signal) {
    const response = await fetch(action, { method: "POST", body, headers: { Accept: "application/json" }, signal });
    const isJson = (response.headers.get("Content-Type") || "").includes("application/json");
    const said = isJson ? await response.json() : {};
    return { ...said, ok: isJson && response.ok, isUnheard: !isJson, isStale: response.status === 409 };
  }

  function startSaving(form) {
    const words = form.querySelector("[data-quiz-saved]");
    const sequence = form.querySelector("[data-quiz-seq]");
    const attempt = form.dataset.quizAttempt;
    const slot = form.elements.slot.value;
    const current = document.querySelector(".question-map [aria-current]");
    let isSending = false;
    let isDirty = false;
    let timer = 0;
    let leaving = new AbortController();

    const say = (text, link) => {
      words.textContent = text;
      if (!link) return;
      const anchor = document.createElement("a");
      anchor.href = link;
      anchor.textContent = "Sign in again";
      words.append(" ", anchor);
    };
    const later = (milliseconds) => { clearTimeout(timer); timer = setTimeout(send, milliseconds); };

    function note() {
      isDirty = true;
      const data = new FormData(form);
      if (isAnswered(data)) kept.put(attempt, slot, data);
    }

    async function send() {
      if (isSending || !isDirty) return;
      const body = new FormData(form);
      if (!isAnswered(body)) return;
      isSending = true;
      isDirty = false;
      let pause = 0;
      const { signal } = leaving;
      sequence.value = Number(body.get("seq")) + 1; // whatever is sent next is newer than this
      try {
        hear(await post(form.action, body, signal));
        document.dispatchEvent(new Event("quiz:sent"));
      } catch {
        if (signal.aborted) return; // the form itself is on its way, and carries a newer answer
        isDirty = true;
        document.dispatchEvent(new Event("quiz:unsent"));
        say("Not saved yet: no connection. Your answer is kept on this device and sent as soon as the line is back.");
        pause = RETRY_AFTER;
      } finally {
        isSending = false;
      }
      if (isDirty) later(pause);
    }

    function hear(answer) {
      if (answer.result) {
        kept.dropAll(attempt);
        window.location.assign(answer.result);
      } else if (answer.sign_in) {
        say("Not saved yet: you are signed out. Your answer is kept on this device.", answer.sign_in);
      } else if (answer.isUnheard) {
        say("Not saved yet. Reload the page: your answer is kept on this device and is sent again.");
      } else {
        if (!isDirty) kept.drop(attempt, slot);
        if (answer.ok) saved(answer);
        else say(answer.message);
      }
    }

    function saved(answer) {
      say(`Saved ${answer.saved}`);
      if (answer.answered) (current || form).dataset.answered = "yes";
      const count = document.querySelectorAll(".question-map [data-answered], form[data-answered]").length;
      document.querySelector("[data-quiz-count]").textContent = count;
    }

    form.addEventListener("change", () => { note(); later(0); });
    form.addEventListener("input", (event) => {
      note();
      if (event.target.matches("textarea, input:not([type=radio], [type=checkbox])")) later(PAUSE_WHILE_TYPING);
    });
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      leaving.abort(); // a save that is overtaken by its form would be told that it is old
      leaving = new AbortController(); // for whoever comes back to this page by the browser's button
      // What is not confirmed yet goes with this form: kept under its number, the next page can repeat it, and it is never old.
      if (kept.of(attempt).some((one) => one.slot === slot)) kept.put(attempt, slot, new FormData(form));
    });
    window.addEventListener("online", () => later(0));
  }

  /* What an earlier page could not send goes first; then the page shows what the server has. */
  async function sendKept(form) {
    const attempt = form.dataset.quizAttempt;
    const onPage = new Set(forms.map((one) => one.elements.slot.value));
    let isNewsHere = false;
    for (const { slot, seq, answer } of kept.of(attempt)) {
      const body = new FormData();
      body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      body.set("slot", slot);
      body.set("seq", seq);
      answer.forEach(([name, value]) => body.append(name, value));
      const said = await post(form.action, body);
      if (said.isUnheard || said.sign_in) return;
      kept.drop(attempt, slot);
      if (said.result) { window.location.assign(said.result); return; }
      isNewsHere = isNewsHere || (said.ok && onPage.has(slot));
    }
    if (isNewsHere) window.location.reload();
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

  forms.filter((form) => !form.querySelector("[data-steps]")).forEach(startSaving); // a step is final: only its button saves it
  if (forms.length) sendKept(forms[0]).catch(() => { /* no connection: what is kept waits for the next page */ });
  if (clock) startClock(clock);
})();
