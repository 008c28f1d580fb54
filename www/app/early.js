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
    if (document.documentElement.hasAttribute("data-started")) return;
    whenReady(function () { show(id); });
  }

  if (!("noModule" in document.createElement("script")) || typeof WebAssembly !== "object") {
    stop("old-browser");
    return;
  }

  window.addEventListener("error", function (event) {
    var target = /** @type {any} */ (event.target);
    var failedFile = target && target !== window && (target.tagName === "SCRIPT" || target.rel === "stylesheet");
    // Without a failed file the program itself did not parse or did not start: this browser lacks something it needs.
    stop(failedFile ? "damaged" : "old-browser");
  }, true);
})();
