import { fill, h, heading } from "../../../lib/dom.js";
import { t } from "../../../lib/text.js";

/** @typedef {import("../main.js").App} App */

/** Says plainly that the key of this browser no longer counts. */
export class ReplacedScreen extends HTMLElement {
  static step = null;
  static title = () => t("replaced.name");
  /** @param {App} app */
  static guard = (app) => (app.voter.replaced ? null : "welcome");

  /** @param {App} app */
  constructor(app) {
    super();
    fill(
      this,
      heading(t("replaced.heading")),
      h("p", { class: "lead" }, t("replaced.text")),
      h("p", null, t("replaced.not-you")),
      h(
        "p",
        { class: "actions" },
        app.election.stage === "open" &&
          h("a", { class: "button primary", href: "#phone" }, t("replaced.again")),
        h("a", { class: "button secondary", href: "#mine" }, t("welcome.look-up")),
      ),
    );
  }
}

customElements.define("veche-replaced", ReplacedScreen);
