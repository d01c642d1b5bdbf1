/* Leave without a trace in the back button: the page is replaced, not followed. The plain link works without this. */
(function () {
  "use strict";

  document.addEventListener("click", function (event) {
    var link = event.target.closest("[data-quick-exit]");
    if (!link) {
      return;
    }
    event.preventDefault();
    window.location.replace(link.href);
  });
})();
