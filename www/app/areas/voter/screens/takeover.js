import { fill, h, heading } from "../../../lib/dom.js";
import { t } from "../../../lib/text.js";
import { whileBusy } from "../../../parts/busy.js";
import { TroubleNotice } from "../../../parts/trouble.js";

/** @typedef {import("../main.js").App} App */

/** Before this browser takes a vote over from another one, the voter is told what that means. */
export class TakeoverScreen extends HTMLElement {
  static step = /** @type {const} */ ("sign-in");
  static back = "welcome";
  static title = () => t("takeover.name");
  /** @param {App} app */
  static guard = (app) => (app.voter.signedIn?.style ? null : "phone");

  #trouble = new TroubleNotice();
  #button = h(
    "button",
    { type: "button", class: "button primary wide", on: { click: () => this.#takeOver() } },
    t("takeover.continue"),
  );

  /** @param {App} app */
  constructor(app) {
    super();
    this.app = app;
    fill(
      this,
      heading(t("takeover.heading")),
      h("p", { class: "lead" }, t("takeover.text")),
      h("p", null, t("takeover.counted")),
      this.#trouble,
      h("p", { class: "actions" }, this.#button),
    );
  }

  async #takeOver() {
    const style = this.app.voter.signedIn?.style;
    if (!style) return this.app.go("phone");
    this.#trouble.clear();
    try {
      const next = await whileBusy(this.#button, t("district.registering"), () => this.app.belong(style));
      if (next) this.app.go(next);
    } catch (error) {
      this.app.met(error, this.#trouble);
    }
  }
}

customElements.define("veche-takeover", TakeoverScreen);
