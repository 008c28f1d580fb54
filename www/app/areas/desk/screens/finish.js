import { fill, h, heading, said, uniqueId } from "../../../lib/dom.js";
import { saveBytes } from "../../../lib/download.js";
import { LANGUAGES } from "../../../lib/languages.js";
import { msg } from "../../../lib/text.js";
import { whileBusy } from "../../../parts/busy.js";
import { verbatim } from "../../../parts/copy.js";
import { Screen } from "../../../parts/screen.js";
import { TroubleNotice } from "../../../parts/trouble.js";
import { sameCommand } from "../command.js";
import { labelled } from "../field.js";

/** @typedef {import("../../../lib/text.js").Key} Key */
/** @typedef {import("../../../lib/text.js").Localised} Localised */
/** @typedef {{ contest: string, title: Localised, options: { id: string, name: Localised }[] }} ToDraw */

/** What the files of an archive are, by their names, in the order in which they are wanted. @type {[string, Key][]} */
const FILES = [
  ["protocol.html", msg("finish.protocol")],
  ["results.xlsx", msg("finish.xlsx")],
  ["results-spreadsheet.csv", msg("finish.csv")],
  ["after-the-vote.html", msg("finish.deletion")],
  ["report.txt", msg("finish.report")],
  ["results.csv", msg("finish.plain-csv")],
  ["results.json", msg("finish.json")],
];

/** Why Pabulib has no file of a list. @type {Record<string, Key>} */
const WITHOUT = { few: msg("finish.pb-few"), draw: msg("finish.pb-draw"), none: msg("finish.pb-none") };

/**
 * Papers that are made, as `GET /desk/v1/finish` says it.
 * @typedef {{ language: string, sum: string, entries: number | null, files: string[],
 *   lists: { title: Localised, file: string | null, why: string | null }[] }} Made
 */

/**
 * After the count: a draw that decides, and everything that the town prints, publishes and keeps.
 * @extends {Screen<import("../main.js").DeskApp>}
 */
