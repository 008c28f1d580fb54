import { fill, h, unseen, woven } from "../../lib/dom.js";
import { Part } from "../part.js";

/** @typedef {import("../../lib/text.js").Texts} Texts */
/** @typedef {import("./tick.js").ControlState} ControlState */
/** @typedef {import("./tick.js").ControlSettings} ControlSettings */

/** Counts up and down: − n +. A button that can do nothing now stays where it is and says why when it is pressed. */
export class Stepper extends Part {
  #value = h("span", { class: "stepper-value" });
  #less;
  #more;

  /**
   * @param {Texts} t
   * @param {ControlSettings} settings
   * @param {() => import("../../lib/dom.js").Child} name of the option
   */
  constructor(t, { id, describedBy, onAdd, onTake }, name) {
    super(t);
    this.#less = h(
      "button",
      { type: "button", class: "step less", on: { click: onTake } },
      unseen(woven([name()], (name) => this.t("choose.less-of", { name }))),
      h("span", { "aria-hidden": "true" }, "−"),
    );
    this.#more = h(
      "button",
      { type: "button", class: "step more", "aria-describedby": describedBy, on: { click: onAdd } },
      unseen(woven([name()], (name) => this.t("choose.more-of", { name }))),
      h("span", { "aria-hidden": "true" }, "+"),
    );
    this.setAttribute("role", "group");
    this.setAttribute("aria-labelledby", id);
    fill(this, this.#less, this.#value, this.#more);
  }

  /** @param {ControlState} state */
  show({ value, shown, barred }) {
    this.#value.textContent = shown;
    this.#less.setAttribute("aria-disabled", String(value === 0));
    // With nothing to take back, the tab key leads straight on.
    this.#less.tabIndex = value === 0 ? -1 : 0;
    this.#more.setAttribute("aria-disabled", String(barred !== ""));
  }
}

customElements.define("veche-stepper", Stepper);
