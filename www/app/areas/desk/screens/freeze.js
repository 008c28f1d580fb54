import { fill, h, heading, said } from "../../../lib/dom.js";
import { whileBusy } from "../../../parts/busy.js";
import { verbatim } from "../../../parts/copy.js";
import { Screen } from "../../../parts/screen.js";
import { TroubleNotice } from "../../../parts/trouble.js";
import { sameCommand } from "../command.js";
import { copied } from "../copied.js";
import { labelled } from "../field.js";
import { findingsTable } from "./describe-findings.js";
import { voteSummary } from "./vote-summary.js";

/** @typedef {import("./describe.js").View} View */

/**
 * The vote is frozen: nothing of its description changes any more.
 * @extends {Screen<import("../main.js").DeskApp>}
 */
export class DeskFreezeScreen extends Screen {
  #trouble = new TroubleNotice(this.t);
  #body = h("div", { class: "freeze" });
  #title = labelled(this.t("freeze.title"), { name: "name" }, this.t("freeze.title-hint"));
  #town = labelled(this.t("freeze.town"), { name: "name" }, this.t("freeze.town-hint"));
  #folder = labelled(
    this.t("freeze.folder"),
    { name: "folder", dir: "ltr", spellcheck: "false" },
    this.t("freeze.folder-hint"),
  );

  connectedCallback() {
    fill(this, heading(this.t("freeze.heading")), this.#trouble, this.#body);
    if (this.app.copied) return fill(this.#body, copied(this.t, this.app.copied));
    void this.#look();
  }

  async #look() {
    try {
      const view = await this.app.desk.get(`describe?language=${this.t.language}`);
      if (this.isConnected) this.#show(view);
    } catch (error) {
      if (this.isConnected) this.app.met(error, this.#trouble);
    }
  }

  /** @param {View} view */
  #show(view) {
    const { t } = this;
    const { summary, small, frozen, report, confirmed, files } = view;
    const name = view.town ? this.#town : this.#title;
    const describe = h("a", { href: "#desk/describe" }, t("describe.name"));
    if (!summary)
      return fill(this.#body, h("p", { class: "lead" }, t("freeze.nothing")), h("p", null, describe));
    const warnings = report?.findings.filter(({ severity }) => severity === "warning") ?? [];
    const unconfirmed = files.length > 0 && !confirmed;
    fill(
      this.#body,
      frozen
        ? h("p", { class: "callout", role: "status" }, t("freeze.frozen"), " ", verbatim("founding"))
        : h("p", { class: "lead" }, t("freeze.text")),
      voteSummary(t, summary, view.rules),
      small.length > 0 && fewBallots(t, small),
      warnings.length > 0 &&
        h(
          "section",
          null,
          h("h2", null, t("describe.warnings")),
          findingsTable(t, t("describe.warnings"), warnings),
        ),
      unconfirmed && !frozen && h("p", { class: "callout" }, t("freeze.unconfirmed"), " ", describe),
      frozen
        ? this.#form(this.#folder.row, t("freeze.anew"), "secondary", () => [
            "freeze/anew",
            { folder: this.#folder.field.value },
          ])
        : !unconfirmed &&
            this.#form(name.row, t("freeze.button"), "primary", () => ["freeze", { name: name.field.value }]),
      sameCommand(t, "veche manifest freeze FOLDER --name NAME"),
    );
  }

  /**
   * @param {HTMLElement} row
   * @param {string} label
   * @param {"primary" | "secondary"} kind
   * @param {() => [string, Record<string, string>]} what
   */
  #form(row, label, kind, what) {
    const button = /** @type {HTMLButtonElement} */ (
      h("button", { type: "submit", class: `button ${kind}` }, label)
    );
    return h(
      "form",
      {
        class: "form",
        novalidate: true,
        on: {
          submit: (/** @type {Event} */ event) => {
            event.preventDefault();
            void this.#act(button, ...what());
          },
        },
      },
      row,
      button,
    );
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {string} path
   * @param {Record<string, string>} form
   */
  async #act(button, path, form) {
    const { t } = this;
    this.#trouble.clear();
    try {
      const done = await whileBusy(button, t("app.working"), () =>
        this.app.desk.post(path, { ...form, language: t.language }),
      );
      if (!done) return;
      if (path === "freeze") return await this.#look();
      this.app.copied = done;
      fill(this.#body, copied(t, done));
    } catch (error) {
      this.app.met(error, this.#trouble);
    }
  }
}

/**
 * Districts whose totals may not be published as they are, because so few vote there.
 * @param {import("../../../lib/text.js").Texts} t
 * @param {View["small"]} small
 */
const fewBallots = (t, small) =>
  h(
    "section",
    { class: "vote-summary" },
    h("h2", null, t("freeze.small")),
    h(
      "dl",
      { class: "vote-facts" },
      small.flatMap(({ title, sentence }) => [h("dt", null, said(t, title)), h("dd", null, sentence)]),
    ),
  );

customElements.define("veche-desk-freeze", DeskFreezeScreen);
