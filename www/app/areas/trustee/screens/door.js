import { fill, h, heading, uniqueId } from "../../../lib/dom.js";
import { msg } from "../../../lib/text.js";
import { asTrouble } from "../../../lib/trouble.js";
import { whileBusy } from "../../../parts/busy.js";
import { Screen } from "../../../parts/screen.js";
import { TroubleNotice } from "../../../parts/trouble.js";
import { lostDevices, trusteeHelp } from "../../../parts/trustee-help.js";
import { TrusteesPicture } from "../../../parts/trustees-picture.js";

/** @typedef {import("../main.js").TrusteeApp} TrusteeApp */

/**
 * Make a share, or come back with the words: after a reload, on a new device, after months.
 * @extends {Screen<TrusteeApp>}
 */
export class TrusteeDoorScreen extends Screen {
  static title = msg("trustee.name");

  #trouble = new TroubleNotice(this.t);
  #elsewhere = h("div", { role: "alert", class: "desk-rest" });
  // Off, so that the browser keeps what is typed neither for the next visit nor in a dictionary of somebody else's.
  #words = h("textarea", {
    name: "words",
    dir: "ltr",
    rows: 4,
    id: uniqueId("words"),
    autocomplete: "off",
    autocapitalize: "none",
    autocorrect: "off",
    spellcheck: "false",
  });

  /**
   * @param {TrusteeApp} app
   * @param {boolean} [elsewhere] whether another tab has taken the work away from this one
   */
  constructor(app, elsewhere = false) {
    super(app);
    const { desk } = app;
    const status = /** @type {import("../model/trustee.js").Status} */ (desk.status);
    const begun = desk.own?.committed ?? false;
    const mayBegin = !begun && status.course === "founded" && status.round === "commit";
    const back = [
      h("label", { for: this.#words.id }, this.t("trustee.words-field")),
      this.#words,
      h("p", { class: "hint" }, this.t("trustee.words-hint")),
    ];
    const enter = h(
      "button",
      { type: "submit", class: `button ${mayBegin ? "secondary" : "primary"} wide` },
      this.t("trustee.come-back"),
    );
    const form = h(
      "form",
      {
        class: "form",
        novalidate: true,
        on: {
          submit: (/** @type {Event} */ event) => {
            event.preventDefault();
            void this.#comeBack(enter, false);
          },
        },
      },
      back,
      enter,
    );
    fill(
      this,
      heading(
        mayBegin
          ? this.t("trustee.welcome", { n: desk.number })
          : this.t("trustee.welcome-back", { n: desk.number }),
      ),
      h(
        "p",
        { class: "lead" },
        this.t("trustee.why", { n: status.trustees.length, t: status.threshold, q: status.quorum }),
      ),
      mayBegin && this.#begin(status),
      status.attempt > 1 && h("p", { class: "callout" }, this.t("trustee.attempt", { n: status.attempt })),
      this.#trouble,
      this.#elsewhere,
      mayBegin
        ? h("details", { class: "fold" }, h("summary", null, this.t("trustee.have-words")), form)
        : h(
            "div",
            null,
            h(
              "p",
              null,
              this.t("trustee.back-text"),
              " ",
              !status.recoverable && this.t("trustee.back-other"),
            ),
            form,
          ),
      new TrusteesPicture(this.t, status, desk.number),
      trusteeHelp(this.t, status),
    );
    if (elsewhere) fill(this.#elsewhere, h("p", { class: "trouble" }, this.t("trustee.taken")));
  }

  /** @param {import("../model/trustee.js").Status} status */
  #begin(status) {
    const button = h(
      "button",
      { type: "button", class: "button primary wide", on: { click: () => this.#make(button, false) } },
      this.t("trustee.make"),
    );
    return h(
      "div",
      { class: "next-step" },
      h("p", null, this.t("trustee.make-text")),
      h("p", null, this.t("trustee.make-here")),
      h("p", { class: "callout" }, lostDevices(this.t, status)),
      h("p", { class: "actions" }, button),
    );
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {boolean} steal
   */
  async #make(button, steal) {
    try {
      const words = await whileBusy(button, this.t("app.working"), () => this.app.desk.create(steal));
      if (words) this.app.words(words);
    } catch (error) {
      this.#refused(error, () => this.#make(button, true));
    }
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {boolean} steal
   */
  async #comeBack(button, steal) {
    try {
      await whileBusy(button, this.t("app.working"), () => this.app.desk.recover(this.#words.value, steal));
      this.#words.value = "";
      if (this.app.desk.present) this.app.work();
    } catch (error) {
      this.#refused(error, () => this.#comeBack(button, true));
    }
  }

  /**
   * @param {unknown} error
   * @param {() => Promise<void>} here what to do when the other tab shall stop
   */
  #refused(error, here) {
    this.#trouble.clear();
    fill(this.#elsewhere);
    if (asTrouble(error).code !== "trustee-elsewhere") return this.app.met(error, this.#trouble);
    fill(
      this.#elsewhere,
      h("p", { class: "trouble" }, this.t("trustee.elsewhere")),
      h(
        "button",
        { type: "button", class: "button secondary", on: { click: () => void here() } },
        this.t("trustee.elsewhere-button"),
      ),
    );
  }
}

customElements.define("veche-trustee-door", TrusteeDoorScreen);
