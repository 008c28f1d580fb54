import { fill, h, heading } from "../lib/dom.js";
import { ruleOf, toggleBlank } from "../lib/rules/index.js";
import { localised, money, t } from "../lib/text.js";
import { ChoiceBar } from "../parts/choice-bar.js";
import { OptionCard } from "../parts/option-card.js";
import { SearchBox, matches } from "../parts/search-box.js";
import { TroubleNotice } from "../parts/trouble.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {ReturnType<typeof ruleOf>} Rule */

/** More options than this get a search field. */
const MANY = 12;

/**
 * @param {Rule} rule
 * @param {number} all
 */
function ruleSentence(rule, all) {
  const { min, max } = rule;
  const main = min === max ? t("choose.rule-exact", { n: max, all })
    : min === 0 ? t("choose.rule-up-to", { n: max, all })
      : t("choose.rule-range", { min, max, all });
  return rule.blank ? `${main} ${t("choose.rule-blank")}` : main;
}

/** The options of one contest. Touching a card chooses it; the bar below says what that amounts to. */
export class ChooseScreen extends HTMLElement {
  static step = /** @type {const} */ ("choose");
  static title = () => t("choose.name");
  /** @param {App} app */
  static guard = (app) => (app.voter.replaced ? "replaced" : app.voter.me ? null : "phone");

  #words = "";
  #onlyChosen = false;
  #trouble = new TroubleNotice();
  #found = h("p", { class: "hint", role: "status" });
  /** @type {OptionCard[]} */
  #cards;
  /** @type {OptionCard | null} */
  #blank = null;

  /**
   * @param {App} app
   * @param {number} place which contest of the ballot
   */
  constructor(app, place) {
    super();
    this.app = app;
    const contests = app.ballot.contests;
    this.place = Math.min(Math.max(place, 0), contests.length - 1);
    this.last = this.place === contests.length - 1;
    this.contest = /** @type {typeof contests[number]} */ (contests[this.place]);
    this.rule = ruleOf(this.contest);
    this.back = this.place > 0 ? `choose/${this.place - 1}` : "welcome";
    const { options, currency } = this.contest;
    const settings = { group: `contest-${this.contest.id}`, single: this.rule.single, currency };
    this.#cards = options.map((option) => new OptionCard(option, { ...settings, onChange: () => this.#touch(option.id) }));
    if (this.rule.blank) {
      const blank = { id: "", name: { en: t("choose.blank") }, text: undefined };
      this.#blank = new OptionCard(blank, { ...settings, onChange: () => this.#change(toggleBlank(this.#choice)) }, t("choose.blank-text"));
      this.#blank.classList.add("blank");
    }
    this.#build(contests.length);
    this.#show();
  }

  get #choice() {
    return this.app.ballot.choice(this.contest.id);
  }

  /** @param {number} contests */
  #build(contests) {
    const { options, budget, currency } = this.contest;
    const search = options.length > MANY && new SearchBox(t("choose.search"), (words) => {
      this.#words = words;
      this.#filter();
    });
    this.bar = new ChoiceBar({ onFilter: () => this.#toggleFilter(), onNext: () => this.#next() });
    fill(this,
      h("div", { class: "choose-head" },
        contests > 1 && h("p", { class: "kicker" }, t("choose.contest", { n: this.place + 1, all: contests })),
        heading(localised(this.contest.title)),
        this.contest.text && h("p", { class: "lead" }, localised(this.contest.text)),
        h("p", { class: "rule" }, ruleSentence(this.rule, options.length),
          budget ? h("span", { class: "budget" }, " ", t("choose.budget", { amount: money(budget, currency) })) : null),
        search, this.#found, this.#trouble),
      h("fieldset", { class: "options" },
        h("legend", { class: "visually-hidden" }, t("choose.legend")), this.#cards, this.#blank),
      this.bar,
    );
  }

  /** @param {string} id */
  #touch(id) {
    const { choice, outcome } = this.rule.toggle(this.#choice, id);
    if (outcome === "full") {
      const full = t("choose.full", { n: this.rule.max });
      this.#show();
      this.bar?.warn(full);
      this.app.announce(full);
      return;
    }
    const name = this.#cards.find((card) => card.optionId === id)?.name ?? "";
    this.#change(choice, outcome === "swapped" && !this.rule.single ? t("choose.swapped", { name }) : "");
  }

  /**
   * @param {import("../lib/rules/approval.js").Choice} choice
   * @param {string} [note]
   */
  async #change(choice, note = "") {
    const stored = this.app.ballot.choose(this.contest.id, choice);
    this.#show();
    this.app.announce(`${note} ${ChoiceBar.spoken(this.rule.status(choice))}`.trim());
    await stored.catch((error) => this.app.met(error, this.#trouble));
  }

  #show() {
    const choice = this.#choice;
    const names = [];
    for (const card of this.#cards) {
      card.chosen = choice.chosen.includes(card.optionId);
      if (choice.chosen.includes(card.optionId)) names.push(card.name);
    }
    if (this.#blank) this.#blank.chosen = choice.blank;
    const status = this.rule.status(choice);
    if (status.count === 0) this.#onlyChosen = false;
    this.#filter();
    this.bar?.show({ status, names, filtered: this.#onlyChosen, next: this.last ? t("choose.review") : t("choose.next") });
  }

  /** Hides what the search or "only chosen" leaves out; a card that is unticked while shown stays until then. */
  #filter() {
    const { chosen } = this.#choice;
    let found = 0;
    for (const card of this.#cards) {
      card.hidden = !matches(this.#words, card.texts) || (this.#onlyChosen && !chosen.includes(card.optionId));
      if (!card.hidden) found += 1;
    }
    if (this.#blank) this.#blank.hidden = this.#words !== "" || this.#onlyChosen;
    const searching = this.#words !== "";
    fill(this.#found, searching && (found === 0 ? t("choose.found-none") : t("choose.found", { n: found })));
  }

  #toggleFilter() {
    this.#onlyChosen = !this.#onlyChosen;
    this.#show();
    this.querySelector(".options")?.scrollIntoView({ block: "start" });
  }

  #next() {
    const status = this.rule.status(this.#choice);
    if (!status.ready) {
      const missing = t("choose.too-few", { n: status.missing });
      this.bar?.warn(missing);
      this.app.announce(missing);
      return;
    }
    this.app.go(this.last ? "review" : `choose/${this.place + 1}`);
  }
}

customElements.define("veche-choose", ChooseScreen);
