import { fill, h, heading, uniqueId, woven } from "../../../lib/dom.js";
import { plainDigits } from "../../../lib/encoding.js";
import { readPhone, shownPhone } from "../../../lib/phone.js";
import { msg } from "../../../lib/text.js";
import { asTrouble } from "../../../lib/trouble.js";
import { whileBusy } from "../../../parts/busy.js";
import { verbatim } from "../../../parts/copy.js";
import { Screen } from "../../../parts/screen.js";
import { TroubleNotice } from "../../../parts/trouble.js";

/** @typedef {import("../main.js").App} App */

/** Filled in, so that it keeps its direction among Arabic words; not torn at the end of a line. */
const EXAMPLE = "+44\u00a07700\u00a0900123";
const BLANK = "\u00a0";

/** For how long a number is remembered that was typed, in milliseconds: as long as a request for a code. */
const KEPT = 600_000;

/**
 * Asks for the phone number that the SMS goes to.
 * @extends {Screen<App>}
 */
export class PhoneForm extends Screen {
  #trouble = new TroubleNotice(this.t);
  #button = h("button", { class: "button primary wide" }, this.t("phone.send"));
  #field;
  /** How the number is read, so that a mistake is seen before a message is waited for. Blank, it keeps its place. */
  #read = h("output", { class: "hint" }, BLANK);

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
      dir: "ltr",
      required: true,
      maxlength: 32,
      "aria-describedby": `${id}-hint ${id}-trouble`,
      on: { input: () => this.#typed() },
    });
    this.#field.value = app.typed.value?.phone ?? "";
    this.#trouble.id = `${id}-trouble`;
    const form = h(
      "form",
      {
        class: "form",
        novalidate: true,
        on: { submit: (/** @type {Event} */ event) => this.#submit(event) },
      },
      h("label", { for: id }, this.t("phone.label")),
      h(
        "p",
        { id: `${id}-hint`, class: "hint" },
        app.announcement.manifest.country
          ? this.t("phone.hint-national")
          : this.t("phone.hint", { example: EXAMPLE }),
      ),
      this.#field,
      this.#read,
      this.#trouble,
      this.#button,
    );
    fill(this, h("p", null, this.t("phone.why")), form);
    this.#show();
  }

  /** What is typed, and how it is read here: "" is no number, and null is for the registrar to read. */
  #number() {
    const typed = plainDigits(this.#field.value);
    return { typed, number: readPhone(typed, this.app.announcement.manifest.country) };
  }

  /** Until its code came the tab remembers it: phones drop a page while its owner looks for the number or corrects it. */
  #typed() {
    const phone = this.#field.value;
    this.app.typed.value = phone ? { phone, expires: Date.now() + KEPT } : null;
    this.#show();
  }

  #show() {
    const { number } = this.#number();
    if (number) this.#clear();
    const shown = number
      ? woven([verbatim(shownPhone(number))], (phone) => this.t("phone.read-as", { phone }))
      : BLANK;
    fill(this.#read, shown);
  }

  /** @param {Event} event */
  async #submit(event) {
    event.preventDefault();
    this.#clear();
    const { typed, number } = this.#number();
    if (number === "") return this.#refuse();
    try {
      // The number goes nowhere before the election has been verified.
      await whileBusy(this.#button, this.t("read.checking"), () => this.app.verified);
      await whileBusy(this.#button, this.t("phone.sending"), () =>
        // As it was typed: which number that is, the registrar says, who reads the roll by the same rules.
        this.app.voter.requestCode(typed.trim(), this.t.language),
      );
      this.app.go("code");
    } catch (error) {
      if (asTrouble(error).code === "phone-unreadable") this.#refuse();
      else this.app.met(error, this.#trouble);
    }
  }

  #clear() {
    this.#trouble.clear();
    this.#field.removeAttribute("aria-invalid");
  }

  #refuse() {
    this.#field.setAttribute("aria-invalid", "true");
    const { country } = this.app.announcement.manifest;
    this.#trouble.say(
      country ? this.t("phone.unreadable-national") : this.t("phone.unreadable", { example: EXAMPLE }),
    );
    this.#field.focus();
  }
}

customElements.define("veche-phone-form", PhoneForm);

/**
 * Signs in by phone number, unless a page around this one knows who its visitor is.
 * @param {App} app
 */
export const signInForm = (app) => app.portal?.form?.(app) ?? new PhoneForm(app);

/**
 * For whoever signs in again, or with another number. On a first visit the welcome page has the form.
 * @extends {Screen<App>}
 */
export class PhoneScreen extends Screen {
  static step = /** @type {const} */ ("sign-in");
  static back = "welcome";
  static title = msg("phone.name");
  /** @param {App} app */
  static guard = (app) => (app.election.stage === "open" ? null : "welcome");

  /** @param {App} app */
  constructor(app) {
    super(app);
    fill(this, heading(app.portal?.form ? this.t("step.sign-in") : this.t("phone.heading")), signInForm(app));
  }
}

customElements.define("veche-phone", PhoneScreen);
