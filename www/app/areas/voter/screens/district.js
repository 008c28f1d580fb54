import { fill, h, heading } from "../../../lib/dom.js";
import { Finder } from "../../../lib/finder.js";
import { msg } from "../../../lib/text.js";
import { whileBusy } from "../../../parts/busy.js";
import { Screen } from "../../../parts/screen.js";
import { SearchBox } from "../../../parts/search-box.js";
import { TroubleNotice } from "../../../parts/trouble.js";

/** @typedef {import("../main.js").App} App */

/** More districts than this get a search field. */
const MANY = 12;

/**
 * Where registration is open, the voter says once which district is theirs.
 * @extends {Screen<App>}
 */
export class DistrictScreen extends Screen {
  static step = /** @type {const} */ ("sign-in");
  static back = "phone";
  static title = msg("district.name");
  /** @param {App} app */
  static guard = (app) => (app.voter.signedIn ? null : "phone");

  #trouble = new TroubleNotice(this.t);
  #button = h("button", { class: "button primary wide" }, this.t("district.continue"));
  #form;

  /** @param {App} app */
  constructor(app) {
    super(app);
    const rows = app.election.manifest.styles.map((style) => {
      const title = this.t.localised(style.title);
      const row = h(
        "label",
        { class: "row-choice" },
        h("input", { type: "radio", name: "district", value: style.id, required: true }),
        h("span", null, title),
      );
      return { row, title };
    });
    const finder = new Finder(rows.map(({ title }) => ({ name: title })));
    const search =
      rows.length > MANY &&
      new SearchBox(this.t("district.search"), (words) => {
        const found = finder.find(words);
        rows.forEach(({ row }, at) => {
          row.hidden = found !== null && !found.places.includes(at);
        });
      });
    this.#form = h(
      "form",
      {
        class: "form",
        novalidate: true,
        on: { submit: (/** @type {Event} */ event) => this.#submit(event) },
      },
      search,
      h(
        "fieldset",
        { class: "rows" },
        h("legend", { class: "visually-hidden" }, this.t("district.legend")),
        rows.map(({ row }) => row),
      ),
      this.#trouble,
      this.#button,
    );
    fill(
      this,
      heading(this.t("district.heading")),
      h("p", { class: "lead" }, this.t("district.text")),
      this.#form,
    );
  }

  /** @param {Event} event */
  async #submit(event) {
    event.preventDefault();
    this.#trouble.clear();
    const style = new FormData(this.#form).get("district");
    if (typeof style !== "string") return this.#trouble.say(this.t("district.none"));
    try {
      const next = await whileBusy(this.#button, this.t("district.registering"), () =>
        this.app.belong(style),
      );
      if (next) this.app.go(next);
    } catch (error) {
      this.app.met(error, this.#trouble);
    }
  }
}

customElements.define("veche-district", DistrictScreen);
