import { fill, h, heading, uniqueId } from "../../../lib/dom.js";
import { t } from "../../../lib/text.js";
import { TroubleNotice } from "../../../parts/trouble.js";

/** @typedef {import("../main.js").TrusteeApp} TrusteeApp */

/** For a trustee who comes without the invitation's link: the number and the pass that the organiser has handed out. */
export class TrusteeInviteScreen extends HTMLElement {
  static title = () => t("trustee.name");

  #trouble = new TroubleNotice();
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
    super();
    this.app = app;
    fill(
      this,
      heading(t("trustee.invite-heading")),
      h("p", { class: "lead" }, t("trustee.invite-text")),
      this.#trouble,
      h(
        "form",
        {
          class: "form",
          novalidate: true,
          on: { submit: (/** @type {Event} */ event) => this.#enter(event) },
        },
        h("label", { for: this.#number.id }, t("trustee.number")),
        this.#number,
        h("label", { for: this.#token.id }, t("trustee.pass")),
        this.#token,
        h("button", { type: "submit", class: "button primary wide" }, t("trustee.enter")),
      ),
    );
    if (unknown) this.#trouble.say(t("trustee.unknown"));
  }

  /** @param {Event} event */
  #enter(event) {
    event.preventDefault();
    const number = Number(this.#number.value.trim());
    const token = this.#token.value.trim();
    if (!Number.isInteger(number) || number < 1 || number > 15 || token === "") {
      return this.#trouble.say(t("trustee.invite-wrong"));
    }
    this.app.desk.invitation = { number, token };
    this.app.opening(true);
  }
}

customElements.define("veche-trustee-invite", TrusteeInviteScreen);
