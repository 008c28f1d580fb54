import { fill, h } from "../../lib/dom.js";
import { msg } from "../../lib/text.js";
import { asTrouble } from "../../lib/trouble.js";
import { whileBusy } from "../../parts/busy.js";
import { Part } from "../../parts/part.js";
import { TroubleNotice } from "../../parts/trouble.js";
import { sameCommand } from "./command.js";
import { labelled } from "./field.js";

/** Why the provider has not taken the message, by the server's names. @type {Record<string, import("../../lib/text.js").Key>} */
const WHY = {
  refused: msg("run.test-refused"),
  number: msg("run.test-number"),
  "too-slow": msg("run.test-slow"),
  waits: msg("run.test-waits"),
};

/** A message without a code to the clerk's own phone, the way that the codes will go. */
export class TestMessage extends Part {
  #trouble = new TroubleNotice(this.t);
  #sent = h("p", { class: "callout", role: "status", hidden: true });

  /**
   * @param {import("./main.js").DeskApp} app
   * @param {() => void} sent is called when the provider has taken it
   */
  constructor(app, sent) {
    super(app.t);
    this.app = app;
    this.sent = sent;
    this.phone = labelled(
      this.t("run.test-phone"),
      { type: "tel", name: "test-phone", dir: "ltr" },
      this.t("run.test-hint"),
    );
    const button = /** @type {HTMLButtonElement} */ (
      h("button", { type: "submit", class: "button secondary" }, this.t("run.test-button"))
    );
    const submit = (/** @type {Event} */ event) => {
      event.preventDefault();
      void this.#send(button);
    };
    const command = "veche-server test-message --data DIR --sms GATEWAY --operator NAME --reason TEXT";
    fill(
      this,
      h("form", { class: "form", novalidate: true, on: { submit } }, this.phone.row, button),
      this.#trouble,
      this.#sent,
      sameCommand(this.t, command),
    );
  }

  /** @param {HTMLButtonElement} button */
  async #send(button) {
    this.#trouble.clear();
    this.#sent.hidden = true;
    const form = { phone: this.phone.field.value.trim(), reason: this.t("run.test-reason") };
    try {
      const post = () => this.app.desk.post("run/test-message", form);
      if (!(await whileBusy(button, this.t("app.working"), post))) return;
      fill(this.#sent, this.t("run.test-sent"));
      this.#sent.hidden = false;
      this.phone.field.value = "";
      this.sent();
    } catch (error) {
      const { code, data, message } = asTrouble(error);
      const text = code === "people-message-failed" && WHY[String(data.why)];
      if (text) this.#trouble.say(this.t(text, { detail: message }));
      else this.app.met(error, this.#trouble);
    }
  }
}

customElements.define("veche-test-message", TestMessage);
