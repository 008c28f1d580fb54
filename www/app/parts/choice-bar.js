import { fill, h } from "../lib/dom.js";
import { listOf, t } from "../lib/text.js";

/** @typedef {import("../lib/rules/approval.js").Status} Status */
/**
 * @typedef {object} BarState
 * @property {Status} status
 * @property {string[]} names  of what is chosen
 * @property {boolean} filtered whether only the chosen options are shown
 * @property {string} next     what the button says
 */

/** @param {Status} status */
function whatIsLeft(status) {
  if (status.blank) return "";
  if (status.missing > 0) return status.count > 0 ? t("choose.missing", { n: status.missing }) : t("choose.missing-all", { n: status.missing });
  return status.left > 0 ? t("choose.left", { n: status.left }) : t("choose.left-none");
}

/**
 * Says at the lower edge what is chosen, how much is left and what comes next. It is part of the page's flow and sticks
 * to the edge, so that the last option always ends above it.
 */
export class ChoiceBar extends HTMLElement {
  #warning = h("p", { class: "bar-warning", hidden: true });
  #count = h("p", { class: "bar-count" });
  #names = h("p", { class: "bar-names" });
  #filter = h("button", { type: "button", class: "link", "aria-pressed": "false" });
  #next = h("button", { type: "button", class: "button primary" });

  /** @param {{ onFilter: () => void, onNext: () => void }} handlers */
  constructor({ onFilter, onNext }) {
    super();
    this.#filter.addEventListener("click", onFilter);
    this.#next.addEventListener("click", onNext);
    this.setAttribute("role", "region");
    this.setAttribute("aria-label", t("choose.bar"));
    fill(this, this.#warning, h("div", { class: "bar-inside" },
      h("div", { class: "bar-words" }, this.#count, this.#names, this.#filter), this.#next));
  }

  /** Keeps what has the focus clear of the bar; a bar that would leave little to read (huge text) does not stick. */
  #size = new ResizeObserver(() => {
    const tall = this.offsetHeight > window.innerHeight * 0.4;
    this.classList.toggle("tall", tall);
    document.documentElement.style.scrollPaddingBottom = tall ? "" : `${this.offsetHeight + 16}px`;
  });

  connectedCallback() {
    this.#size.observe(this);
  }

  disconnectedCallback() {
    this.#size.disconnect();
    document.documentElement.style.scrollPaddingBottom = "";
  }

  /** @param {BarState} state */
  show({ status, names, filtered, next }) {
    const count = status.blank ? t("choose.count-blank") : status.count === 0 ? t("choose.count-none") : t("choose.count", { n: status.count });
    const left = whatIsLeft(status);
    this.#warning.hidden = true;
    fill(this.#count, h("strong", null, count), left && h("span", { class: "bar-left" }, left));
    this.#names.textContent = names.length > 0 ? listOf(names) : "";
    this.#filter.hidden = status.count === 0 && !filtered;
    this.#filter.textContent = filtered ? t("choose.show-all") : t("choose.only-chosen");
    this.#filter.setAttribute("aria-pressed", String(filtered));
    this.#next.textContent = next;
    this.#next.classList.toggle("waiting", !status.ready);
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
  static spoken(status) {
    const count = status.blank ? t("choose.count-blank") : t("choose.count", { n: status.count });
    return [count, whatIsLeft(status)].filter(Boolean).join(", ");
  }
}

customElements.define("veche-choice-bar", ChoiceBar);
