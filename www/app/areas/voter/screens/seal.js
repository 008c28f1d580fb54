import { fill, h, heading } from "../../../lib/dom.js";
import { msg } from "../../../lib/text.js";
import { whileBusy } from "../../../parts/busy.js";
import { ConfirmationCode } from "../../../parts/confirmation-code.js";
import { Screen } from "../../../parts/screen.js";
import { TroubleNotice } from "../../../parts/trouble.js";
import { ReviewScreen } from "./review.js";

/** @typedef {import("../main.js").App} App */

/**
 * Seals the ballot in the worker, then shows its code; casting is a decision of its own.
 * @extends {Screen<App>}
 */
export class SealScreen extends Screen {
  static step = /** @type {const} */ ("seal");
  static back = "review";
  static title = msg("seal.name");
  static guard = ReviewScreen.guard;

  #trouble = new TroubleNotice(this.t);

  /** @param {App} app */
  constructor(app) {
    super(app);
    fill(
      this,
      heading(this.t("seal.working")),
      h(
        "div",
        { class: "sealing" },
        h("progress", { "aria-label": this.t("seal.working") }),
        h("p", { class: "hint" }, this.t("seal.close")),
      ),
      this.#trouble,
    );
  }

  connectedCallback() {
    void this.#seal();
  }

  async #seal() {
    this.#trouble.clear();
    try {
      // A ballot that was sealed and shown stays the same when the voter comes back to it.
      const sealed = this.app.ballot.sealed ?? (await this.app.ballot.seal());
      if (this.isConnected) this.#show(sealed.code);
    } catch (error) {
      this.querySelector(".sealing")?.setAttribute("hidden", "");
      this.app.met(error, this.#trouble, () => this.#seal());
    }
  }

  /** @param {string} code */
  #show(code) {
    const trouble = new TroubleNotice(this.t);
    const cast = h(
      "button",
      {
        type: "button",
        class: "button primary wide",
        on: {
          click: () =>
            whileBusy(cast, this.t("app.working"), async () => {
              await this.app.ballot.commit();
              this.app.go("cast");
            }).catch((error) => this.app.met(error, trouble)),
        },
      },
      this.t("seal.cast"),
    );
    const title = heading(this.t("seal.heading"));
    fill(
      this,
      title,
      h("p", { class: "code-lead" }, this.t("seal.code-is")),
      new ConfirmationCode(this.t, code),
      h("p", null, this.t("seal.code-text")),
      h(
        "p",
        { class: "callout" },
        h("strong", null, this.t("seal.not-cast")),
        " ",
        this.app.election.manifest.revote ? this.t("seal.revote") : this.t("seal.final"),
      ),
      trouble,
      h(
        "p",
        { class: "actions" },
        cast,
        h("a", { class: "button secondary", href: "#choose" }, this.t("seal.change")),
      ),
    );
    title.focus({ preventScroll: true });
  }
}

customElements.define("veche-seal", SealScreen);
