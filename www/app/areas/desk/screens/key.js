import { fill, h, heading } from "../../../lib/dom.js";
import { whileBusy } from "../../../parts/busy.js";
import { Screen } from "../../../parts/screen.js";
import { TroubleNotice } from "../../../parts/trouble.js";
import { labelled } from "../field.js";

/**
 * The organiser's key: made at the first visit, opened with its passphrase at each later one.
 * @extends {Screen<import("../main.js").DeskApp>}
 */
export class DeskKeyScreen extends Screen {
  #trouble = new TroubleNotice(this.t);
  #first = labelled(this.t("desk.passphrase"), {
    type: "password",
    name: "passphrase",
    autocomplete: this.app.desk.progress?.key ? "current-password" : "new-password",
  });
  #second = labelled(this.t("desk.passphrase-again"), {
    type: "password",
    name: "again",
    autocomplete: "new-password",
  });

  connectedCallback() {
    const { key: made = false, words_owed: owed = false } = this.app.desk.progress ?? {};
    const button = /** @type {HTMLButtonElement} */ (
      h(
        "button",
        { type: "submit", class: "button primary wide" },
        made ? this.t("desk.open") : this.t("desk.make"),
      )
    );
    fill(
      this,
      heading(made ? this.t("desk.open-heading") : this.t("desk.make-heading")),
      h("p", { class: "lead" }, made ? this.t("desk.open-text") : this.t("desk.make-text")),
      made && owed && h("p", { class: "callout" }, this.t("desk.words-owed")),
      this.#trouble,
      h(
        "form",
        {
          class: "form",
          novalidate: true,
          on: {
            submit: (/** @type {Event} */ event) => {
              event.preventDefault();
              void this.#submit(made, owed, button);
            },
          },
        },
        this.#first.row,
        !made && this.#second.row,
        button,
      ),
      !made && h("p", { class: "hint" }, this.t("desk.make-lost")),
    );
  }

  /**
   * @param {boolean} made
   * @param {boolean} owed whether the words are to be shown once more
   * @param {HTMLButtonElement} button
   */
  async #submit(made, owed, button) {
    this.#trouble.clear();
    const passphrase = this.#first.field.value;
    if (!made && passphrase !== this.#second.field.value) {
      return this.#trouble.say(this.t("desk.passphrase-differs"));
    }
    try {
      await whileBusy(button, this.t("app.working"), () =>
        this.app.desk.post(made ? "key/open" : "key", { passphrase }),
      );
      if (made && !owed) return await this.app.route(true);
      const { words } = await this.app.desk.post("key/words", { passphrase });
      this.app.words = words;
      await this.app.route(true);
    } catch (error) {
      this.app.met(error, this.#trouble);
    }
  }
}

customElements.define("veche-desk-key", DeskKeyScreen);
