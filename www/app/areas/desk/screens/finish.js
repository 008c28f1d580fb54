import { fill, h, heading, said, uniqueId } from "../../../lib/dom.js";
import { saveBytes } from "../../../lib/download.js";
import { LANGUAGES } from "../../../lib/languages.js";
import { msg } from "../../../lib/text.js";
import { whileBusy } from "../../../parts/busy.js";
import { verbatim } from "../../../parts/copy.js";
import { Screen } from "../../../parts/screen.js";
import { TroubleNotice } from "../../../parts/trouble.js";
import { sameCommand } from "../command.js";

/** @typedef {import("../../../lib/text.js").Key} Key */
/** @typedef {import("../../../lib/text.js").Localised} Localised */
/** @typedef {{ contest: string, title: Localised, options: { id: string, name: Localised }[] }} ToDraw */

/** What the files of the archive are, by their names. @type {Record<string, Key>} */
const FILES = {
  "archive.zip": msg("finish.archive-file"),
  "protocol.html": msg("finish.protocol"),
  "results.xlsx": msg("finish.xlsx"),
  "results-spreadsheet.csv": msg("finish.csv"),
  "results.csv": msg("finish.plain-csv"),
  "results.json": msg("finish.json"),
  "after-the-vote.html": msg("finish.deletion"),
  "report.txt": msg("finish.report"),
};

/**
 * After the count: a draw that decides, and everything that the town prints, publishes and keeps.
 * @extends {Screen<import("../main.js").DeskApp>}
 */
export class DeskFinishScreen extends Screen {
  #trouble = new TroubleNotice(this.t);
  #draws = h("div");
  #files = h("div", { class: "finish-files" });
  #made = h("div", { role: "status" });
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
      h("h2", null, this.t("finish.papers")),
      h("p", null, this.t("finish.papers-text")),
      h(
        "div",
        { class: "form" },
        h("label", { for: this.#language.id }, this.t("finish.language")),
        this.#language,
        button,
      ),
      this.#made,
      this.#files,
    );
    void this.#look();
  }

  async #look() {
    try {
      const { files } = await this.app.desk.get("finish");
      if (files) this.#list(files);
      const draws = /** @type {ToDraw[]} */ (await this.app.desk.get("finish/draws"));
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
              void this.#act(button, "finish/draw", { contest, options: drawn });
            },
          },
        },
        selects.map(({ row }) => row),
        button,
      ),
    );
  }

  /** @param {HTMLButtonElement} button */
  async #make(button) {
    await this.#act(button, "finish/archive", { language: this.#language.value });
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {string} path
   * @param {unknown} form
   */
  async #act(button, path, form) {
    this.#trouble.clear();
    fill(this.#made);
    try {
      const done = await whileBusy(button, this.t("app.working"), () => this.app.desk.post(path, form));
      if (!done) return;
      fill(
        this.#made,
        h("p", { class: "callout" }, this.t("finish.done")),
        done.sum && h("p", null, this.t("finish.sum"), " ", verbatim(done.sum, "command")),
        sameCommand(this.t, done.command),
      );
      await this.#look();
    } catch (error) {
      this.app.met(error, this.#trouble);
    }
  }

  /** @param {string[]} files */
  #list(files) {
    const known = ["archive.zip", ...files].filter((name) => FILES[name] || name.endsWith(".pb"));
    fill(
      this.#files,
      h("h2", null, this.t("finish.files")),
      h(
        "ul",
        { class: "rows" },
        known.map((name) => {
          const title = FILES[name] ?? msg("finish.pb");
          const take = h(
            "button",
            { type: "button", class: "row-choice" },
            this.t(title),
            " ",
            verbatim(name),
          );
          take.addEventListener("click", () => void this.#save(name));
          return h("li", null, take);
        }),
      ),
    );
  }

  /** @param {string} name */
  async #save(name) {
    this.#trouble.clear();
    try {
      saveBytes(name, await this.app.desk.take(`finish/file?name=${encodeURIComponent(name)}`));
    } catch (error) {
      this.app.met(error, this.#trouble);
    }
  }
}

customElements.define("veche-desk-finish", DeskFinishScreen);
