import { fill, h } from "../lib/dom.js";
import { localised, t } from "../lib/text.js";
import { Steps } from "./steps.js";

/** @typedef {import("../../veche-wasm.js").Manifest} Manifest */
/** @typedef {import("./steps.js").Step} Step */

/** The pages for everyone, in the order of their links. @type {[string, () => string][]} */
const PAGES = [
  ["results", () => t("results.name")],
  ["verify", () => t("verify.name")],
  ["find", () => t("find.name")],
];

/** What stays on every screen: the election's name, notices, the steps, the place for screens, and a voice. */
export class Frame extends HTMLElement {
  electionTitle = "";
  #title = "";
  #notice = h("div", { class: "notices" });
  #name = h("a", { class: "frame-name", href: "#welcome" });
  #mine = h("a", { class: "frame-mine", href: "#mine" }, t("app.mine"));
  #pages = h("nav", { class: "frame-pages", "aria-label": t("app.pages"), hidden: true });
  #steps = new Steps();
  #back = h("a", { class: "frame-back" }, t("app.back"));
  #way = h("nav", { class: "frame-way", "aria-label": t("app.progress") }, this.#back, this.#steps);
  #main = h("main", { id: "main" });
  #voice = h("p", { class: "visually-hidden", "aria-live": "polite" });

  connectedCallback() {
    this.#mine.hidden = true;
    fill(
      this,
      h("header", null, this.#notice, h("div", { class: "frame-head" }, this.#name, this.#pages, this.#mine)),
      this.#way,
      this.#main,
      this.#voice,
    );
  }

  /**
   * @param {Manifest} manifest
   * @param {{ voter?: boolean, home?: string }} [about] whether the page is a voter's, and where the name leads
   */
  introduce(manifest, { voter = true, home = voter ? "#welcome" : "#trustee" } = {}) {
    this.electionTitle = localised(manifest.title);
    this.#name.textContent = this.electionTitle;
    this.#name.setAttribute("href", home);
    this.#name.hidden = false;
    this.#mine.hidden = !voter;
    if (this.#title) this.#entitle();
    fill(
      this.#notice,
      manifest.phase === "rehearsal" && h("p", { class: "notice" }, t("app.rehearsal")),
      manifest.notice && h("p", { class: "notice" }, localised(manifest.notice)),
    );
  }

  #entitle() {
    document.title = t("app.title", {
      screen: this.#title,
      election: this.electionTitle || t("app.fallback-title"),
    });
  }

  /**
   * Links the pages for everyone with each other.
   * @param {string} current the one that is shown
   */
  pages(current) {
    this.#pages.hidden = false;
    fill(
      this.#pages,
      PAGES.map(([name, title]) =>
        h("a", { href: `#${name}`, "aria-current": name === current && "page" }, title()),
      ),
    );
  }

  /** While there is nothing else to show. */
  opening() {
    this.#steps.show(null);
    this.#back.hidden = true;
    this.#way.hidden = true;
    fill(
      this.#main,
      h(
        "div",
        { class: "opening", role: "status" },
        h("progress", { "aria-label": t("app.opening") }),
        h("p", null, t("app.opening")),
      ),
    );
  }

  /**
   * @param {HTMLElement} screen
   * @param {{ step: Step | null, title: string, back: string | null, moved: boolean }} about
   */
  show(screen, { step, title, back, moved }) {
    this.#title = title;
    this.#entitle();
    this.#steps.show(step);
    this.#back.hidden = back === null;
    this.#way.hidden = back === null && step === null;
    if (back !== null) this.#back.setAttribute("href", `#${back}`);
    // A link without words would be announced as nothing.
    this.#name.hidden = screen.localName === "veche-welcome" || this.electionTitle === "";
    this.#main.className = screen.localName;
    fill(this.#main, screen);
    if (!moved) return;
    window.scrollTo(0, 0);
    screen.querySelector("h1")?.focus({ preventScroll: true });
  }

  /**
   * Moves on among the steps while the screen stays.
   * @param {Step} step
   */
  step(step) {
    this.#steps.show(step);
  }

  /**
   * Says something to a screen reader. Emptied first: the same words twice would otherwise be heard once.
   * @param {string} text
   */
  announce(text) {
    this.#voice.textContent = "";
    setTimeout(() => {
      this.#voice.textContent = text;
    }, 50);
  }
}

customElements.define("veche-frame", Frame);
