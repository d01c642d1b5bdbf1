/* Looks every three seconds whether the page has something new to say, and shows it then. Without it: a link.
   What is marked data-waiting-shown, such as a meter, is brought up to date in its place while the page waits. */
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
      .then(function (text) {
        const page = new DOMParser().parseFromString(text, "text/html");
        if (page.querySelector("[data-waiting]") && isShown(page)) {
          lookLater();
        } else {
          window.location.reload();
        }
      })
      .catch(lookLater);
  }

  /* False when the other page has other parts than this one: then all of it is asked for again. */
  function isShown(page) {
    const here = document.querySelectorAll("[data-waiting-shown]");
    const there = page.querySelectorAll("[data-waiting-shown]");
    if (here.length !== there.length) {
      return false;
    }
    here.forEach(function (part, nth) {
      if (!part.isEqualNode(there[nth])) {
        part.replaceChildren(...document.importNode(there[nth], true).childNodes);
      }
    });
    return true;
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
