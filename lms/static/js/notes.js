/* Notes on a lesson: chosen words bring a small bar that fills the form at the side, and passages that were marked before
   are marked in the text. The form and the list work without this file. */
(function () {
  "use strict";

  const text = document.querySelector("[data-lesson-text]");
  const place = document.querySelector("[data-note-form]");
  const template = document.querySelector("[data-note-bar]");
  if (!text || !place || !template) return;

  const MOST = 500;
  const GAP = 8;
  const PART = "[id^='block-']";
  const NOT_TEXT = "form, button, script, svg, [data-notes-off]";
  const form = place.querySelector("form");
  const bar = template.content.firstElementChild.cloneNode(true);
  let chosen = null;

  const squeeze = (words) => words.replace(/\s+/g, "");
  const spaced = (words) => words.replace(/\s+/g, " ").trim();
  const elementOf = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement);
  const partOf = (node) => elementOf(node).closest(PART);

  /* Marks ------------------------------------------------------------------------------------------------------- */

  function textNodes(root) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT, (node) =>
      node.parentElement.closest(NOT_TEXT) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT
    );
    const nodes = [];
    while (walker.nextNode()) nodes.push(walker.currentNode);
    return nodes;
  }

  /* Where each letter of a part stands, spaces left out: browsers and servers count those differently. */
  function lettersOf(root) {
    const letters = [];
    textNodes(root).forEach((node) => {
      [...node.data].reduce((offset, sign) => {
        if (sign.trim()) letters.push({ sign, node, offset });
        return offset + sign.length;
      }, 0);
    });
    return letters;
  }

  function mark(root, quotation) {
    const wanted = [...squeeze(quotation)];
    const letters = lettersOf(root);
    const begin = letters.findIndex((_, at) => wanted.every((sign, step) => letters[at + step]?.sign === sign));
    if (!wanted.length || begin < 0) return;
    const found = letters.slice(begin, begin + wanted.length);
    const pieces = new Map();
    found.forEach(({ node, offset, sign }) => {
      const piece = pieces.get(node) || { from: offset };
      pieces.set(node, { from: piece.from, to: offset + sign.length });
    });
    pieces.forEach(({ from, to }, node) => {
      const range = document.createRange();
      range.setStart(node, from);
      range.setEnd(node, to);
      range.surroundContents(document.createElement("mark"));
    });
  }

  function markAll() {
    document.querySelectorAll("[data-note-mark]").forEach((note) => {
      const part = note.dataset.noteMark;
      const root = part ? document.getElementById(`block-${part}`) : text;
      if (root) mark(root, note.querySelector("[data-note-quotation]").textContent);
    });
  }

  /* The bar ----------------------------------------------------------------------------------------------------- */

  /* The words that are chosen now, if a note can hang on them: in one part of the lesson, and not in a form there. */
  function choice() {
    const selection = window.getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    const words = spaced(selection.toString());
    const around = elementOf(range.commonAncestorContainer);
    if (!words || words.length > MOST || !text.contains(around) || around.closest(NOT_TEXT)) return null;
    const part = partOf(range.startContainer);
    if (text.querySelector(PART) && !(part && part === partOf(lastOf(range)))) return null;
    return { words, part, range };
  }

  /* A triple click ends the choice at the very beginning of the next paragraph: that belongs to it no more. */
  function lastOf(range) {
    if (range.endOffset > 0) return range.endContainer;
    const last = textNodes(text).findLast((node) => node.data.trim() && range.intersectsNode(node) && node !== range.endContainer);
    return last || range.endContainer;
  }

  function show() {
    if (bar.contains(document.activeElement)) return;
    chosen = choice();
    if (!chosen) {
      bar.remove();
      return;
    }
    (chosen.part || text).after(bar);
    const frame = bar.offsetParent.getBoundingClientRect();
    const words = [...chosen.range.getClientRects()].findLast((box) => box.width > 0) || chosen.range.getBoundingClientRect();
    const left = Math.max(0, Math.min(words.right - frame.left - bar.offsetWidth / 2, frame.width - bar.offsetWidth));
    bar.style.setProperty("top", `${words.bottom - frame.top + GAP}px`);
    bar.style.setProperty("left", `${left}px`);
  }

  function fill() {
    form.elements.block.value = chosen.part ? chosen.part.id.replace("block-", "") : "";
    form.elements.quotation.value = chosen.words;
    bar.remove();
  }

  function write() {
    fill();
    place.open = true;
    form.elements.text.focus();
  }

  /* With words of her own in the form already, they are not thrown away: the passage is put to them. */
  function highlight() {
    if (form.elements.text.value.trim()) {
      write();
      return;
    }
    fill();
    form.requestSubmit();
  }

  bar.querySelector("[name=highlight]").addEventListener("click", highlight);
  bar.querySelector("[name=note]").addEventListener("click", write);
  bar.addEventListener("mousedown", (event) => event.preventDefault()); // the words stay chosen
  bar.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    bar.remove();
    window.getSelection().removeAllRanges();
  });
  document.addEventListener("selectionchange", show);
  markAll();
})();
