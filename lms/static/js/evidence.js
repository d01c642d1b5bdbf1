/* Shows the evidence of a line of the ledger in its place, once the line is opened. Without it: a link to its page. */
(function () {
  "use strict";

  function show(row, place) {
    const link = place.querySelector("a");
    place.removeAttribute("data-evidence");
    fetch(link.href, { credentials: "same-origin" })
      .then(function (answer) {
        return answer.ok ? answer.text() : Promise.reject(answer.status);
      })
      .then(function (text) {
        const page = new DOMParser().parseFromString(text, "text/html");
        const shown = document.importNode(page.querySelector("[data-evidence-shown]"), true);
        const hadFocus = place.contains(document.activeElement);
        place.replaceWith(...shown.childNodes);
        if (hadFocus) {
          row.querySelector("summary").focus();
        }
      })
      .catch(function () {
        /* The link stays and leads to the page. */
      });
  }

  document.querySelectorAll(".ledger-row").forEach(function (row) {
    row.addEventListener("toggle", function () {
      const place = row.querySelector("[data-evidence]");
      if (row.open && place) {
        show(row, place);
      }
    });
  });
})();
