/* <button data-embed="player's address"> puts the player into the page when it is pressed, never before. Until this runs
   the button is hidden, and the link beside it leads to the video's own page. */
(function () {
  "use strict";

  function show(button) {
    var frame = document.createElement("iframe");
    frame.className = "embed__player";
    frame.title = button.dataset.embedTitle;
    frame.allow = "autoplay; encrypted-media; fullscreen; picture-in-picture";
    frame.referrerPolicy = "strict-origin"; // hosts refuse to play for nobody; they learn the site, not the page
    frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-popups allow-presentation");
    frame.src = button.dataset.embed;
    var place = button.closest(".embed").querySelector(".embed__frame");
    place.hidden = false;
    place.replaceChildren(frame);
    button.hidden = true;
    frame.focus();
  }

  document.querySelectorAll("button[data-embed]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      show(button);
    });
  });
})();
