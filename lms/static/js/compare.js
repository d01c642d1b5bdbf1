/* Compares a file with the SHA-256 of the page, inside the browser. Without it, the hash is there to be compared. */
(function () {
  "use strict";

  const box = document.querySelector("[data-compare]");
  if (!box || !window.crypto || !window.crypto.subtle) {
    return;
  }
  const answer = box.querySelector("[data-compare-answer]");
  const input = box.querySelector("input");

  function hex(bytes) {
    return Array.from(new Uint8Array(bytes), function (byte) {
      return byte.toString(16).padStart(2, "0");
    }).join("");
  }

  function compare(file) {
    file
      .arrayBuffer()
      .then(function (bytes) {
        return window.crypto.subtle.digest("SHA-256", bytes);
      })
      .then(function (digest) {
        answer.textContent = hex(digest) === box.dataset.compare ? answer.dataset.same : answer.dataset.other;
      })
      .catch(function () {
        answer.textContent = answer.dataset.unreadable;
      });
  }

  input.addEventListener("change", function () {
    answer.textContent = "";
    if (input.files.length) {
      compare(input.files[0]);
    }
  });
  box.hidden = false;
})();
