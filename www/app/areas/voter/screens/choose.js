import { fill, h, heading } from "../../../lib/dom.js";
import { chosenIds, listed, ruleOf, together, toggleBlank, valueOf } from "../../../lib/rules/index.js";
import { msg } from "../../../lib/text.js";
import { ChoiceBar } from "../../../parts/choice-bar.js";
import { OptionCard } from "../../../parts/option-card.js";
import { Ranking } from "../../../parts/ranking.js";
import { Screen } from "../../../parts/screen.js";
import { SearchBox, matches } from "../../../parts/search-box.js";
import { TroubleNotice } from "../../../parts/trouble.js";

/** @typedef {import("../main.js").App} App */
/** @typedef {import("../../../lib/rules/rule.js").Choice} Choice */
/** @typedef {import("../../../lib/rules/rule.js").Step} Step */

/** More options than this get a search field. */
const MANY = 12;

/**
 * The options of one contest, each with the control that the rule needs; the bar below says what it amounts to.
 * @extends {Screen<App>}
 */
export class ChooseScreen extends Screen {
  static step = /** @type {const} */ ("choose");
  static title = msg("choose.name");
  /** @param {App} app */
  static guard = (app) => (app.voter.replaced ? "replaced" : app.voter.me ? null : "phone");

  #words = "";
  #onlyChosen = false;
  #trouble = new TroubleNotice(this.t);
  #found = h("p", { class: "hint", role: "status" });
  /** @type {Map<string, OptionCard>} */
  #cards;
  /** @type {OptionCard | null} */
  #blank = null;
  /** @type {Ranking | null} */
  #ranking = null;

