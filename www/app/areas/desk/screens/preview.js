import { fill, h, heading, said, unseen } from "../../../lib/dom.js";
import { saveBytes } from "../../../lib/download.js";
import { LANGUAGES } from "../../../lib/languages.js";
import { whileBusy } from "../../../parts/busy.js";
import { Screen } from "../../../parts/screen.js";
import { TroubleNotice } from "../../../parts/trouble.js";
import { sameCommand } from "../command.js";
import { labelled } from "../field.js";

/** @typedef {import("../../../lib/dom.js").Child} Child */
/** @typedef {import("../../../lib/text.js").Localised} Localised */
/**
 * What `GET /desk/v1/preview` says.
 * @typedef {object} Shown
 * @property {boolean} made whether there is a preview
 * @property {boolean} current whether it is of the manifest as it is now
 * @property {string[]} languages
 * @property {{ id: string, title: Localised }[]} districts
 * @property {string} time_zone
 * @property {boolean} practice whether there is a practice vote
 * @property {string} command
 * @property {string} practice_command
 */

/**
 * The vote as people will read it, and a practice vote for residents.
 * @extends {Screen<import("../main.js").DeskApp>}
 */
export class DeskPreviewScreen extends Screen {
  #trouble = new TroubleNotice(this.t);
  #shown = h("div");
  #practiceTrouble = new TroubleNotice(this.t);
  #practice = h("section");

  connectedCallback() {
    const manifest = this.app.desk.progress?.manifest ?? false;
    fill(
      this,
      heading(this.t("desk-preview.heading")),
      h("p", { class: "lead" }, this.t("desk-preview.text")),
      !manifest && h("p", { class: "callout" }, this.t("desk-preview.no-manifest")),
      this.#trouble,
      this.#shown,
      this.#practice,
    );
    if (manifest) void this.#look();
  }

  async #look() {
    try {
      this.#show(await this.app.desk.get("preview"));
    } catch (error) {
      this.app.met(error, this.#trouble, () => this.#look());
    }
  }

  /** @param {Shown} shown */
  #show(shown) {
    const { made, current } = shown;
    const label = made ? this.t("desk-preview.again") : this.t("desk-preview.make");
    const button = this.#button(label, made && current ? "secondary" : "primary");
    button.addEventListener("click", () => void this.#make(button));
    fill(
      this.#shown,
      made && !current && h("p", { class: "callout" }, this.t("desk-preview.old")),
      h("p", { class: "actions" }, button),
      sameCommand(this.t, shown.command),
      ...(made ? this.#links(shown) : []),
    );
    this.#showPractice(shown);
  }

  /**
   * @param {string} label
   * @param {string} look
   */
  #button(label, look) {
    return /** @type {HTMLButtonElement} */ (h("button", { type: "button", class: `button ${look}` }, label));
  }

  /** @param {HTMLButtonElement} button */
  async #make(button) {
    this.#trouble.clear();
    try {
      const making = () => this.app.desk.post("preview");
      const shown = await whileBusy(button, this.t("desk-preview.making"), making);
      if (!shown) return;
      this.#show(shown);
      this.#shown.querySelector("h2")?.focus();
    } catch (error) {
      this.app.met(error, this.#trouble);
    }
  }

