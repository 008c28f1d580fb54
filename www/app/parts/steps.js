import { fill, h } from "../lib/dom.js";
import { msg, t } from "../lib/text.js";

/** @typedef {"sign-in" | "choose" | "review" | "seal" | "cast"} Step */

/** @type {Record<Step, import("../lib/text.js").Key>} */
const NAMES = {
  "sign-in": msg("step.sign-in"),
  "choose": msg("step.choose"),
  "review": msg("step.review"),
  "seal": msg("step.seal"),
  "cast": msg("step.cast"),
};
const ORDER = /** @type {Step[]} */ (Object.keys(NAMES));

/** Where the voter is on the way from signing in to the receipt. */
export class Steps extends HTMLElement {
  /** @param {Step | null} current null hides it */
  show(current) {
    this.hidden = current === null;
    if (current === null) return;
    const here = ORDER.indexOf(current);
    fill(
      this,
      h("p", { class: "steps-now" }, t("app.step", { n: here + 1, all: ORDER.length })),
      h("ol", null, ORDER.map((step, place) => h("li", {
        class: place < here ? "done" : place === here ? "now" : "later",
        "aria-current": place === here ? "step" : null,
      }, t(NAMES[step])))),
    );
  }
}

customElements.define("veche-steps", Steps);
