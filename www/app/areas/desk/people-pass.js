import { fill, h } from "../../lib/dom.js";
import { whileBusy } from "../../parts/busy.js";
import { Part } from "../../parts/part.js";
import { TroubleNotice } from "../../parts/trouble.js";
import { sameCommand } from "./command.js";
import { labelled } from "./field.js";
import { momentOf } from "./model/people.js";
import { Unencrypted } from "./unencrypted.js";

/** The pass with which the desk asks the registrar about people: whose it is, and where another is typed. */
export class PeoplePass extends Part {
  #trouble = new TroubleNotice(this.t);
  #unencrypted = new Unencrypted(this.t);

  /**
   * @param {import("./main.js").DeskApp} app
   * @param {import("./model/people.js").People} people
   */
  constructor(app, people) {
    super(app.t);
    this.app = app;
    this.people = people;
    const { pass, address } = people;
    this.address = labelled(
      this.t("people.pass-address"),
      {
        name: "address",
        inputmode: "url",
        dir: "ltr",
        spellcheck: "false",
        value: address ?? "",
        on: { input: () => this.#unencrypted.forget() },
      },
      this.t("people.pass-address-hint"),
    );
    this.token = labelled(this.t("people.pass-token"), {
      name: "token",
      dir: "ltr",
      spellcheck: "false",
      autocapitalize: "none",
    });
    const form = this.#form();
    fill(
      this,
      pass && h("p", null, this.#whose(pass)),
      pass
        ? h("details", { class: "same-command" }, h("summary", null, this.t("people.pass-other")), form)
        : [h("h2", null, this.t("people.pass-heading")), form],
    );
  }

  /** @param {import("./model/people.js").DeskPass} pass */
  #whose({ operator, ends }) {
    if (!ends) return this.t("people.pass-endless", { operator });
    return this.t("people.pass-of", { operator, until: momentOf(this.t, this.people, ends) });
  }

  #form() {
    const button = /** @type {HTMLButtonElement} */ (
      h("button", { type: "submit", class: "button primary wide" }, this.t("people.pass-keep"))
    );
    const submit = (/** @type {Event} */ event) => {
      event.preventDefault();
      void this.#keep(button);
    };
    return h(
      "form",
      { class: "form", novalidate: true, on: { submit } },
      h("p", { class: "hint" }, this.t("people.pass-text")),
      this.address.row,
      this.token.row,
      this.#trouble,
      this.#unencrypted,
      button,
      sameCommand(this.t, "veche-server desk-pass give --data DIR --operator NAME --for roll"),
    );
  }

  /** @param {HTMLButtonElement} button */
  async #keep(button) {
    this.#trouble.clear();
    const form = {
      address: this.address.field.value,
      token: this.token.field.value,
      unencrypted: this.#unencrypted.confirmed,
    };
    try {
      await whileBusy(button, this.t("app.working"), () => this.app.desk.post("people/pass", form));
      await this.app.route(true);
    } catch (error) {
      this.#unencrypted.met(error);
      this.app.met(error, this.#trouble);
    }
  }
}

customElements.define("veche-people-pass", PeoplePass);
