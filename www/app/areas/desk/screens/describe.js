import { fill, h, heading } from "../../../lib/dom.js";
import { saveBytes } from "../../../lib/download.js";
import { whileBusy } from "../../../parts/busy.js";
import { verbatim } from "../../../parts/copy.js";
import { Screen } from "../../../parts/screen.js";
import { TroubleNotice } from "../../../parts/trouble.js";
import { sameCommand } from "../command.js";
import { answers, columnsTable, findingsTable, questions } from "./describe-findings.js";
import { importForm } from "./describe-import.js";
import { voteSummary } from "./vote-summary.js";

/**
 * What `GET /desk/v1/describe` answers.
 * @typedef {object} View
 * @property {boolean} frozen
 * @property {{ name: string, encoding?: string }[]} files
 * @property {boolean} confirmed
 * @property {import("./describe-findings.js").Report | null} report
 * @property {import("../../../lib/text.js").Localised | null} town its name, where the description gives it
 * @property {import("./vote-summary.js").Summary | null} summary
 * @property {{ title: import("../../../lib/text.js").Localised, sentence: string }[]} small districts that may have too few ballots; of a spreadsheet the report says it
 * @property {import("./vote-summary.js").Rules[]} rules
 * @property {import("./describe-import.js").Import | null} import
 * @property {string} command
 */

/** The longest file that is read, in MB. */
const LONGEST_MB = 16;

const ENCODINGS = ["UTF-8", "CP1250", "CP1251", "CP1252", "CP1256", "ISO-8859-2", "KOI8-U", "CP866"];

/**
 * The vote is described: a spreadsheet is handed in, and everything that is wrong with it stands in one table.
 * @extends {Screen<import("../main.js").DeskApp>}
 */
export class DeskDescribeScreen extends Screen {
  #trouble = new TroubleNotice(this.t);
  #body = h("div", { class: "describe" });

  connectedCallback() {
    fill(this, heading(this.t("describe.heading")), this.#trouble, this.#body);
    this.addEventListener("dragover", (event) => event.preventDefault());
    this.addEventListener("drop", (event) => {
      event.preventDefault();
      void this.#take([...(event.dataTransfer?.files ?? [])]);
    });
    void this.#do(() => this.app.desk.get(`describe?language=${this.t.language}`));
  }

  /** @param {() => Promise<View>} what */
  async #do(what) {
    this.#trouble.clear();
    try {
      const view = await what();
      if (this.isConnected) this.#show(view);
    } catch (error) {
      if (this.isConnected) this.app.met(error, this.#trouble);
    }
  }

  /** @param {string} path @param {Record<string, unknown>} form */
  #post(path, form) {
    return this.#do(() => this.app.desk.post(path, { ...form, language: this.t.language }));
  }

