import { fill, h, heading } from "../../../lib/dom.js";
import { msg } from "../../../lib/text.js";
import { Screen } from "../../../parts/screen.js";

/** @typedef {import("../main.js").App} App */

/**
 * Says plainly that the key of this browser no longer counts.
 * @extends {Screen<App>}
 */
export class ReplacedScreen extends Screen {
  static step = null;
  static title = msg("replaced.name");
  /** @param {App} app */
  static guard = (app) => (app.voter.replaced ? null : "welcome");

  /** @param {App} app */
  constructor(app) {
    super(app);
    const { struckOff } = app.voter;
    fill(
      this,
      heading(this.t("replaced.heading")),
      h("p", { class: "lead" }, struckOff ? this.t("trouble.struck-off") : this.t("replaced.text")),
      !struckOff && h("p", null, this.t("replaced.not-you")),
      (app.ballot.sealed || app.ballot.refused) &&
        h("p", { class: "callout" }, this.t("replaced.never-cast")),
      h("p", { class: "hint" }, this.t("replaced.word")),
      h(
        "p",
        { class: "actions" },
        app.election.stage === "open" &&
          !struckOff &&
          h("a", { class: "button primary wide", href: "#phone" }, this.t("replaced.again")),
        h("a", { class: "button secondary", href: "#mine" }, this.t("welcome.look-up")),
      ),
    );
  }
}

customElements.define("veche-replaced", ReplacedScreen);
