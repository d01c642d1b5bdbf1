/* Binds allauth's passkey functions to our forms by data attributes:
   data-passkey (which function), data-passkey-button, -credential, -data, -passwordless (ids).
   When the browser stops (cancelled, wrong key), a plain sentence appears instead of a line in the console. */
(function () {
  "use strict";

  var NAMES_OF_THE_BUTTON = { loginForm: "login", authenticateForm: "authenticate", addForm: "add" };

  function bind(form) {
    var kind = form.dataset.passkey;
    var ids = { credential: form.dataset.passkeyCredential };
    ids[NAMES_OF_THE_BUTTON[kind]] = form.dataset.passkeyButton;
    if (form.dataset.passkeyData) {
      ids.data = form.dataset.passkeyData;
    }
    if (form.dataset.passkeyPasswordless) {
      ids.passwordless = form.dataset.passkeyPasswordless;
    }
    window.allauth.webauthn.forms[kind]({ ids: ids });
  }

  document.addEventListener("allauth.error", function (event) {
    var sentence = document.querySelector("[data-passkey-problem]");
    if (sentence) {
      event.preventDefault();
      sentence.hidden = false;
    }
  });

  document.querySelectorAll("form[data-passkey]").forEach(bind);
})();
