/* Keys in a table of work `<div data-rows tabindex="0">`: j and k go from row to row, x ticks the row. Enter opens, as a
   link does. They act only while the focus is in the table, so they take no letter from anything else. */
(function () {
  "use strict";

  const STEPS = { j: 1, k: -1 };

  const linksIn = (table) => [...table.querySelectorAll("tbody th a")];
  const rowOf = (element) => element.closest("tbody tr");

  function go(table, step) {
    const links = linksIn(table);
    const row = rowOf(document.activeElement);
    const at = links.findIndex((link) => rowOf(link) === row);
    const to = at < 0 ? 0 : Math.min(Math.max(at + step, 0), links.length - 1);
    links[to]?.focus();
  }

  function tick() {
    const box = rowOf(document.activeElement)?.querySelector("input[type=checkbox]");
    if (box) box.checked = !box.checked;
  }

  function start(table) {
    table.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key in STEPS) go(table, STEPS[event.key]);
      if (event.key === "x") tick();
    });
    const hint = document.querySelector("[data-rows-hint]");
    if (hint && window.matchMedia("(hover: hover)").matches) hint.hidden = false;
  }

  document.querySelectorAll("[data-rows]").forEach(start);
})();
