import { fill, h, heading, uniqueId } from "../../../lib/dom.js";
import { t } from "../../../lib/text.js";
import { whileBusy } from "../../../parts/busy.js";
import { TroubleNotice } from "../../../parts/trouble.js";
import { TrusteesPicture } from "../../../parts/trustees-picture.js";
import { trusteeHelp } from "../../../parts/trustee-help.js";

/** @typedef {import("../main.js").TrusteeApp} TrusteeApp */

/** Make a share, or come back with the words: after a reload, on a new device, after months. */
export class TrusteeDoorScreen extends HTMLElement {
  static title = () => t("trustee.name");

  #trouble = new TroubleNotice();
  // Off, so that the browser keeps what is typed neither for the next visit nor in a dictionary of somebody else's.
  #words = h("textarea", {
    name: "words",
    rows: 4,
    id: uniqueId("words"),
    autocomplete: "off",
    autocapitalize: "none",
    autocorrect: "off",
    spellcheck: "false",
  });

  /** @param {TrusteeApp} app */
  constructor(app) {
    super();
    this.app = app;
    const { desk } = app;
    const status = /** @type {import("../model/trustee.js").Status} */ (desk.status);
    const begun = desk.own?.committed ?? false;
    const mayBegin = !begun && status.course === "founded" && status.round === "commit";
    const back = [
      h("label", { for: this.#words.id }, t("trustee.words-field")),
      this.#words,
      h("p", { class: "hint" }, t("trustee.words-hint")),
    ];
    const enter = h(
      "button",
      { type: "submit", class: `button ${mayBegin ? "secondary" : "primary"} wide` },
      t("trustee.come-back"),
    );
    const form = h(
      "form",
      {
        class: "form",
        novalidate: true,
        on: {
          submit: (/** @type {Event} */ event) => {
            event.preventDefault();
            void this.#comeBack(enter);
          },
        },
      },
      back,
      enter,
    );
    fill(
      this,
      heading(
        mayBegin ? t("trustee.welcome", { n: desk.number }) : t("trustee.welcome-back", { n: desk.number }),
      ),
      h(
        "p",
        { class: "lead" },
        t("trustee.why", { n: status.trustees.length, t: status.threshold, q: status.quorum }),
      ),
      mayBegin && this.#begin(),
      status.attempt > 1 && h("p", { class: "callout" }, t("trustee.attempt", { n: status.attempt })),
      this.#trouble,
      mayBegin
        ? h("details", { class: "fold" }, h("summary", null, t("trustee.have-words")), form)
        : h("div", null, h("p", null, t("trustee.back-text")), form),
      new TrusteesPicture(status, desk.number),
      trusteeHelp(status),
    );
  }

  #begin() {
    const button = h(
      "button",
      {
        type: "button",
        class: "button primary wide",
        on: {
          click: async () => {
            try {
              const words = await whileBusy(button, t("app.working"), () => this.app.desk.create());
              if (words) this.app.words(words);
            } catch (error) {
              this.app.met(error, this.#trouble);
            }
          },
        },
      },
      t("trustee.make"),
    );
    return h(
      "div",
      { class: "next-step" },
      h("p", null, t("trustee.make-text")),
      h("p", { class: "actions" }, button),
    );
  }

  /** @param {HTMLButtonElement} button */
  async #comeBack(button) {
    this.#trouble.clear();
    try {
      await whileBusy(button, t("app.working"), () => this.app.desk.recover(this.#words.value));
      this.#words.value = "";
      if (this.app.desk.present) this.app.work();
    } catch (error) {
      this.app.met(error, this.#trouble);
    }
  }
}

customElements.define("veche-trustee-door", TrusteeDoorScreen);
