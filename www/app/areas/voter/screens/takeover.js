import { fill, h, heading } from "../../../lib/dom.js";
import { msg } from "../../../lib/text.js";
import { whileBusy } from "../../../parts/busy.js";
import { Screen } from "../../../parts/screen.js";
import { TroubleNotice } from "../../../parts/trouble.js";

/** @typedef {import("../main.js").App} App */

/**
 * Before this browser takes a vote over from another one, the voter is told what that means.
 * @extends {Screen<App>}
 */
export class TakeoverScreen extends Screen {
  static step = /** @type {const} */ ("sign-in");
  static back = "welcome";
  static title = msg("takeover.name");
  /** @param {App} app */
  static guard = (app) => (app.voter.signedIn?.style ? null : app.voter.me ? "choose" : "phone");

  #trouble = new TroubleNotice(this.t);
  #button = h(
    "button",
    { type: "button", class: "button primary wide", on: { click: () => this.#takeOver() } },
    this.t("takeover.continue"),
  );

  /** @param {App} app */
  constructor(app) {
    super(app);
    fill(
      this,
      heading(this.t("takeover.heading")),
      h("p", { class: "lead" }, this.t("takeover.text")),
      h(
        "p",
        null,
        app.election.manifest.revote ? this.t("takeover.counted") : this.t("takeover.counted-final"),
      ),
      this.#trouble,
      h("p", { class: "actions" }, this.#button),
    );
  }

  async #takeOver() {
    const style = this.app.voter.signedIn?.style;
    if (!style) return this.app.go("phone");
    this.#trouble.clear();
    try {
      const next = await whileBusy(this.#button, this.t("district.registering"), () =>
        this.app.voting.belong(style),
      );
      if (next) this.app.go(next);
    } catch (error) {
      this.app.met(error, this.#trouble);
    }
  }
}

customElements.define("veche-takeover", TakeoverScreen);
