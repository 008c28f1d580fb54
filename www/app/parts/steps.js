import { fill, h } from "../lib/dom.js";
import { Part } from "./part.js";

/** @typedef {"sign-in" | "choose" | "review" | "cast"} VotingStep */
/** @typedef {"share" | "exchange" | "confirm" | "rehearse" | "decrypt"} TrusteeStep */
/** @typedef {VotingStep | TrusteeStep} Step */
/** @typedef {import("../lib/text.js").Key} Key */

/** The ways that people go: a voter from signing in to the receipt, a trustee from the share to the totals. */
const WAYS = /** @type {Step[][]} */ ([
  ["sign-in", "choose", "review", "cast"],
  ["share", "exchange", "confirm", "rehearse", "decrypt"],
]);

/** Where somebody is on their way. */
export class Steps extends Part {
  /** @param {Step | null} current null hides it */
  show(current) {
    this.hidden = current === null;
    if (current === null) return;
    const way = WAYS.find((steps) => steps.includes(current)) ?? [];
    const here = way.indexOf(current);
    fill(
      this,
      h("p", { class: "steps-now" }, this.t("app.step", { n: here + 1, all: way.length })),
      h(
        "ol",
        null,
        way.map((step, place) =>
          h(
            "li",
            {
              class: place < here ? "done" : place === here ? "now" : "later",
              "aria-current": place === here ? "step" : null,
            },
            this.t(/** @type {Key} */ (`step.${step}`)),
          ),
        ),
      ),
    );
  }
}

customElements.define("veche-steps", Steps);
