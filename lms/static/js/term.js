/* <dfn class="term"> shows its meaning while it is pointed at or has the focus; Escape puts the meaning away. */
(function () {
  "use strict";

  var AWAY = "is-dismissed";

  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") {
      document.querySelectorAll(".term:hover, .term:focus").forEach(function (term) {
        term.classList.add(AWAY);
      });
    }
  });

  ["pointerout", "focusout"].forEach(function (kind) {
    document.addEventListener(kind, function (event) {
      var term = event.target.closest(".term");
      if (term) {
        term.classList.remove(AWAY);
      }
    });
  });
})();
