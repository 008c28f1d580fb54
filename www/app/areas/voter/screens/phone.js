import { fill, h, heading, uniqueId } from "../../../lib/dom.js";
import { normalisePhone } from "../../../lib/phone.js";
import { msg } from "../../../lib/text.js";
import { whileBusy } from "../../../parts/busy.js";
import { Screen } from "../../../parts/screen.js";
import { TroubleNotice } from "../../../parts/trouble.js";

/** @typedef {import("../main.js").App} App */

/**
 * Asks for the phone number that the SMS goes to.
 * @extends {Screen<App>}
 */
export class PhoneScreen extends Screen {
  static step = /** @type {const} */ ("sign-in");
  static back = "welcome";
  static title = msg("phone.name");
  /** @param {App} app */
  static guard = (app) => (app.election.stage === "open" ? null : "welcome");

  #trouble = new TroubleNotice(this.t);
  #button = h("button", { class: "button primary wide" }, this.t("phone.send"));
  #field;

  /** @param {App} app */
  constructor(app) {
    super(app);
    const id = uniqueId("phone");
    this.#field = h("input", {
      id,
      type: "tel",
      name: "tel",
      autocomplete: "tel",
      inputmode: "tel",
      required: true,
      maxlength: 32,
      "aria-describedby": `${id}-hint ${id}-trouble`,
    });
    this.#trouble.id = `${id}-trouble`;
    const form = h(
      "form",
      {
        class: "form",
        novalidate: true,
        on: { submit: (/** @type {Event} */ event) => this.#submit(event) },
      },
      h("label", { for: id }, this.t("phone.label")),
      h("p", { id: `${id}-hint`, class: "hint" }, this.t("phone.hint")),
      this.#field,
      this.#trouble,
      this.#button,
    );
    fill(this, heading(this.t("phone.heading")), h("p", { class: "lead" }, this.t("phone.why")), form);
  }

  /** @param {Event} event */
  async #submit(event) {
    event.preventDefault();
    this.#trouble.clear();
    this.#field.removeAttribute("aria-invalid");
    const phone = normalisePhone(this.#field.value);
    if (!phone) {
      this.#field.setAttribute("aria-invalid", "true");
      this.#trouble.say(this.t("trouble.phone-unreadable"));
      this.#field.focus();
      return;
    }
    try {
      await whileBusy(this.#button, this.t("phone.sending"), () => this.app.voter.requestCode(phone));
      this.app.go("code");
    } catch (error) {
      this.app.met(error, this.#trouble);
    }
  }
}

customElements.define("veche-phone", PhoneScreen);