  /**
   * @param {App} app
   * @param {number} place which contest of the ballot
   * @param {string} from  the screen that the voter came from to change one choice, and goes back to
   */
  constructor(app, place, from) {
    super(app);
    const contests = app.ballot.contests;
    this.place = Math.min(Math.max(place, 0), contests.length - 1);
    this.last = this.place === contests.length - 1 || from === "review";
    this.contest = /** @type {typeof contests[number]} */ (contests[this.place]);
    this.rule = ruleOf(this.t, this.contest);
    this.back = this.#before(from);
    const { options, currency } = this.contest;
    const { control } = this.rule;
    const settings = { control, group: `contest-${this.contest.id}`, currency };
    this.#cards = new Map(
      options.map((option) => [
        option.id,
        new OptionCard(this.t, option, {
          ...settings,
          onAdd: () => this.#take(option.id, this.rule.add(this.#choice, option.id)),
          onTake: () => this.#take(option.id, this.rule.take(this.#choice, option.id)),
        }),
      ]),
    );
    if (this.rule.blank) {
      const turn = () => void this.#change(toggleBlank(this.#choice));
      const blank = { id: "", name: { en: this.t("choose.blank") }, text: undefined };
      this.#blank = new OptionCard(
        this.t,
        blank,
        { ...settings, control: control === "radio" ? "radio" : "tick", onAdd: turn, onTake: turn },
        this.t("choose.blank-text"),
      );
      this.#blank.classList.add("blank");
    }
    if (this.rule.order)
      this.#ranking = new Ranking(this.t, {
        onMove: (id, by) => this.#move(id, by),
        onRemove: (id) => this.#remove(id),
      });
    this.#build(contests.length);
    this.#show();
  }

  /** Where "Back" leads. @param {string} from */
  #before(from) {
    if (from === "review" && this.app.ballot.unready < 0) return "review";
    if (this.place > 0) return `choose/${this.place - 1}`;
    return this.app.addable.length > 0 ? "extra" : "welcome";
  }

  get #choice() {
    return this.app.ballot.choice(this.contest.id);
  }

  /** @param {string} id */
  #name(id) {
    return this.#cards.get(id)?.name ?? "";
  }

  /** @param {number} contests */
  #build(contests) {
    const { options, budget, currency, rule } = this.contest;
    const search =
      options.length > MANY &&
      new SearchBox(this.t("choose.search"), (words) => {
        this.#words = words;
        this.#filter();
      });
    // A rule that spends a budget has said which.
    const more = together([
      this.rule.more,
      budget !== undefined &&
        rule.type !== "knapsack" &&
        this.t("choose.budget", { amount: this.t.money(budget, currency) }),
    ]);
    this.bar = new ChoiceBar(this.t, { onMore: () => this.#more(), onNext: () => this.#next() });
    fill(
      this,
      h(
        "div",
        { class: "choose-head" },
        this.place === 0 &&
          this.app.ballot.voted &&
          h(
            "p",
            { class: "callout" },
            h("strong", null, this.t("choose.anew")),
            " ",
            this.t("choose.anew-text"),
            " ",
            h("a", { href: "#mine" }, this.t("choose.anew-mine")),
          ),
        contests > 1 &&
          h("p", { class: "kicker" }, this.t("choose.contest", { n: this.place + 1, all: contests })),
        heading(this.t.localised(this.contest.title)),
        this.contest.text && h("p", { class: "lead" }, this.t.localised(this.contest.text)),
        h("p", { class: "rule" }, this.rule.sentence, more && h("span", { class: "rule-more" }, " ", more)),
        this.#ranking,
        search,
        this.#found,
        this.#trouble,
      ),
      h(
        "fieldset",
        { class: "options" },
        h("legend", { class: "visually-hidden" }, this.t("choose.legend")),
        [...this.#cards.values()],
        this.#blank,
      ),
      this.bar,
    );
  }

  /**
   * Shows what came of touching an option.
   * @param {string} id
   * @param {Step} step
   */
  #take(id, { choice, refused, swapped }) {
    if (refused) return this.#refuse(refused);
    if (choice === this.#choice) return this.#show();
    const value = valueOf(choice, id);
    const name = this.#name(id);
    const note =
      swapped && this.rule.control === "tick"
        ? this.t("choose.swapped", { name })
        : this.rule.control === "count" || (this.rule.order && value > 0)
          ? this.t("choose.now", { name, value: this.rule.shown(value) })
          : this.rule.order
            ? this.t("ranked.removed", { name })
            : "";
    void this.#change(choice, note);
  }

  /** @param {string} reason */
  #refuse(reason) {
    this.#show();
    this.bar?.warn(reason);
    this.app.announce(reason);
  }

  /**
   * @param {string} id
   * @param {number} by
   */
  #move(id, by) {
    const before = this.#choice;
    const choice = this.rule.move?.(before, id, by) ?? before;
    const name = this.#name(id);
    if (choice === before)
      return this.app.announce(by < 0 ? this.t("ranked.first", { name }) : this.t("ranked.last", { name }));
    void this.#change(choice, this.t("choose.now", { name, value: this.rule.shown(valueOf(choice, id)) }));
  }

  /** @param {string} id */
  #remove(id) {
    this.#take(id, this.rule.take(this.#choice, id));
  }

  /**
   * @param {Choice} choice
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
    const { rule } = this;
    const ids = listed(rule, this.contest.options, choice);
    for (const [id, card] of this.#cards) {
      const value = valueOf(choice, id);
      card.show({
        value,
        shown: rule.shown(value),
        barred: rule.barred(choice, id),
        hint: rule.hint(choice, id),
        next: ids.length + 1,
      });
    }
    this.#blank?.show({ value: choice.blank ? 1 : 0, shown: "", barred: "", hint: "", next: 0 });
    this.#ranking?.show(
      ids.map((id) => ({ id, name: this.#name(id) })),
      ids.length === this.#cards.size || rule.barred(choice, "") !== "",
    );
    const status = rule.status(choice);
    if (status.count === 0) this.#onlyChosen = false;
    this.#filter();
    this.bar?.show({
      status,
      names: ids.map((id) => this.#listedName(id, valueOf(choice, id))),
      more:
        status.count === 0 && !this.#onlyChosen
          ? ""
          : this.#ranking
            ? this.t("ranked.change")
            : this.#onlyChosen
              ? this.t("choose.show-all")
              : this.t("choose.only-chosen"),
      pressed: this.#ranking ? null : this.#onlyChosen,
      next: this.last ? this.t("choose.review") : this.t("choose.next"),
    });
  }

  /**
   * @param {string} id
   * @param {number} value
   */
  #listedName(id, value) {
    const shown = this.rule.shown(value);
    return shown ? this.t("choose.listed", { name: this.#name(id), value: shown }) : this.#name(id);
  }

  /** Hides what the search or "only chosen" leaves out; a card that is unticked while shown stays until then. */
  #filter() {
    const chosen = new Set(chosenIds(this.#choice));
    let found = 0;
    for (const [id, card] of this.#cards) {
      card.hidden = !matches(this.#words, card.texts) || (this.#onlyChosen && !chosen.has(id));
      if (!card.hidden) found += 1;
    }
    if (this.#blank) this.#blank.hidden = this.#words !== "" || this.#onlyChosen;
    const searching = this.#words !== "";
    fill(
      this.#found,
      searching && (found === 0 ? this.t("choose.found-none") : this.t("choose.found", { n: found })),
    );
  }

  /** The link in the bar: to the order that was made, or to show only what is chosen. */
  #more() {
    if (this.#ranking) {
      this.#ranking.focusHeading();
      return this.#ranking.scrollIntoView({ block: "start" });
    }
    this.#onlyChosen = !this.#onlyChosen;
    this.#show();
    this.querySelector(".options")?.scrollIntoView({ block: "start" });
  }

  #next() {
    const { ready, missing } = this.rule.status(this.#choice);
    if (!ready) {
      this.bar?.warn(missing);
      this.app.announce(missing);
      return;
    }
    this.app.go(this.last ? "review" : `choose/${this.place + 1}`);
  }
}

customElements.define("veche-choose", ChooseScreen);
