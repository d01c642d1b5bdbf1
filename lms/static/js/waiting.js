/* Looks every three seconds whether the page has something new to say, and shows it then. Without it: a link. */
(function () {
  "use strict";

  const SECONDS = 3;
  const MOST_LOOKS = 100;
  let looks = 0;

  function look() {
    looks += 1;
    fetch(window.location.href, { credentials: "same-origin" })
      .then(function (answer) {
        return answer.text();
      })
      .then(function (page) {
        if (page.indexOf("data-waiting") === -1) {
          window.location.reload();
        } else {
          lookLater();
        }
      })
      .catch(lookLater);
  }

  function lookLater() {
    if (looks < MOST_LOOKS) {
      window.setTimeout(look, SECONDS * 1000);
    }
  }

  if (document.querySelector("[data-waiting]")) {
    lookLater();
  }
})();
