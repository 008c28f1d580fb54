import { fill, h, heading } from "../lib/dom.js";
import { localised, money, t } from "../lib/text.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("../../veche-wasm.js").Contest} Contest */

/** Everything chosen on one page, before it is closed up. */
export class ReviewScreen extends HTMLElement {
  static step = /** @type {const} */ ("review");
  static title = () => t("review.name");
  /** @param {App} app */
  static guard = (app) => {
    if (app.voter.replaced) return "replaced";
    if (!app.voter.me) return "phone";
    const unready = app.ballot.unready;
    return unready < 0 ? null : `choose/${unready}`;
  };

  /** @param {App} app */
  constructor(app) {
    super();
    this.app = app;
    const contests = app.ballot.contests;
    this.back = `choose/${contests.length - 1}`;
    fill(this,
      heading(t("review.heading")),
      ...contests.map((contest, place) => this.#contest(contest, place, contests.length > 1)),
      h("p", { class: "actions" },
        h("a", { class: "button primary wide", href: "#seal" }, t("review.seal"))),
      h("p", { class: "hint" }, `${t("review.text")} ${t("review.seal-text")}`),
    );
  }

  /**
   * @param {Contest} contest
   * @param {number} place
   * @param {boolean} several
   */
  #contest(contest, place, several) {
    const { chosen, blank } = this.app.ballot.choice(contest.id);
    const options = contest.options.filter((option) => chosen.includes(option.id));
    const together = options.reduce((sum, option) => sum + (option.cost ?? 0), 0);
    const title = localised(contest.title);
    return h("section", { class: "review-contest" },
      h("div", { class: "review-head" },
        h("h2", null, title),
        h("a", { class: "link", href: `#choose/${place}`, "aria-label": several ? t("review.change-of", { contest: title }) : null }, t("review.change"))),
      options.length > 0
        ? h("ul", { class: "review-list" }, options.map((option) => h("li", null,
          h("span", { class: "review-name" }, localised(option.name)),
          option.cost ? h("span", { class: "review-cost" }, money(option.cost, contest.currency)) : null)))
        : h("p", { class: "review-none" }, blank ? t("review.blank") : t("review.none")),
      options.length > 1 && together > 0 && h("p", { class: "review-sum" }, t("review.together", { amount: money(together, contest.currency) })));
  }
}

customElements.define("veche-review", ReviewScreen);
