import { fill, h, heading } from "../../../lib/dom.js";
import { whileBusy } from "../../../parts/busy.js";
import { Screen } from "../../../parts/screen.js";
import { TroubleNotice } from "../../../parts/trouble.js";
import { copied } from "../copied.js";
import { labelled } from "../field.js";

/**
 * The vote copied for the next year, without its key and its people.
 * @extends {Screen<import("../main.js").DeskApp>}
 */
export class DeskNextYearScreen extends Screen {
  #trouble = new TroubleNotice(this.t);
  #body = h("div", { class: "desk-part" });
  #folder = labelled(
    this.t("next.folder"),
    { name: "folder", dir: "ltr", spellcheck: "false" },
    this.t("freeze.folder-hint"),
  );

  connectedCallback() {
    const { t } = this;
    const button = /** @type {HTMLButtonElement} */ (
      h("button", { type: "submit", class: "button primary" }, t("freeze.anew"))
    );
    const submit = (/** @type {Event} */ event) => {
      event.preventDefault();
      void this.#copy(button);
    };
    fill(
      this,
      heading(t("next.heading")),
      h("p", { class: "lead" }, t("next.text")),
      this.#trouble,
      this.#body,
    );
    if (this.app.copied) return fill(this.#body, copied(t, this.app.copied));
    fill(
      this.#body,
      this.app.desk.progress?.manifest
        ? h("form", { class: "form", novalidate: true, on: { submit } }, this.#folder.row, button)
        : h("p", { class: "callout" }, t("desk-preview.no-manifest")),
    );
  }

  /** @param {HTMLButtonElement} button */
  async #copy(button) {
    this.#trouble.clear();
    try {
      const form = { folder: this.#folder.field.value, language: this.t.language };
      const done = await whileBusy(button, this.t("app.working"), () =>
        this.app.desk.post("freeze/anew", form),
      );
      if (!done) return;
      this.app.copied = done;
      fill(this.#body, copied(this.t, done));
    } catch (error) {
      this.app.met(error, this.#trouble);
    }
  }
}

customElements.define("veche-desk-next-year", DeskNextYearScreen);
