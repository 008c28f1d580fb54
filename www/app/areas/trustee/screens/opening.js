import { fill, h, heading } from "../../../lib/dom.js";
import { msg } from "../../../lib/text.js";
import { Screen } from "../../../parts/screen.js";
import { TroubleNotice } from "../../../parts/trouble.js";

/** @typedef {import("../main.js").TrusteeApp} TrusteeApp */

/**
 * While the whole board is verified: seconds during the ceremony, minutes after a large vote.
 * @extends {Screen<TrusteeApp>}
 */
export class TrusteeOpeningScreen extends Screen {
  static title = msg("trustee.name");

  #trouble = new TroubleNotice(this.t);
  #progress = h("progress", { "aria-label": this.t("trustee.checking") });
  #count = h("p", { class: "hint" });

  /** @param {TrusteeApp} app */
  constructor(app) {
    super(app);
    fill(
      this,
      heading(this.t("trustee.checking")),
      h("p", { class: "lead" }, this.t("trustee.checking-text")),
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
        this.#count.textContent = this.t("trustee.checked-of", { done, all });
      });
      this.app.door();
    } catch (error) {
      this.app.met(error, this.#trouble, () => this.#check());
    }
  }
}

customElements.define("veche-trustee-opening", TrusteeOpeningScreen);
