import { fill, h } from "../../lib/dom.js";
import { whileBusy } from "../../parts/busy.js";
import { Part } from "../../parts/part.js";
import { TurnoutHours } from "../../parts/results/turnout-hours.js";
import { TroubleNotice } from "../../parts/trouble.js";
import { sameCommand } from "./command.js";

/**
 * The turnout against time, drawn as on the public page. The whole list is verified for it on this computer, so it is
 * looked at when it is asked for.
 */
export class Turnout extends Part {
  #trouble = new TroubleNotice(this.t);
  #drawn = h("div", { role: "status" });
  /** @type {TurnoutHours | null} */
  #hours = null;

  /** @param {import("./main.js").DeskApp} app */
  constructor(app) {
    super(app.t);
    this.app = app;
    const button = /** @type {HTMLButtonElement} */ (
      h("button", { type: "button", class: "button secondary" }, this.t("run.turnout-draw"))
    );
    button.addEventListener("click", () => void this.#draw(button));
    fill(
      this,
      h("h2", null, this.t("turnout.name")),
      h("p", { class: "hint" }, this.t("run.turnout-text")),
      h("div", { class: "actions" }, button),
      this.#trouble,
      this.#drawn,
      sameCommand(this.t, "veche turnout URL/record --keep FILE"),
    );
  }

  /** @param {HTMLButtonElement} button */
  async #draw(button) {
    this.#trouble.clear();
    try {
      const counted = await whileBusy(button, this.t("app.working"), () => this.app.desk.get("run/turnout"));
      if (!counted) return;
      this.#hours = new TurnoutHours(this.t, counted, { district: this.#hours?.district ?? null });
      fill(this.#drawn, this.#hours);
    } catch (error) {
      this.app.met(error, this.#trouble);
    }
  }
}

customElements.define("veche-desk-turnout", Turnout);
