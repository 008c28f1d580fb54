import { fill, h, heading } from "../../../lib/dom.js";
import { t } from "../../../lib/text.js";
import { whileBusy } from "../../../parts/busy.js";
import { ConfirmationCode } from "../../../parts/confirmation-code.js";
import { TroubleNotice } from "../../../parts/trouble.js";
import { ReviewScreen } from "./review.js";

/** @typedef {import("../main.js").App} App */

/** Seals the ballot in the worker, then shows its code; casting is a decision of its own. */
export class SealScreen extends HTMLElement {
  static step = /** @type {const} */ ("seal");
  static back = "review";
  static title = () => t("seal.name");
  static guard = ReviewScreen.guard;

  #trouble = new TroubleNotice();

  /** @param {App} app */
  constructor(app) {
    super();
    this.app = app;
    fill(
      this,
      heading(t("seal.working")),
      h(
        "div",
        { class: "sealing" },
        h("progress", { "aria-label": t("seal.working") }),
        h("p", { class: "hint" }, t("seal.close")),
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
    const trouble = new TroubleNotice();
    const cast = h(
      "button",
      {
        type: "button",
        class: "button primary wide",
        on: {
          click: () =>
            whileBusy(cast, t("app.working"), async () => {
              await this.app.ballot.commit();
              this.app.go("cast");
            }).catch((error) => this.app.met(error, trouble)),
        },
      },
      t("seal.cast"),
    );
    const title = heading(t("seal.heading"));
    fill(
      this,
      title,
      h("p", { class: "code-lead" }, t("seal.code-is")),
      new ConfirmationCode(code),
      h("p", null, t("seal.code-text")),
      h(
        "p",
        { class: "callout" },
        h("strong", null, t("seal.not-cast")),
        " ",
        this.app.election.manifest.revote ? t("seal.revote") : t("seal.final"),
      ),
      trouble,
      h(
        "p",
        { class: "actions" },
        cast,
        h("a", { class: "button secondary", href: "#choose" }, t("seal.change")),
      ),
    );
    title.focus({ preventScroll: true });
  }
}

customElements.define("veche-seal", SealScreen);
