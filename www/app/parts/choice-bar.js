import { fill, h, svg } from "../lib/dom.js";
import { LowerBar } from "./lower-bar.js";

/** @typedef {import("../lib/text.js").Texts} Texts */
/** @typedef {import("../lib/rules/rule.js").Status} Status */
/**
 * @typedef {object} BarState
 * @property {Status} status
 * @property {string[]} names  of what is chosen
 * @property {string} more     what the link under them says; empty for none
 * @property {boolean | null} pressed whether the link is a switch, and turned on
 * @property {string} next     what the button says
 */

/** Says at the lower edge what is chosen, how much is left and what comes next. */
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
  #names = h("p", { class: "bar-names" });
  #more = h("button", { type: "button", class: "link" });
  #next = h("button", { type: "button", class: "button primary" });

  /**
   * @param {Texts} t
   * @param {{ onMore: () => void, onNext: () => void }} handlers
   */
  constructor(t, { onMore, onNext }) {
    super(t);
    this.#more.addEventListener("click", onMore);
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
        h("div", { class: "bar-words" }, this.#count, this.#names, this.#more),
        this.#next,
      ),
    );
  }

  /** @param {BarState} state */
  show({ status, names, more, pressed, next }) {
    const { used, left, ready, meter } = status;
    this.#warning.hidden = true;
    this.#meter.toggleAttribute("hidden", meter === null);
    if (meter) this.#part.setAttribute("width", String((100 * meter.part) / meter.whole));
    fill(this.#count, h("strong", null, used), left && h("span", { class: "bar-left" }, left));
    this.#names.textContent = names.length > 0 ? this.t.listOf(names) : "";
    this.#more.hidden = more === "";
    this.#more.textContent = more;
    if (pressed === null) this.#more.removeAttribute("aria-pressed");
    else this.#more.setAttribute("aria-pressed", String(pressed));
    this.#next.textContent = next;
    this.#next.classList.toggle("waiting", !ready);
  }

  /**
   * Says why nothing happened, in the place where the voter looks for the count.
   * @param {string} text
   */
  warn(text) {
    this.#warning.textContent = text;
    this.#warning.hidden = false;
  }

  /** The sentence a screen reader hears after each change. @param {Status} status */
  static spoken({ used, left }) {
    return [used, left].filter(Boolean).join(", ");
  }
}

customElements.define("veche-choice-bar", ChoiceBar);