  /**
   * A link into a tab of its own.
   * @param {string} path in the preview's folder
   * @param {Child} words
   * @param {Child} [about] what the words are about, for whoever does not see where they stand
   */
  #link(path, words, about) {
    const address = new URL(`shown/${this.app.desk.progress?.shown}/preview/${path}`, document.baseURI);
    const more = about ? unseen(" (", about, ")") : null;
    return h("a", { href: address.href, target: "_blank", rel: "noopener" }, words, more);
  }

  /** @param {Shown} shown */
  #links({ languages, districts }) {
    const zip = this.#button(this.t("desk-preview.zip"), "secondary");
    zip.addEventListener("click", () => void this.#take(zip, "preview/zip", "preview.zip", this.#trouble));
    return [
      h("h2", { tabindex: "-1" }, this.t("desk-preview.papers")),
      h("p", { class: "hint" }, this.t("desk-preview.new-tab")),
      h("p", { class: "desk-links" }, this.#link("", this.t("desk-preview.all"))),
      h(
        "ul",
        { class: "desk-links" },
        languages.map((language) =>
          h(
            "li",
            null,
            `${nameOf(language)}: `,
            this.#link(`${language}/proof.html`, this.t("desk-preview.proof"), nameOf(language)),
            this.#link(`${language}/example-result.html`, this.t("desk-preview.example"), nameOf(language)),
          ),
        ),
      ),
      h("h2", null, this.t("desk-preview.ballots")),
      h(
        "div",
        {
          class: "result-table desk-links",
          tabindex: "0",
          role: "region",
          "aria-label": this.t("desk-preview.ballots"),
        },
        h(
          "table",
          null,
          h(
            "thead",
            null,
            h(
              "tr",
              null,
              h("th", { scope: "col" }, this.t("desk-preview.district")),
              languages.map((language) => h("th", { scope: "col" }, nameOf(language))),
            ),
          ),
          h(
            "tbody",
            null,
            districts.map(({ id, title }, at) =>
              h(
                "tr",
                null,
                h("th", { scope: "row" }, said(this.t, title)),
                languages.map((language) =>
                  h("td", null, this.#ballot(language, id, at, said(this.t, title))),
                ),
              ),
            ),
          ),
        ),
      ),
      h("h2", null, this.t("desk-preview.pass-on")),
      h("p", null, this.t("desk-preview.zip-hint")),
      h("p", { class: "actions" }, zip),
    ];
  }

  /**
   * The ballot of a district in a language: on the screen, where the site speaks it, and on paper.
   * @param {string} language
   * @param {string} id
   * @param {number} at the district's place
   * @param {Child} district
   */
  #ballot(language, id, at, district) {
    const spoken = language.split("-")[0] ?? "";
    const about = h("span", null, district, `, ${nameOf(language)}`);
    const place = `pages/?lang=${spoken}#ballot/${encodeURIComponent(id)}`;
    return [
      spoken in LANGUAGES && this.#link(place, this.t("desk-preview.screen"), about.cloneNode(true)),
      this.#link(`${language}/ballot-${at + 1}.html`, this.t("desk-preview.paper"), about),
    ];
  }

  /**
   * Takes a file of the folder.
   * @param {HTMLButtonElement} button
   * @param {string} path
   * @param {string} name
   * @param {TroubleNotice} trouble
   */
  async #take(button, path, name, trouble) {
    trouble.clear();
    try {
      const bytes = await whileBusy(button, this.t("app.working"), () => this.app.desk.take(path));
      if (bytes) saveBytes(name, bytes);
    } catch (error) {
      this.app.met(error, trouble);
    }
  }

  /** @param {Shown} shown */
  #showPractice({ practice, time_zone, practice_command }) {
    const save = this.#button(this.t("desk-preview.practice-save"), "secondary");
    const taken = () => this.#take(save, "practice", "practice.json", this.#practiceTrouble);
    save.addEventListener("click", () => void taken());
    fill(
      this.#practice,
      h("h2", null, this.t("desk-preview.practice")),
      h("p", null, this.t("desk-preview.practice-text")),
      this.#practiceTrouble,
      practice
        ? [
            h("p", { class: "callout" }, this.t("desk-preview.practice-there")),
            h("p", { class: "actions" }, save),
          ]
        : this.#form(time_zone),
      sameCommand(this.t, practice_command),
    );
  }

  /** @param {string} zone */
  #form(zone) {
    const hint = this.t("desk-preview.practice-zone", { zone });
    const moment = { type: "datetime-local", required: true };
    const opens = labelled(this.t("desk-preview.practice-opens"), { ...moment, name: "opens" }, hint);
    const closes = labelled(this.t("desk-preview.practice-closes"), { ...moment, name: "closes" });
    const button = /** @type {HTMLButtonElement} */ (
      h("button", { type: "submit", class: "button primary wide" }, this.t("desk-preview.practice-make"))
    );
    const send = async () => {
      this.#practiceTrouble.clear();
      try {
        const form = { opens: opens.field.value, closes: closes.field.value };
        const made = await whileBusy(button, this.t("app.working"), () =>
          this.app.desk.post("practice", form),
        );
        if (!made) return;
        const shown = /** @type {Shown} */ (await this.app.desk.get("preview"));
        this.#showPractice({ ...shown, practice_command: made.command });
      } catch (error) {
        this.app.met(error, this.#practiceTrouble);
      }
    };
    const submit = (/** @type {Event} */ event) => {
      event.preventDefault();
      void send();
    };
    return h("form", { class: "form", novalidate: true, on: { submit } }, opens.row, closes.row, button);
  }
}

customElements.define("veche-desk-preview", DeskPreviewScreen);

/**
 * A language by its own name.
 * @param {string} tag
 */
function nameOf(tag) {
  const known = /** @type {Record<string, { name: string }>} */ (LANGUAGES);
  return known[tag]?.name ?? tag;
}
