import { fill, h } from "../../lib/dom.js";
import { asTrouble } from "../../lib/trouble.js";
import { Part } from "../../parts/part.js";

/** A tick that appears where an address is not encrypted, and has to be set to go on with it. */
export class Unencrypted extends Part {
  #tick = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", name: "unencrypted" }));

  /** Whether somebody has set it. */
  get confirmed() {
    return this.#tick.isConnected && this.#tick.checked;
  }

  /**
   * Appears where that is what is wrong.
   * @param {unknown} error
   */
  met(error) {
    if (asTrouble(error).code !== "desk-unencrypted") return;
    fill(
      this,
      h("label", { class: "row-choice" }, this.#tick, h("span", null, this.t("desk.unencrypted-sure"))),
    );
  }

  /** Another address has been typed: it is to be read anew. */
  forget() {
    this.#tick.checked = false;
    fill(this);
  }
}

customElements.define("veche-desk-unencrypted", Unencrypted);
