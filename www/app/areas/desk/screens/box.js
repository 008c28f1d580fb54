import { fill, h, heading } from "../../../lib/dom.js";
import { whileBusy } from "../../../parts/busy.js";
import { verbatim } from "../../../parts/copy.js";
import { Screen } from "../../../parts/screen.js";
import { TroubleNotice } from "../../../parts/trouble.js";
import { sameCommand } from "../command.js";
import { labelled } from "../field.js";
import { Unencrypted } from "../unencrypted.js";

/**
 * The ballot box that the desk speaks to.
 * @extends {Screen<import("../main.js").DeskApp>}
 */
export class DeskBoxScreen extends Screen {
  #trouble = new TroubleNotice(this.t);
  #unencrypted = new Unencrypted(this.t);
  #address = labelled(
    this.t("desk.box-address"),
    {
      name: "address",
      inputmode: "url",
      dir: "ltr",
      spellcheck: "false",
      on: { input: () => this.#unencrypted.forget() },
    },
    this.t("desk.box-address-hint"),
  );
  #token = labelled(
    this.t("desk.box-token"),
    { name: "token", dir: "ltr", spellcheck: "false", autocapitalize: "none" },
    this.t("desk.box-token-hint"),
  );

  connectedCallback() {
    const { ballot_box } = this.app.desk.progress ?? {};
    const button = /** @type {HTMLButtonElement} */ (
      h("button", { type: "submit", class: "button primary wide" }, this.t("desk.box-connect"))
    );
    fill(
      this,
      heading(this.t("desk.box-heading")),
      h("p", { class: "lead" }, this.t("desk.box-text")),
      ballot_box && h("p", { class: "callout" }, this.t("desk.box-named"), " ", verbatim(ballot_box)),
      this.#trouble,
      h(
        "form",
        {
          class: "form",
          novalidate: true,
          on: {
            submit: (/** @type {Event} */ event) => {
              event.preventDefault();
              void this.#connect(button);
            },
          },
        },
        this.#address.row,
        this.#token.row,
        this.#unencrypted,
        button,
      ),
      sameCommand(this.t, "veche election new --box URL --token-file FILE"),
    );
  }

  /** @param {HTMLButtonElement} button */
  async #connect(button) {
    this.#trouble.clear();
    const form = {
      address: this.#address.field.value,
      token: this.#token.field.value,
      unencrypted: this.#unencrypted.confirmed,
    };
    try {
      await whileBusy(button, this.t("app.working"), () => this.app.desk.post("box", form));
      location.hash = "#desk";
    } catch (error) {
      this.#unencrypted.met(error);
      this.app.met(error, this.#trouble);
    }
  }
}

customElements.define("veche-desk-box", DeskBoxScreen);
