import { fill, h, heading, said, woven } from "../../../lib/dom.js";
import { msg } from "../../../lib/text.js";
import { whileBusy } from "../../../parts/busy.js";
import { Screen } from "../../../parts/screen.js";
import { searchOf } from "../../../parts/search-box.js";
import { TroubleNotice } from "../../../parts/trouble.js";

/** @typedef {import("../main.js").App} App */
/** @typedef {import("../model/announcement.js").District} District */

/**
 * Where registration is open, the voter says once which district is theirs, and is asked once whether it is.
 * @extends {Screen<App>}
 */
export class DistrictScreen extends Screen {
  static step = /** @type {const} */ ("sign-in");
  static back = "phone";
  static title = msg("district.name");
  /** @param {App} app */
  static guard = (app) => (app.voter.signedIn ? null : "phone");

  #trouble = new TroubleNotice(this.t);
  /** What stands here while no district is marked. */
  #list;
  /** How far the list was scrolled when the question took its place. */
  #scrolled = 0;
  /** @type {District | null} The district that was marked before this screen was made. */
  #asked;

  /** @param {App} app */
  constructor(app) {
    super(app);
    const { styles } = app.election.manifest;
    const rows = styles.map((style) => {
      const title = this.t.localised(style.title);
      const ask = () => this.#ask(style);
      const about = { type: "button", class: "row-choice", value: style.id, on: { click: ask } };
      return { row: h("li", null, h("button", about, said(this.t, style.title))), title };
    });
    this.#list = [
      heading(this.t("district.heading")),
      h("p", { class: "lead" }, this.t("district.text")),
      h(
        "div",
        { class: "form" },
        searchOf(this.t("district.search"), rows),
        h(
          "ul",
          { class: "rows" },
          rows.map(({ row }) => row),
        ),
      ),
    ];
    const marked = styles.find(({ id }) => id === app.voter.marked.district);
    this.#asked = marked ?? null;
    fill(this, marked ? this.#question(marked) : this.#list);
  }

  connectedCallback() {
    if (this.#asked) this.#backTo(this.#asked);
  }

  /**
   * Back from the question leads to the list, and not out of having signed in.
   * @param {District} style
   */
  #backTo(style) {
    this.app.frame.goBack = () => this.#again(style);
  }

  /**
   * A district is for good, and a finger slips: it is asked once more, on this screen.
   * @param {District} style
   */
  #ask(style) {
    this.#scrolled = window.scrollY;
    this.app.voter.mark({ district: style.id });
    fill(this, this.#question(style));
    this.#backTo(style);
    window.scrollTo(0, 0);
    this.querySelector("h1")?.focus({ preventScroll: true });
  }

  /** @param {District} style */
  #question(style) {
    this.#trouble.clear();
    const yes = h("button", { type: "button", class: "button primary wide" }, this.t("district.yes"));
    yes.addEventListener("click", () => void this.#say(style, yes));
    const again = { type: "button", class: "button secondary wide", on: { click: () => this.#again(style) } };
    return [
      heading(woven([said(this.t, style.title)], (district) => this.t("district.yours", { district }))),
      h("p", { class: "lead" }, this.t("district.final")),
      this.#trouble,
      h("p", { class: "actions" }, yes, h("button", again, this.t("district.again"))),
    ];
  }

  /** @param {District} style */
  #again(style) {
    this.app.voter.mark({ district: null });
    this.app.frame.goBack = null;
    fill(this, this.#list);
    window.scrollTo(0, this.#scrolled);
    const row = [...this.querySelectorAll("button")].find(({ value }) => value === style.id);
    row?.focus({ preventScroll: true });
  }

  /**
   * @param {District} style
   * @param {HTMLButtonElement} button
   */
  async #say(style, button) {
    this.#trouble.clear();
    try {
      const next = await whileBusy(button, this.t("district.registering"), () =>
        this.app.voting.belong(style.id),
      );
      if (next) this.app.go(next);
    } catch (error) {
      this.app.met(error, this.#trouble);
    }
  }
}

customElements.define("veche-district", DistrictScreen);
