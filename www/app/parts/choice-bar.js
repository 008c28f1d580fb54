import { fill, h, svg } from "../lib/dom.js";
import { ChosenList } from "./chosen-list.js";
import { LowerBar } from "./lower-bar.js";

/** @typedef {import("../lib/text.js").Texts} Texts */
/** @typedef {import("../lib/rules/rule.js").Status} Status */
/**
 * @typedef {object} BarState
 * @property {Status} status
 * @property {import("./chosen-list.js").Chosen[]} chosen
 * @property {string} next     what the button says
 */

/** How long a warning stays: for as long as it takes to read, and some more. @param {string} text */
const readingTime = (text) => 4_000 + 100 * text.length;

/** Says at the lower edge what is chosen, how much is left and what comes next; one press shows all that is chosen. */
export class ChoiceBar extends LowerBar {
  #warning = h("p", { class: "bar-warning", hidden: true });
  #part = svg("rect", { height: 1, class: "part" });
  // A picture of what the words beside it say.
  #meter = svg(
    "svg",
    { class: "bar-meter", viewBox: "0 0 100 1", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { width: 100, height: 1, class: "whole" }),
    this.#part,
  );
  #count = h("p", { class: "bar-count" });
  #more = h("button", { type: "button", class: "link bar-more", "aria-expanded": "false" });
  #next = h("button", { type: "button", class: "button primary" });
  #list;
  #fading = 0;

  /**
   * @param {Texts} t
   * @param {{ onNext: () => void } & import("./chosen-list.js").Handlers} handlers
   */
  constructor(t, { onNext, ...handlers }) {
    super(t);
    this.#list = new ChosenList(t, handlers);
    this.#more.textContent = handlers.onMove ? this.t("ranked.change") : this.t("choose.see");
    this.#more.setAttribute("aria-controls", this.#list.id);
    this.#more.addEventListener("click", () => this.#turn(this.#list.hidden));
    this.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.#list.hidden) return;
      this.#turn(false);
      this.#more.focus();
    });
    this.#next.addEventListener("click", onNext);
    this.setAttribute("role", "region");
    this.setAttribute("aria-label", this.t("choose.bar"));
    fill(
      this,
      this.#meter,
      this.#warning,
      h(
        "div",
        { class: "bar-inside" },
        h("div", { class: "bar-words" }, this.#count, this.#more),
        this.#list,
        this.#next,
      ),
    );
  }

  /** @param {boolean} open */
  #turn(open) {
    if (open) {
      this.#list.open();
      document.addEventListener("pointerdown", this.#elsewhere);
    } else {
      this.#list.close();
      document.removeEventListener("pointerdown", this.#elsewhere);
    }
    this.#more.setAttribute("aria-expanded", String(open));
  }

  /** Whoever goes on with the cards wants to see them. @param {Event} event */
  #elsewhere = (event) => {
    if (!this.contains(/** @type {Node} */ (event.target))) this.#turn(false);
  };

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#fading);
    document.removeEventListener("pointerdown", this.#elsewhere);
  }

  /** @param {BarState} state */
  show({ status, chosen, next }) {
    const { used, left, ready, meter } = status;
    this.#hideWarning();
    this.#meter.toggleAttribute("hidden", meter === null);
    if (meter) this.#part.setAttribute("width", String((100 * meter.part) / meter.whole));
    fill(this.#count, h("strong", null, used), left && h("span", { class: "bar-left" }, left));
    this.#list.show(chosen);
    this.#more.hidden = chosen.length === 0;
    if (chosen.length === 0 && !this.#list.hidden) {
      const held = this.#list.contains(document.activeElement);
      this.#turn(false);
      if (held) this.#next.focus();
    }
    this.#next.textContent = next;
    this.#next.classList.toggle("waiting", !ready);
  }

  /**
   * Says why nothing happened, in the place where the voter looks for the count, for as long as it takes to read.
   * @param {string} text
   */
  warn(text) {
    this.#warning.textContent = text;
    this.#warning.hidden = false;
    this.#warning.classList.remove("fading");
    clearTimeout(this.#fading);
    this.#fading = setTimeout(() => {
      this.#warning.classList.add("fading");
      this.#fading = setTimeout(() => this.#hideWarning(), 200);
    }, readingTime(text));
  }

  #hideWarning() {
    clearTimeout(this.#fading);
    this.#warning.hidden = true;
  }

  /**
   * The sentence a screen reader hears after each change.
   * @param {Texts} t
   * @param {Status} status
   */
  static spoken(t, { used, left }) {
    return t.joined([used, left]);
  }
}

customElements.define("veche-choice-bar", ChoiceBar);
