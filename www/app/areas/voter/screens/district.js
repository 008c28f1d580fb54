import { fill, h, heading, said, woven } from "../../../lib/dom.js";
import { msg } from "../../../lib/text.js";
import { whileBusy } from "../../../parts/busy.js";
import { Screen } from "../../../parts/screen.js";
import { searchOf } from "../../../parts/search-box.js";
import { TroubleNotice } from "../../../parts/trouble.js";

/** @typedef {import("../main.js").App} App */
/** @typedef {import("../model/announcement.js").District} District */

/** The address of the question whether a district is right. It does not say which: what was visited stays in a browser. */
const ASKED = "#district/1";

/**
 * Where registration is open, the voter says once which district is theirs. A district is for good, and a finger slips:
 * they are asked once more, at an address of its own, so that every way back leads to the list and not out of signing in.
 * @extends {Screen<App>}
 */
export class DistrictScreen extends Screen {
  static step = /** @type {const} */ ("sign-in");
  static title = msg("district.name");
  /** @param {App} app */
  static guard = (app) => (app.voter.signedIn ? null : app.voter.me ? "choose" : "phone");

  #trouble = new TroubleNotice(this.t);
  /** The district that was pressed last. */
  #marked;

  /**
   * @param {App} app
   * @param {number} asked not 0 for the question
   */
  constructor(app, asked) {
    super(app);
    this.#marked = app.election.manifest.styles.find(({ id }) => id === app.voter.marked.district);
    const district = asked ? this.#marked : undefined;
    this.back = district ? "district" : "phone";
    fill(this, district ? this.#question(district) : this.#list());
  }

  connectedCallback() {
    // Whoever shows the screen begins at its top.
    requestAnimationFrame(() => {
      const rows = [...this.querySelectorAll("button")];
      if (document.activeElement?.localName === "h1")
        rows.find(({ value }) => value === this.#marked?.id)?.focus();
    });
  }

  #list() {
    const rows = this.app.election.manifest.styles.map((style) => {
      const { id, title } = style;
      const ask = () => this.#ask(style);
      const about = { type: "button", class: "row-choice", value: id, on: { click: ask } };
      return { row: h("li", null, h("button", about, said(this.t, title))), title: this.t.localised(title) };
    });
    return [
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
  }

  /** @param {District} style */
  #ask(style) {
    this.app.voter.mark({ district: style.id });
    history.pushState(null, "", ASKED);
    this.app.frame.leadBack("district");
    fill(this, this.#question(style));
    window.scrollTo(0, 0);
    this.querySelector("h1")?.focus({ preventScroll: true });
  }

  /** @param {District} style */
  #question(style) {
    const yes = h("button", { type: "button", class: "button primary wide" }, this.t("district.yes"));
    yes.addEventListener("click", () => void this.#say(style, yes));
    return [
      heading(woven([said(this.t, style.title)], (district) => this.t("district.yours", { district }))),
      h("p", { class: "lead" }, this.t("district.final")),
      this.#trouble,
      h(
        "p",
        { class: "actions" },
        yes,
        h("a", { class: "button secondary wide", href: "#district" }, this.t("district.again")),
      ),
    ];
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
