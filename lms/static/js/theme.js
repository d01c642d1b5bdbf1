/* Loaded in the head and blocking, so that the chosen theme is set before anything is drawn.
   The button appears only when this file runs: without JavaScript the page follows the device. */
(function () {
  "use strict";

  var KEY = "theme";
  var ORDER = ["auto", "light", "dark"];
  var WORDS = { auto: "Colours: like this device", light: "Colours: light", dark: "Colours: dark" };
  var root = document.documentElement;

  function stored() {
    try {
      var value = localStorage.getItem(KEY);
      return ORDER.indexOf(value) > 0 ? value : "auto";
    } catch (error) {
      return "auto"; /* storage may be switched off */
    }
  }

  function remember(theme) {
    try {
      localStorage.setItem(KEY, theme);
    } catch (error) {
      /* the choice then lasts for this page only */
    }
  }

  function paint(theme) {
    if (theme === "auto") {
      delete root.dataset.theme;
    } else {
      root.dataset.theme = theme;
    }
  }

  function label(button, theme) {
    button.dataset.themeNow = theme;
    button.querySelector("[data-theme-label]").textContent = WORDS[theme];
    button.title = WORDS[theme];
  }

  function bind(button) {
    label(button, stored());
    button.hidden = false;
    button.addEventListener("click", function () {
      var next = ORDER[(ORDER.indexOf(button.dataset.themeNow) + 1) % ORDER.length];
      remember(next);
      paint(next);
      label(button, next);
    });
  }

  paint(stored());
  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("[data-theme-switch]").forEach(bind);
  });
})();
