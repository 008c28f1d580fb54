import { fill, h, heading, uniqueId } from "../../../lib/dom.js";
import { msg } from "../../../lib/text.js";
import { Screen } from "../../../parts/screen.js";
import { TroubleNotice } from "../../../parts/trouble.js";

/** @typedef {import("../main.js").TrusteeApp} TrusteeApp */

/**
 * For a trustee who comes without the invitation's link: the number and the pass that the organiser has handed out.
 * @extends {Screen<TrusteeApp>}
 */
export class TrusteeInviteScreen extends Screen {
  static title = msg("trustee.name");

  #trouble = new TroubleNotice(this.t);
  #number = h("input", {
    type: "text",
    name: "number",
    inputmode: "numeric",
    autocomplete: "off",
    maxlength: 2,
    id: uniqueId("number"),
  });
  #token = h("input", {
    type: "text",
    name: "token",
    dir: "ltr",
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: "false",
    id: uniqueId("token"),
  });

  /**
   * @param {TrusteeApp} app
   * @param {boolean} [unknown] the number of the invitation is nobody's
   */
  constructor(app, unknown = false) {
    super(app);
    fill(
      this,
      heading(this.t("trustee.invite-heading")),
      h("p", { class: "lead" }, this.t("trustee.invite-text")),
      this.#trouble,
      h(
        "form",
        {
          class: "form",
          novalidate: true,
          on: { submit: (/** @type {Event} */ event) => this.#enter(event) },
        },
        h("label", { for: this.#number.id }, this.t("trustee.number")),
        this.#number,
        h("label", { for: this.#token.id }, this.t("trustee.pass")),
        this.#token,
        h("button", { type: "submit", class: "button primary wide" }, this.t("trustee.enter")),
      ),
    );
    if (unknown) this.#trouble.say(this.t("trustee.unknown"));
  }

  /** @param {Event} event */
  #enter(event) {
    event.preventDefault();
    const number = Number(this.#number.value.trim());
    const token = this.#token.value.trim();
    if (!Number.isInteger(number) || number < 1 || number > 15 || token === "") {
      return this.#trouble.say(this.t("trustee.invite-wrong"));
    }
    this.app.desk.invitation = { number, token };
    this.app.opening(true);
  }
}

customElements.define("veche-trustee-invite", TrusteeInviteScreen);