export class DeskFinishScreen extends Screen {
  #trouble = new TroubleNotice(this.t);
  #draws = h("div");
  #files = h("div", { class: "finish-files" });
  #made = h("div", { role: "status" });
  /** That papers which are made now are not the last. */
  #pending = h("p", { class: "callout pending", hidden: true }, this.t("finish.pending"));
  #language = /** @type {HTMLSelectElement} */ (
    h(
      "select",
      { id: uniqueId("language"), name: "papers" },
      Object.entries(LANGUAGES).map(([code, { name }]) =>
        h("option", { value: code, lang: code, selected: code === this.t.language }, name),
      ),
    )
  );

  connectedCallback() {
    if (this.app.desk.progress?.phase === "cancelled") {
      fill(this, heading(this.t("finish.heading")), h("p", { class: "callout" }, this.t("run.cancelled")));
      return;
    }
    const button = /** @type {HTMLButtonElement} */ (
      h("button", { type: "button", class: "button primary" }, this.t("finish.make"))
    );
    button.addEventListener("click", () => void this.#make(button));
    fill(
      this,
      heading(this.t("finish.heading")),
      h("p", { class: "lead" }, this.t("finish.text")),
      this.#trouble,
      this.#draws,
      this.#made,
      h("h2", null, this.t("finish.papers")),
      h("p", null, this.t("finish.papers-text")),
      this.#pending,
      h(
        "div",
        { class: "form" },
        h("label", { for: this.#language.id }, this.t("finish.language")),
        this.#language,
        button,
      ),
      this.#files,
    );
    void this.#look();
  }

  async #look() {
    try {
      const { archives } = /** @type {{ archives: Made[] }} */ (await this.app.desk.get("finish"));
      this.#list(archives, null);
      const { entries, draws } = /** @type {{ entries: number, draws: ToDraw[] }} */ (
        await this.app.desk.get("finish/draws")
      );
      if (!this.isConnected) return;
      this.#list(archives, entries);
      this.#pending.hidden = draws.length === 0;
      fill(
        this.#draws,
        draws.map((draw) => this.#draw(draw)),
      );
    } catch (error) {
      if (this.isConnected) this.app.met(error, this.#trouble, () => void this.#look());
    }
  }

  /**
   * Options of one total, to be put in the order in which they were drawn.
   * @param {ToDraw} draw
   */
  #draw({ contest, title: name, options }) {
    const selects = options.map((_, place) => {
      const id = uniqueId("drawn");
      const select = /** @type {HTMLSelectElement} */ (
        h(
          "select",
          { id, name: `drawn-${place + 1}` },
          h("option", { value: "" }, this.t("finish.choose")),
          options.map((option) => h("option", { value: option.id }, this.t.localised(option.name))),
        )
      );
      const row = h(
        "div",
        { class: "field" },
        h("label", { for: id }, this.t("finish.place", { n: place + 1 })),
        select,
      );
      return { select, row };
    });
    const button = /** @type {HTMLButtonElement} */ (
      h("button", { type: "submit", class: "button primary" }, this.t("finish.draw-button"))
    );
    const noted = { maxlength: 300 };
    const held = labelled(this.t("finish.held"), { ...noted, name: "held" });
    const present = labelled(this.t("finish.present"), { ...noted, name: "present" });
    const sure = /** @type {HTMLInputElement} */ (
      h("input", { type: "checkbox", name: "sure", required: true })
    );
    return h(
      "section",
      { class: "next-step" },
      h("h2", null, this.t("finish.draw")),
      h("p", null, said(this.t, name)),
      h("p", null, this.t("finish.draw-text")),
      h(
        "form",
        {
          class: "form",
          novalidate: true,
          on: {
            submit: (/** @type {Event} */ event) => {
              event.preventDefault();
              const drawn = selects.map(({ select }) => select.value);
              if (new Set(drawn).size < drawn.length || drawn.includes(""))
                return this.#trouble.say(this.t("finish.draw-each"));
              // The browser says beside the box that it is to be ticked.
              if (!sure.reportValidity()) return;
              const done = () => h("p", { class: "callout" }, this.t("finish.drawn"));
              const form = { contest, options: drawn, held: held.field.value, present: present.field.value };
              void this.#act(button, "finish/draw", form, done);
            },
          },
        },
        selects.map(({ row }) => row),
        held.row,
        present.row,
        h("p", { class: "hint" }, this.t("finish.minutes")),
        h("label", { class: "row-choice" }, sure, h("span", null, this.t("finish.draw-final"))),
        button,
      ),
    );
  }

  /** @param {HTMLButtonElement} button */
  async #make(button) {
    await this.#act(button, "finish/archive", { language: this.#language.value }, () =>
      h("p", { class: "callout" }, this.t("finish.done")),
    );
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {string} path
   * @param {unknown} form
   * @param {() => HTMLElement} said what stands now
   */
  async #act(button, path, form, said) {
    this.#trouble.clear();
    fill(this.#made);
    try {
      const done = await whileBusy(button, this.t("app.working"), () => this.app.desk.post(path, form));
      if (!done) return;
      fill(this.#made, said(), sameCommand(this.t, done.command));
      await this.#look();
    } catch (error) {
      this.app.met(error, this.#trouble);
    }
  }

  /**
   * @param {Made[]} archives
   * @param {number | null} entries on the board now; null where that is not known yet
   */
  #list(archives, entries) {
    const next = h("a", { href: "#desk/next-year" }, this.t("next.name"));
    fill(
      this.#files,
      archives.map((made) => this.#papers(made, entries !== null && made.entries !== entries)),
      archives.length > 0 && h("p", { class: "papers" }, this.t("finish.next-year"), " ", next),
    );
  }

  /**
   * The papers in one language.
   * @param {Made} made
   * @param {boolean} outdated whether something came onto the board after they were made
   */
  #papers({ language, sum, files, lists }, outdated) {
    const { t } = this;
    const name = LANGUAGES[/** @type {keyof typeof LANGUAGES} */ (language)].name;
    const again = /** @type {HTMLButtonElement} */ (
      h("button", { type: "button", class: "button primary" }, t("finish.again"))
    );
    again.addEventListener("click", () => {
      this.#language.value = language;
      void this.#make(again);
    });
    const known = FILES.filter(([file]) => files.includes(file));
    return h(
      "section",
      { class: "papers", "data-language": language },
      h("h2", null, t("finish.files", { language: name })),
      outdated
        ? [h("p", { class: "callout outdated" }, t("finish.outdated")), h("div", { class: "actions" }, again)]
        : [
            h("p", null, t("finish.sum"), " ", verbatim(sum, "command")),
            h(
              "ul",
              { class: "rows" },
              this.#row(language, null, t("finish.archive-file")),
              known.map(([file, title]) => this.#row(language, file, t(title))),
              lists.map(({ title, file, why }) => {
                const list = t.localised(title);
                if (file) return this.#row(language, file, t("finish.pb", { list }));
                const key = WITHOUT[why ?? ""] ?? msg("finish.pb-none");
                return h("li", { class: "hint" }, t(key, { list }));
              }),
            ),
          ],
    );
  }

  /**
   * @param {string} language
   * @param {string | null} file of the archive; null for the archive itself
   * @param {string} title
   */
  #row(language, file, title) {
    // Papers in two languages lie side by side in the folder of downloads.
    const name = (file ?? "archive.zip").replace(/(\.[^.]+)$/, `-${language}$1`);
    const take = h("button", { type: "button", class: "row-choice" }, title, " ", verbatim(name));
    take.addEventListener("click", () => void this.#save(language, file, name));
    return h("li", null, take);
  }

  /**
   * @param {string} language
   * @param {string | null} file
   * @param {string} name
   */
  async #save(language, file, name) {
    this.#trouble.clear();
    const query = new URLSearchParams(file === null ? { language } : { language, name: file });
    try {
      saveBytes(name, await this.app.desk.take(`finish/file?${query}`));
    } catch (error) {
      this.app.met(error, this.#trouble);
    }
  }
}

customElements.define("veche-desk-finish", DeskFinishScreen);
