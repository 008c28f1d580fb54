import { fill, h, heading, said } from "../../../lib/dom.js";
import { ownPicture } from "../../../lib/picture.js";
import { ReadingScreen, addressOf } from "./reading.js";

/** @typedef {import("../main.js").App} App */
/** @typedef {import("../../../../veche-wasm-voter.js").Contest} Contest */
/** @typedef {import("../../../../veche-wasm-voter.js").ContestOption} ContestOption */

/** One project of a contest, with all that is said of it. */
export class ProjectScreen extends ReadingScreen {
  /**
   * @param {App} app
   * @param {string[]} names the contest's and the project's
   */
  constructor(app, [id, name]) {
    super(app);
    const contest = app.announcement.manifest.contests.find((one) => one.id === id);
    const option = contest?.options.find((one) => one.id === name);
    if (contest && option) this.#build(contest, option);
    else this.missing();
  }

  /**
   * @param {Contest} contest
   * @param {ContestOption} option
   */
  #build(contest, { id, name, text, number, category, cost, place, coordinates, picture }) {
    this.back = addressOf(contest.id);
    this.name = this.t.localised(name);
    const address = ownPicture(picture);
    /** @type {[string, import("../../../lib/dom.js").Child][]} */
    const facts = [
      [this.t("read.number"), number],
      [this.t("read.cost"), cost !== undefined && this.t.money(cost, contest.currency)],
      [this.t("read.category"), category && said(this.t, category)],
      [this.t("read.place"), place],
      [this.t("read.coordinates"), coordinates],
    ];
    fill(
      this,
      h("p", { class: "kicker" }, said(this.t, contest.title)),
      heading(said(this.t, name)),
      address && h("img", { src: address, alt: "", class: "project-picture", width: 400, height: 300 }),
      h(
        "dl",
        { class: "project-facts" },
        facts.map(([term, fact]) => fact && h("div", null, h("dt", null, term), h("dd", null, fact))),
      ),
      text && h("p", { class: "project-text" }, said(this.t, text)),
      this.foot(contest.id, addressOf(contest.id, id)),
    );
  }
}

customElements.define("veche-project", ProjectScreen);
