import { fill, h, heading } from "../../../lib/dom.js";
import { t } from "../../../lib/text.js";
import { TroubleNotice } from "../../../parts/trouble.js";

/** @typedef {import("../main.js").TrusteeApp} TrusteeApp */

/** While the whole board is verified: seconds during the ceremony, minutes after a large vote. */
export class TrusteeOpeningScreen extends HTMLElement {
  static title = () => t("trustee.name");

  #trouble = new TroubleNotice();
  #progress = h("progress", { "aria-label": t("trustee.checking") });
  #count = h("p", { class: "hint" });

  /** @param {TrusteeApp} app */
  constructor(app) {
    super();
    this.app = app;
    fill(
      this,
      heading(t("trustee.checking")),
      h("p", { class: "lead" }, t("trustee.checking-text")),
      this.#progress,
      this.#count,
      this.#trouble,
    );
  }

  connectedCallback() {
    void this.#check();
  }

  async #check() {
    this.#trouble.clear();
    try {
      await this.app.desk.refresh((done, all) => {
        this.#progress.max = all;
        this.#progress.value = done;
        this.#count.textContent = t("trustee.checked-of", { done, all });
      });
      this.app.door();
    } catch (error) {
      this.app.met(error, this.#trouble, () => this.#check());
    }
  }
}

customElements.define("veche-trustee-opening", TrusteeOpeningScreen);
