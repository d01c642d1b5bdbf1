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

  /* What she answered and the server has not yet confirmed, by attempt and question; nothing else is ever kept. What it
     refused, such as a text with too many words, stays with the sentence that says why, until she has changed it. */
  const kept = {
    start: (attempt) => `plumbline-quiz-${attempt}-`,
    put(attempt, slot, data) {
      kept.write(attempt, slot, { seq: data.get("seq"), answer: answerIn(data) });
    },
    refuse(attempt, slot, refused) {
      const entry = kept.of(attempt).find((one) => one.slot === slot);
      if (entry) kept.write(attempt, slot, { ...entry, refused });
    },
    write(attempt, slot, entry) {
      try { localStorage.setItem(kept.start(attempt) + slot, JSON.stringify(entry)); } catch { /* full or forbidden: the page still sends */ }
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
    const { status } = response;
    return { ...said, ok: isJson && response.ok, isUnheard: !isJson, isStale: status === 409, isRefused: isJson && status === 422 };
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
      else kept.drop(attempt, slot);
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
        if (answer.isRefused) kept.refuse(attempt, slot, answer.message);
        else if (!isDirty) kept.drop(attempt, slot);
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
    for (const { slot, seq, answer, refused } of kept.of(attempt)) {
      if (refused) { showAgain(slot, seq, answer, refused); continue; }
      const body = new FormData();
      body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      body.set("slot", slot);
      body.set("seq", seq);
      answer.forEach(([name, value]) => body.append(name, value));
      const said = await post(form.action, body);
      if (said.isUnheard || said.sign_in) return;
      if (said.isRefused) {
        kept.refuse(attempt, slot, said.message);
        showAgain(slot, seq, answer, said.message);
        continue;
      }
      kept.drop(attempt, slot);
      if (said.result) { window.location.assign(said.result); return; }
      isNewsHere = isNewsHere || (said.ok && onPage.has(slot));
    }
    if (isNewsHere) window.location.reload();
  }

  /* What was typed and refused stands in its fields again, unless a newer answer from elsewhere is saved by now. */
  function showAgain(slot, seq, answer, message) {
    const form = forms.find((one) => one.elements.slot.value === slot);
    if (!form) return;
    if (Number(form.elements.seq.value) > Number(seq) + 1) { kept.drop(form.dataset.quizAttempt, slot); return; }
    answer.forEach(([name, value]) => {
      const control = form.elements[name];
      if (control instanceof Element && control.matches("textarea, select, input:not([type=radio], [type=checkbox])")) control.value = value;
    });
    form.querySelector("[data-quiz-saved]").textContent = `Not saved. ${message}`;
  }

  /* Before she submits: what was refused and is on this device alone is named; afterwards nothing stays here. */
  function lookOver(page) {
    const attempt = page.dataset.quizReview;
    const slots = kept.of(attempt).filter(({ refused }) => refused).map(({ slot }) => slot);
    const note = page.querySelector("[data-quiz-unsaved]");
    if (slots.length) {
      note.hidden = false;
      note.querySelector("[data-quiz-unsaved-slots]").textContent = slots.sort((one, other) => one - other).join(", ");
    }
    page.querySelector("[data-quiz-submit]").addEventListener("submit", () => kept.dropAll(attempt));
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
  document.querySelectorAll("[data-quiz-review]").forEach(lookOver);
  if (clock) startClock(clock);
})();