  /** @param {File[]} files */
  async #take(files) {
    if (files.length === 0) return;
    if (files.some((file) => file.size > LONGEST_MB << 20)) {
      return this.#trouble.say(this.t("describe.too-large", { most: LONGEST_MB }));
    }
    await this.#do(async () => {
      /** @type {View | null} */
      let view = null;
      for (const [at, file] of files.entries()) {
        const about = new URLSearchParams({
          name: file.name,
          language: this.t.language,
          beside: String(at > 0),
        });
        view = await this.app.desk.send(`describe/file?${about}`, file);
      }
      return /** @type {View} */ (view);
    });
  }

  /** @param {HTMLButtonElement} button */
  async #template(button) {
    this.#trouble.clear();
    try {
      const path = `describe/template?language=${this.t.language}`;
      const bytes = await whileBusy(button, this.t("app.working"), () => this.app.desk.take(path));
      if (bytes) saveBytes("vote.xlsx", bytes);
    } catch (error) {
      this.app.met(error, this.#trouble);
    }
  }

  /** @param {View} view */
  #show(view) {
    const { t } = this;
    const { report, summary, files, frozen } = view;
    const errors = report?.findings.filter(({ severity }) => severity === "error") ?? [];
    const asked = report?.findings.filter(({ severity }) => severity === "question") ?? [];
    const warnings = report?.findings.filter(({ severity }) => severity === "warning") ?? [];
    const done = Boolean(report?.summary);
    fill(
      this.#body,
      frozen
        ? h(
            "p",
            { class: "callout" },
            t("describe.frozen"),
            " ",
            h("a", { href: "#desk/freeze" }, t("freeze.name")),
          )
        : this.#hand(files, view.import !== null),
      report &&
        !done &&
        !view.import?.needed.length &&
        h(
          "p",
          { class: "callout", role: "status" },
          t("describe.not-yet", { errors: errors.length, questions: asked.length }),
        ),
      view.import &&
        !frozen &&
        importForm(
          t,
          view.import,
          (said) => void this.#post("describe/said", { said }),
          (sentence) => this.#trouble.say(sentence),
        ),
      errors.length > 0 &&
        h(
          "section",
          null,
          h("h2", null, t("describe.errors")),
          findingsTable(t, t("describe.errors"), errors),
        ),
      asked.length > 0 &&
        h(
          "section",
          null,
          h("h2", null, t("describe.questions")),
          questions(t, asked, (place, answer) => void this.#post("describe/answer", { place, answer })),
        ),
      report &&
        report.answered.length > 0 &&
        h(
          "section",
          null,
          h("h2", null, t("describe.answered")),
          h("p", { class: "hint" }, t("describe.answered-text")),
          answers(
            t,
            report.answered,
            frozen ? null : (place) => void this.#post("describe/answer", { place, answer: null }),
          ),
        ),
      summary &&
        h("section", null, h("h2", null, t("describe.your-vote")), voteSummary(t, summary, view.rules)),
      done && !frozen && h("p", { class: "callout", role: "status" }, t("describe.saved")),
      warnings.length > 0 &&
        h(
          "section",
          null,
          h("h2", null, t("describe.warnings")),
          h("p", { class: "hint" }, t("describe.warnings-text")),
          findingsTable(t, t("describe.warnings"), warnings),
        ),
      report && report.columns.length > 0 && this.#columns(report, view),
      report &&
        report.taken.length > 0 &&
        h(
          "details",
          { class: "run-form" },
          h("summary", null, t("describe.taken")),
          h(
            "dl",
            { class: "vote-facts" },
            report.taken.flatMap(({ setting, value }) => [h("dt", null, setting), h("dd", null, value)]),
          ),
        ),
      files.length > 0 && sameCommand(t, view.command),
    );
  }

  /**
   * The template, and the place for files.
   * @param {View["files"]} files
   * @param {boolean} imported
   */
  #hand(files, imported) {
    const { t } = this;
    const template = /** @type {HTMLButtonElement} */ (
      h("button", { type: "button", class: "button secondary" }, t("describe.template"))
    );
    template.addEventListener("click", () => void this.#template(template));
    const field = /** @type {HTMLInputElement} */ (
      h("input", {
        type: "file",
        id: "describe-files",
        multiple: true,
        accept: ".xlsx,.ods,.csv,.tsv,.txt,.pb",
      })
    );
    field.addEventListener("change", () => void this.#take([...(field.files ?? [])]));
    return h(
      "section",
      { class: "hand-in" },
      h("p", { class: "lead" }, t("describe.text")),
      h("div", { class: "actions" }, template),
      h(
        "div",
        { class: "drop-here" },
        h("label", { for: field.id }, files.length > 0 ? t("describe.again") : t("describe.choose")),
        h("p", { class: "hint" }, t("describe.drop", { most: LONGEST_MB, xlsx: ".xlsx", ods: ".ods" })),
        field,
      ),
      files.flatMap((file) => this.#file(file, imported)),
    );
  }

  /**
   * @param {View["files"][number]} file
   * @param {boolean} imported whether a program has written it, in an encoding that is known
   */
  #file(file, imported) {
    const { t } = this;
    const shown = h("p", { class: "handed" }, t("describe.file"), " ", verbatim(file.name));
    if (imported || /\.(xlsx|ods)$/i.test(file.name)) return [shown];
    const select = /** @type {HTMLSelectElement} */ (
      h(
        "select",
        null,
        h("option", { value: "" }, t("describe.encoding-found")),
        ENCODINGS.map((name) => h("option", { value: name, selected: name === file.encoding }, name)),
      )
    );
    select.addEventListener("change", () => {
      void this.#post("describe/encoding", { name: file.name, encoding: select.value || null });
    });
    return [shown, h("label", { class: "encoding" }, t("describe.encoding"), " ", select)];
  }

  /** @param {import("./describe-findings.js").Report} report @param {View} view */
  #columns(report, { confirmed, frozen }) {
    const { t } = this;
    if (confirmed || frozen)
      return h(
        "details",
        { class: "run-form describe-columns" },
        h("summary", null, confirmed ? t("describe.columns-confirmed") : t("describe.columns")),
        columnsTable(t, report.columns),
      );
    const confirm = h("button", { type: "button", class: "button secondary" }, t("describe.confirm"));
    confirm.addEventListener("click", () => void this.#post("describe/confirm", {}));
    const doubtful = report.columns.filter((column) => column.doubtful);
    const known = report.columns.filter((column) => !column.doubtful);
    return h(
      "section",
      { class: "describe-columns" },
      h("h2", null, t("describe.columns")),
      h("p", { class: "hint" }, t("describe.columns-text")),
      doubtful.length > 0 && [h("h3", null, t("describe.warnings")), columnsTable(t, doubtful)],
      known.length > 0 &&
        h(
          "details",
          { class: "run-form" },
          h("summary", null, t("describe.columns-known", { n: t.number(known.length) })),
          columnsTable(t, known),
        ),
      h("div", { class: "actions" }, confirm),
    );
  }
}

customElements.define("veche-desk-describe", DeskDescribeScreen);
