import { fill, h, heading, uniqueId, woven } from "../../../lib/dom.js";
import { shownPhone } from "../../../lib/phone.js";
import { codeIn } from "../../../lib/sms-code.js";
import { msg } from "../../../lib/text.js";
import { asTrouble } from "../../../lib/trouble.js";
import { whileBusy } from "../../../parts/busy.js";
import { verbatim } from "../../../parts/copy.js";
import { Screen } from "../../../parts/screen.js";
import { TroubleNotice } from "../../../parts/trouble.js";

/** @typedef {import("../main.js").App} App */

/**
 * Takes the code from the SMS; knows when a new one may be asked for and how many tries are left.
 * @extends {Screen<App>}
 */
export class CodeScreen extends Screen {
  static step = /** @type {const} */ ("sign-in");
  static back = "phone";
  static title = msg("code.name");
  /** @param {App} app */
  static guard = (app) =>
    app.voter.codeRequest || app.voter.signedIn ? null : app.voter.me ? "choose" : "phone";

  #trouble = new TroubleNotice(this.t);
  #button = h("button", { class: "button primary wide" }, this.t("code.enter"));
  #wait = h("p", { class: "hint" });
  #delayed = h("p", null, this.t("code.delayed"));
  #field;
  #timer = 0;

  /** @param {App} app */
  constructor(app) {
    super(app);
    const id = uniqueId("code");
    this.#field = h("input", {
      id,
      class: "code-field",
      type: "text",
      name: "code",
      inputmode: "numeric",
      dir: "ltr",
      autocomplete: "one-time-code",
      pattern: "[0-9]*",
      // Room for a whole message, of which the code is taken.
      maxlength: 1000,
      required: true,
      spellcheck: "false",
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
      h("label", { for: id }, this.t("code.label")),
      h("p", { id: `${id}-hint`, class: "hint" }, this.t("code.hint")),
      this.#field,
      this.#trouble,
      this.#button,
    );
    if (!app.voter.codeRequest) {
      this.#goOn();
      return;
    }
    this.#field.addEventListener("input", () => this.#typed());
    fill(
      this,
      heading(this.t("code.heading")),
      h(
        "p",
        { class: "lead" },
        woven([verbatim(shownPhone(app.voter.phone))], (phone) => this.t("code.sent", { phone })),
      ),
      this.#delayed,
      form,
      h(
        "div",
        { class: "after-form" },
        this.#wait,
        h("p", { class: "hint" }, this.t("code.long")),
        h("a", { class: "link", href: "#phone" }, this.t("code.other-number")),
      ),
    );
  }

  /** The code was right and what came after it did not end: a code is good once, and is not asked for again. */
  #goOn() {
    const button = h("button", { type: "button", class: "button primary wide" }, this.t("district.continue"));
    button.addEventListener("click", async () => {
      this.#trouble.clear();
      try {
        const next = await whileBusy(button, this.t("code.entering"), () => this.app.voting.signIn(""));
        if (next) this.app.go(next);
      } catch (error) {
        this.app.met(error, this.#trouble);
      }
    });
    fill(this, heading(this.t("code.signed-in")), this.#trouble, h("p", { class: "actions" }, button));
  }

  #code() {
    return codeIn(this.#field.value, Object.values(this.app.election.manifest.sms ?? {}));
  }

  /** How many characters the field had. */
  #before = 0;

  /** Of a message that comes in at once the code alone stays in sight. */
  #typed() {
    // What was wrong was said of another code.
    this.#clear();
    const { value } = this.#field;
    const pasted = value.length > this.#before + 1 && /\p{L}/u.test(value);
    if (pasted) this.#field.value = this.#code() ?? value;
    this.#before = this.#field.value.length;
  }

  connectedCallback() {
    this.#tick();
    this.#timer = window.setInterval(() => this.#tick(), 1000);
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
  }

  /** The countdown is not announced each second: a screen reader finds it when it gets there. */
  #tick() {
    const request = this.app.voter.codeRequest;
    this.#delayed.hidden = !request?.delayed;
    const seconds = Math.ceil(((request?.resend ?? 0) - Date.now()) / 1000);
    if (seconds > 0) {
      this.#wait.textContent = this.t("code.resend-in", { n: seconds });
    } else if (!this.#wait.querySelector("button")) {
      const button = h(
        "button",
        { type: "button", class: "button secondary", on: { click: () => this.#resend(button) } },
        this.t("code.resend"),
      );
      fill(this.#wait, button);
    }
  }

  /** @param {HTMLButtonElement} button */
  async #resend(button) {
    const { phone } = this.app.voter;
    // After a reload the number is no longer known: it is asked for again.
    if (!phone) return this.app.go("phone");
    this.#trouble.clear();
    try {
      await whileBusy(button, this.t("phone.sending"), () =>
        this.app.voter.requestCode(phone, this.t.language),
      );
      this.#tick();
      this.#field.value = "";
      this.#field.focus();
      this.app.announce(this.t("code.resent"));
    } catch (error) {
      this.app.met(error, this.#trouble);
    }
  }

  /** @param {Event} event */
  async #submit(event) {
    event.preventDefault();
    this.#clear();
    const code = this.#code();
    if (code === null) return this.#refuse(this.t("code.invalid"));
    try {
      const next = await whileBusy(this.#button, this.t("code.entering"), () => this.app.voting.signIn(code));
      if (next) this.app.go(next);
    } catch (error) {
      const trouble = asTrouble(error);
      if (trouble.code === "wrong-code") {
        const left = Number(trouble.data.attempts_left);
        if (left === 0) this.#refuse(this.t("code.used-up"));
        else this.#refuse("", trouble, Number.isFinite(left) ? this.t("code.attempts", { n: left }) : "");
      } else {
        this.app.met(trouble, this.#trouble);
      }
    }
  }

  #clear() {
    this.#trouble.clear();
    this.#field.removeAttribute("aria-invalid");
  }

  /**
   * @param {string} text
   * @param {unknown} [error]
   * @param {string} [more]
   */
  #refuse(text, error, more = "") {
    this.#field.setAttribute("aria-invalid", "true");
    if (error) this.#trouble.show(error, { more });
    else this.#trouble.say(text);
    this.#field.select();
    this.#field.focus();
  }
}

customElements.define("veche-code", CodeScreen);
