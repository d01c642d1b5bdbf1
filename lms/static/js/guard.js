/* Warns beside a field while words are written that could point to a client. `<textarea data-guard="address of the rules">`
   with an empty `data-guard-says` for the warning and a hidden `data-guard-declare` for "This is not about a client".
   The rules come from the server as data (supervision/guard/rules.py); no text ever leaves the browser for this.
   The server checks again when the form is sent, so the page works without this file. */
(function () {
  "use strict";

  if (window.plumblineGuard) return; // a page with two guarded fields names this file twice

  const PAUSE = 400; // milliseconds of rest before anything is said
  const NAMED = 5;
  const SEEN = "\u0000";

  /* The engine: the same steps as supervision/guard/engine.py ---------------------------------------------------- */

  function prepared(data) {
    const lists = {};
    Object.keys(data.lists).forEach((name) => (lists[name] = new Set(data.lists[name])));
    const starts = Object.entries(data.starts).map(([at, pattern]) => [at, new RegExp(pattern, "g")]);
    const rules = data.rules.map((rule) => {
      const searched = !rule.where.length && rule.at === "word";
      return Object.assign({}, rule, { searched, expression: new RegExp(rule.pattern, searched ? "dg" : "dy") });
    });
    return { lists, starts, rules, letters: data.letters, longest: data.longest, marks: data.marks, kinds: data.kinds };
  }

  function plain(sign, guard) {
    if (sign in guard.letters) return guard.letters[sign];
    if (sign.codePointAt(0) < 128) return sign;
    const parts = Array.from(sign.normalize("NFKD"));
    if (parts.length > guard.longest) return sign;
    const [first, last] = guard.marks;
    return parts
      .filter((part) => part.codePointAt(0) < first || part.codePointAt(0) > last)
      .map((part) => (part in guard.letters ? guard.letters[part] : part))
      .join("");
  }

  function fold(signs, guard) {
    const pieces = [];
    const places = [];
    signs.forEach((sign, place) => {
      const piece = plain(sign, guard);
      pieces.push(piece);
      for (let step = 0; step < piece.length; step += 1) places.push(place);
    });
    return [pieces.join(""), places];
  }

  const lower = (text) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  const blank = (text, spans) =>
    spans.reduce((rest, [start, end]) => rest.slice(0, start) + SEEN.repeat(end - start) + rest.slice(end), text);

  function holds(rule, match, lists) {
    return rule.where.every(([group, name, wanted]) => lists[name].has(lower(match[group] || "")) === wanted);
  }

  function spansOf(rule, text, starts, lists) {
    if (rule.searched) return Array.from(text.matchAll(rule.expression), (match) => match.indices[rule.group]);
    const spans = [];
    let after = 0;
    starts.forEach((place) => {
      if (place < after) return;
      rule.expression.lastIndex = place;
      const match = rule.expression.exec(text);
      if (!match || !match[0].length || !holds(rule, match, lists)) return;
      spans.push(match.indices[rule.group]);
      after = match.index + match[0].length;
    });
    return spans;
  }

  /* What in the text looks like patient data: {words, kind, start, end}, in reading order, counted in characters. */
  function identifiersIn(text, guard) {
    const signs = Array.from(text);
    let [folded, places] = fold(signs, guard);
    let small = lower(folded);
    const starts = {};
    guard.starts.forEach(([at, expression]) => {
      starts[at] = Array.from(folded.matchAll(expression), (match) => match.index);
    });
    const found = [];
    guard.rules.forEach((rule) => {
      if (rule.needs.length && !rule.needs.some((sign) => small.includes(sign))) return;
      const spans = spansOf(rule, rule.small ? small : folded, starts[rule.at], guard.lists);
      if (!spans.length) return;
      spans.forEach(([start, end]) => {
        if (!rule.kind) return;
        const begin = places[start];
        const last = places[end - 1] + 1;
        found.push({ words: signs.slice(begin, last).join(""), kind: rule.kind, start: begin, end: last });
      });
      folded = blank(folded, spans);
      small = blank(small, spans);
    });
    return found.sort((one, other) => one.start - other.start);
  }

  /* The page ------------------------------------------------------------------------------------------------------ */

  const fetched = {};

  /* Each address of rules is fetched once; without them nothing is said, and the server still checks. */
  function guardAt(address) {
    fetched[address] =
      fetched[address] ||
      fetch(address, { credentials: "same-origin" })
        .then((response) => (response.ok ? response.json() : Promise.reject(new Error("no rules"))))
        .then(prepared);
    return fetched[address];
  }

  function line(finding, guard) {
    const item = document.createElement("li");
    const words = document.createElement("strong");
    words.textContent = finding.words;
    item.append("“", words, `” looks like ${guard.kinds[finding.kind].label}`);
    return item;
  }

  function say(place, findings, guard) {
    const key = findings.map((finding) => finding.kind + finding.words).join("\n");
    if (place.dataset.said === key) return; // said already: a reader is not told twice
    place.dataset.said = key;
    place.replaceChildren();
    if (!findings.length) return;
    const list = document.createElement("ul");
    list.append(...findings.slice(0, NAMED).map((finding) => line(finding, guard)));
    const advice = document.createElement("p");
    const stops = findings.filter((finding) => !guard.kinds[finding.kind].declarable);
    advice.textContent = stops.length || !place.parentElement.querySelector("[data-guard-declare]")
      ? "Leave out whatever could point to a client. This cannot be saved as it is."
      : "Leave it out if it could point to a client. If it is not about a client, say so below.";
    place.append(list, advice);
  }

  function look(field, guard) {
    const around = field.closest("[data-guarded]");
    const onlyHard = field.dataset.guardOnly === "hard";
    const findings = identifiersIn(field.value, guard).filter((finding) => !onlyHard || !guard.kinds[finding.kind].declarable);
    say(around.querySelector("[data-guard-says]"), findings, guard);
    const declare = around.querySelector("[data-guard-declare]");
    if (declare) declare.hidden = !findings.some((finding) => guard.kinds[finding.kind].declarable);
  }

  function watch(field) {
    let waiting = 0;
    const soon = () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => guardAt(field.dataset.guard).then((guard) => look(field, guard)).catch(() => {}), PAUSE);
    };
    field.addEventListener("input", soon);
    if (field.value) soon();
  }

  window.plumblineGuard = { prepared, identifiersIn };
  document.querySelectorAll("[data-guard]").forEach(watch);
})();
