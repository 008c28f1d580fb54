import { fill, h, heading, said } from "../../../lib/dom.js";
import { drawn } from "../../../lib/drawn-order.js";
import { ruleOf, together } from "../../../lib/rules/index.js";
import { OptionCard } from "../../../parts/option-card.js";
import { OptionList } from "../../../parts/option-list.js";
import { ReadingScreen, addressOf } from "./reading.js";

/** @typedef {import("../main.js").App} App */
/** @typedef {import("../../../../veche-wasm-voter.js").Contest} Contest */

/** A contest and all its projects. */
export class ContestScreen extends ReadingScreen {
  /** @type {OptionList | null} */
  #list = null;

  /**
   * @param {App} app
   * @param {string[]} names the contest's
   */
  constructor(app, [id]) {
    super(app);
    const contest = app.announcement.manifest.contests.find((one) => one.id === id);
    if (contest) this.#build(contest);
    else this.missing();
  }

  /** @param {Contest} contest */
  #build(contest) {
    const { app, t } = this;
    const { id, title, text, budget, currency, options } = contest;
    const { fingerprint } = app.announcement.config;
    const shuffled = app.announcement.manifest.shuffle === true;
    const rule = ruleOf(t, contest);
    // A rule that spends a budget has said which.
    const more = together([
      rule.more,
      budget !== undefined &&
        contest.rule.type !== "knapsack" &&
        t("choose.budget", { amount: t.money(budget, currency) }),
    ]);
    this.name = t.localised(title);
    const cards = (shuffled ? drawn(options, fingerprint, id) : options).map(
      (option) =>
        new OptionCard(t, option, { control: null, currency, href: `#${addressOf(id, option.id)}` }),
    );
    const keep = () => this.#list && app.looks.keep(id, this.#list.position);
    this.#list = new OptionList(t, cards, h("div", { class: "options", on: { click: keep } }), {
      drawn: shuffled,
      look: app.looks.of(id),
      onLook: (look) => app.looks.keep(id, look),
      onSay: (sentence) => app.announce(sentence),
    });
    fill(
      this,
      heading(said(t, title)),
      text && h("p", { class: "lead" }, said(t, text)),
      h("p", { class: "rule" }, rule.sentence, more && h("span", { class: "rule-more" }, " ", more)),
      this.foot(contest.id, addressOf(id)),
      h("h2", null, t("read.projects", { n: options.length })),
      this.#list,
    );
  }

  connectedCallback() {
    // Whoever shows the screen begins at its top.
    requestAnimationFrame(() => this.#list?.restore());
  }
}

customElements.define("veche-contest", ContestScreen);
