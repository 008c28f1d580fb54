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

  var root = document.documentElement;

  /** The language that the reader has chosen on this device, that the address asks for, and those of the browser. */
  function wanted() {
    var asked = /[?&]lang=(\w+)/.exec(window.location.search);
    var chosen = null;
    try {
      chosen = localStorage.getItem("veche-language");
    } catch (error) {
      // A browser that keeps nothing speaks the language that it is set to.
    }
    return [chosen, asked && asked[1]].concat(navigator.languages || [navigator.language]);
  }

  /** @param {string} language */
  function speak(language) {
    root.lang = language;
    root.dir = language === "ar" ? "rtl" : "ltr";
  }

  var offered = (root.getAttribute("data-languages") || "en").split(" ");
  var known = wanted()
    .map(function (tag) {
      return String(tag).replace(/-.*/, "").toLowerCase();
    })
    .filter(function (language) {
      return offered.indexOf(language) >= 0;
    });
  speak(known[0] || "en");

  whenReady(function () {
    var select = /** @type {HTMLSelectElement | null} */ (document.getElementById("language"));
    // One language is no choice.
    if (!select || offered.length < 2) return;
    var chosen = select;
    chosen.value = root.lang;
    if (chosen.parentElement) chosen.parentElement.hidden = false;
    chosen.addEventListener("change", function () {
      // A page that runs changes its language itself (main.js), when it has the texts.
      if (root.hasAttribute("data-started")) return;
      speak(chosen.value);
      try {
        localStorage.setItem("veche-language", chosen.value);
      } catch (error) {
        // It is spoken all the same, and asked for again on the next visit.
      }
    });
  });

  // main.js does not start without this mark, so an altered early.js is noticed too.
  root.setAttribute("data-early", "");

  if (!("noModule" in document.createElement("script")) || typeof WebAssembly !== "object") {
    stop("old-browser");
    return;
  }

  /** Notes whose page the address asks for: a trustee's, the public's, the organiser's, or a voter's. */
  function ask() {
    var hash = window.location.hash;
    var area = /^#trustee(=|&|$)/.test(hash)
      ? "trustee"
      : /^#(results|turnout|verify|find)(=|\/|$)/.test(hash)
        ? "public"
        : /^#desk(=|\/|$)/.test(hash)
          ? "desk"
          : "voter";
    document.documentElement.setAttribute("data-area", area);
    return area;
  }

  /** @param {string} id @returns {any} what stands in a script element of the published page that is data */
  function published(id) {
    var element = document.getElementById(id);
    return JSON.parse((element && element.textContent) || "{}");
  }

  /** @param {string} rel @param {string} path @param {Partial<HTMLLinkElement>} about */
  function ahead(rel, path, about) {
    document.head.appendChild(
      Object.assign(document.createElement("link"), about, { rel: rel, href: "./" + path }),
    );
  }

  // Every module of that area is asked for at once: a phone would learn of them one after another.
  var here = ask();
  var map = document.querySelector('script[type="importmap"]');
  var hashes = JSON.parse((map && map.textContent) || "{}").integrity || {};
  (published("areas")["app/areas/" + here + "/main.js"] || []).forEach(
    /** @param {string} path */ function (path) {
      ahead("modulepreload", path, { integrity: hashes["./" + path] });
    },
  );
  // And its texts, which are one file of a bundled site, the one with these among them.
  var texts = { voter: "booth", public: "results", trustee: "trustees", desk: "desk" }[here];
  var file = new RegExp("^app/messages/" + root.lang + "/.*\\b" + texts + "\\b");
  var names = published("names");
  Object.keys(names)
    .filter(function (name) {
      return file.test(name);
    })
    .forEach(function (name) {
      ahead("preload", names[name], { as: "fetch", crossOrigin: "anonymous" });
    });
  window.addEventListener("hashchange", ask);

  window.addEventListener(
    "error",
    function (event) {
      var target = /** @type {any} */ (event.target);
      if (target && target !== window && (target.tagName === "SCRIPT" || target.rel === "stylesheet")) {
        root.setAttribute("data-damaged", "");
        stop("damaged");
      } else if (target === window && !root.hasAttribute("data-started")) {
        // The program did not parse or did not start: this browser lacks something that it needs.
        stop("old-browser");
      }
    },
    true,
  );
})();
