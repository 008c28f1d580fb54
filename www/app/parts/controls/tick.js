import { fill, h } from "../../lib/dom.js";
import { Part } from "../part.js";

/** @typedef {import("../../lib/text.js").Texts} Texts */

/**
 * What a control shows: the option's value, its value in words, why it can have no more now, and what stands beside it.
 * @typedef {{ value: number, shown: string, barred: string, hint: string, next: number }} ControlState
 */
/** @typedef {{ id: string, group: string, name: string, describedBy: string, onAdd: () => void, onTake: () => void }} ControlSettings */

/** A box to tick, or a radio button where only one can be chosen. The option's name is its label. */
export class Tick extends Part {
  /**
   * @param {Texts} t
   * @param {ControlSettings} settings
   * @param {"checkbox" | "radio"} type
   */
  constructor(t, { id, group, name, describedBy, onAdd, onTake }, type) {
    super(t);
    this.input = h("input", {
      id,
      type,
      name: group,
      value: name,
      class: "option-input",
      "aria-describedby": describedBy,
      // The box has changed already; what the rule makes of it is shown afterwards.
      on: { change: () => (this.input.checked || type === "radio" ? onAdd() : onTake()) },
    });
    fill(this, this.input);
  }

  /** @param {ControlState} state */
  show({ value, barred }) {
    this.input.checked = value > 0;
    if (barred) this.input.setAttribute("aria-disabled", "true");
    else this.input.removeAttribute("aria-disabled");
  }
}

/** A tick that gives the option the next place, and says which. */
export class PlaceTick extends Tick {
  #words = h("span", { class: "place-words", "aria-hidden": "true" });

  /**
   * @param {Texts} t
   * @param {ControlSettings} settings
   */
  constructor(t, settings) {
    super(t, settings, "checkbox");
    this.input.classList.add("visually-hidden");
    fill(this, this.input, this.#words);
  }

  /** @override @param {ControlState} state */
  show(state) {
    super.show(state);
    this.#words.textContent =
      state.value > 0 ? state.shown : state.barred ? "" : this.t("ranked.add", { n: state.next });
  }
}

customElements.define("veche-tick", Tick);
customElements.define("veche-place", PlaceTick);
