/* Where somebody was reading in a lesson: kept by her own browser alone, as the id of a block, and offered as a link when
   she comes back. Nothing moves by itself, nothing is sent, and signing out forgets all of it. */
(function () {
  "use strict";

  var PREFIX = "reading:";
  var EYE_LINE = 0.3; // of the window's height
  var place = document.querySelector("[data-reading]");
  var link = document.querySelector("[data-reading-link]");
  var blocks = Array.prototype.slice.call(document.querySelectorAll("[id^='block-']"));

  function store(act) {
    try {
      return act(window.localStorage);
    } catch (error) {
      return null; // a browser that keeps nothing: the lesson begins at its top
    }
  }

  function current() {
    var line = window.innerHeight * EYE_LINE;
    return blocks.reduce(function (found, block) {
      return block.getBoundingClientRect().top <= line ? block : found;
    }, null);
  }

  function keep() {
    var block = current();
    store(function (kept) {
      if (block && block !== blocks[0]) {
        kept.setItem(PREFIX + place.dataset.reading, block.id);
      } else if (window.scrollY > 0 || !offered) {
        kept.removeItem(PREFIX + place.dataset.reading);
      }
    });
  }

  function forget(only) {
    store(function (kept) {
      Object.keys(kept).forEach(function (key) {
        if (key.indexOf(only) === 0) {
          kept.removeItem(key);
        }
      });
    });
  }

  var offered = null;
  if (place && blocks.length) {
    offered = store(function (kept) {
      return kept.getItem(PREFIX + place.dataset.reading);
    });
    if (link && offered && !window.location.hash && document.getElementById(offered)) {
      link.firstElementChild.setAttribute("href", "#" + offered);
      link.hidden = false;
    }
    window.addEventListener("pagehide", keep);
  }

  document.addEventListener("submit", function (event) {
    if (event.target.matches("[data-forget-reading]")) {
      forget(PREFIX);
    } else if (place && event.target.matches("[data-reading-done]")) {
      window.removeEventListener("pagehide", keep);
      forget(PREFIX + place.dataset.reading);
    }
  });
})();
