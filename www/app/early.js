// Runs first, in every browser that runs script at all, so it is written in the oldest JavaScript there is.
// When the modules cannot start (an old browser, a file altered on the way, a broken connection) nobody else is left
// to say so: this shows one of the plain sentences that index.html already holds.
(function () {
  "use strict";

  /** @param {string} id */
  function show(id) {
    ["opening", "old-browser", "damaged"].forEach(function (sentence) {
      var element = document.getElementById(sentence);
      if (element) element.hidden = sentence !== id;
    });
  }

  /** @param {() => void} run */
  function whenReady(run) {
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", run);
    else run();
  }

  /** @param {string} id */
  function stop(id) {
    whenReady(function () {
      var frame = document.querySelector("veche-frame");
      if (frame) frame.remove();
      show(id);
    });
  }

  // main.js does not start without this mark, so an altered early.js is noticed too.
  document.documentElement.setAttribute("data-early", "");

  if (!("noModule" in document.createElement("script")) || typeof WebAssembly !== "object") {
    stop("old-browser");
    return;
  }

  window.addEventListener(
    "error",
    function (event) {
      var target = /** @type {any} */ (event.target);
      if (target && target !== window && (target.tagName === "SCRIPT" || target.rel === "stylesheet")) {
        document.documentElement.setAttribute("data-damaged", "");
        stop("damaged");
      } else if (target === window && !document.documentElement.hasAttribute("data-started")) {
        // The program did not parse or did not start: this browser lacks something that it needs.
        stop("old-browser");
      }
    },
    true,
  );
})();
