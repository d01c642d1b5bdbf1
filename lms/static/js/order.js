/* Items to be put in order: with scripts, buttons move each one, and the numbers follow. Without, the numbers are chosen. */
(function () {
  "use strict";

  const itemsOf = (list) => [...list.children];
  const placeOf = (item) => Number(item.querySelector("select").value) || 0;
  const wordsOf = (item) => item.querySelector("label").lastChild.textContent.trim();

  function button(words, sign) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "order__move";
    made.textContent = sign;
    made.setAttribute("aria-label", words);
    return made;
  }

  function renumber(list) {
    itemsOf(list).forEach((item, place) => { item.querySelector("select").value = String(place + 1); });
    list.dispatchEvent(new Event("change", { bubbles: true })); // the page saves what changes
  }

  function move(list, item, step, pressed) {
    const items = itemsOf(list);
    const to = items.indexOf(item) + step;
    if (to < 0 || to >= items.length) return;
    list.insertBefore(item, step < 0 ? items[to] : items[to].nextSibling);
    renumber(list);
    pressed.focus(); // what moves in the page loses the focus
    list.nextElementSibling.textContent = `${wordsOf(item)}: place ${to + 1} of ${items.length}`;
  }

  function start(list) {
    if (list.dataset.order === "on") return;
    list.dataset.order = "on";
    const items = itemsOf(list);
    if (items.every(placeOf)) items.sort((one, other) => placeOf(one) - placeOf(other)).forEach((item) => list.append(item));
    items.forEach((item) => {
      const up = button(`Move up: ${wordsOf(item)}`, "↑");
      const down = button(`Move down: ${wordsOf(item)}`, "↓");
      up.addEventListener("click", () => move(list, item, -1, up));
      down.addEventListener("click", () => move(list, item, 1, down));
      item.append(up, down);
    });
  }

  document.querySelectorAll("[data-order]").forEach(start);
})();
