import { fill, h, heading, said, woven } from "../../../lib/dom.js";
import { drawn } from "../../../lib/drawn-order.js";
import { listed, ruleOf, together, toggleBlank, valueOf, withValue } from "../../../lib/rules/index.js";
import { steadily } from "../../../lib/steady.js";
import { msg } from "../../../lib/text.js";
import { ChoiceBar } from "../../../parts/choice-bar.js";
import { OptionCard } from "../../../parts/option-card.js";
import { OptionList } from "../../../parts/option-list.js";
import { Screen } from "../../../parts/screen.js";
import { TroubleNotice } from "../../../parts/trouble.js";

/** @typedef {import("../main.js").App} App */
/** @typedef {import("../../../lib/rules/rule.js").Choice} Choice */
/** @typedef {import("../../../lib/rules/rule.js").Step} Step */

/** How long scrolling rests before the page notes how far somebody has come, in milliseconds. */
const REST = 150;

/**
 * The options of one contest, each with the control that the rule needs; the bar below says what it amounts to.
 * @extends {Screen<App>}
 */
export class ChooseScreen extends Screen {
  static step = /** @type {const} */ ("choose");
  static title = msg("choose.name");
  /** @param {App} app */
  static guard = (app) => {
    if (app.voter.replaced) return "replaced";
    if (!app.voter.me) return "phone";
    return app.ballot.last ? "mine" : null;
  };

  #trouble = new TroubleNotice(this.t);
  /** @type {Map<string, OptionCard>} */
  #cards;
  /** @type {OptionCard | null} */
  #blank = null;
  /** @type {OptionList} */
  #list;
  /** What takes the listeners off the window again. @type {AbortController | null} */
  #away = null;

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
    const { id: contest, options: declared, currency } = this.contest;
    const { fingerprint } = app.election.config;
    const shuffled = app.election.manifest.shuffle === true;
    const options = shuffled ? drawn(declared, fingerprint, contest) : declared;
    const { control } = this.rule;
    const settings = { control, group: `contest-${contest}`, currency };
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
      const blank = { id: "", name: { [this.t.language]: this.t("choose.blank") }, text: undefined };
      this.#blank = new OptionCard(
        this.t,
        blank,
        { ...settings, control: control === "radio" ? "radio" : "tick", onAdd: turn, onTake: turn },
        this.t("choose.blank-text"),
      );
      this.#blank.classList.add("blank");
    }
    const cards = [...this.#cards.values()];
    const legend = h("legend", { class: "visually-hidden" }, this.t("choose.legend"));
    this.#list = new OptionList(this.t, cards, h("fieldset", { class: "options" }, legend), {
      drawn: shuffled,
      last: this.#blank,
      look: app.looks.of(contest),
      onLook: (look) => app.looks.keep(contest, look),
      onSay: (sentence) => app.announce(sentence),
    });
    this.#build(contests.length);
    this.#show();
  }

  /** Where "Back" leads. @param {string} from */
  #before(from) {
    const { contests } = this.app.ballot;
    if (from === "review" && this.app.ballot.unready() < 0) return "review";
    if (from === "review" && this.place < contests.length - 1) return `choose/${contests.length - 1}`;
    if (this.place > 0) return `choose/${this.place - 1}`;
    return this.app.voting.addable.length > 0 ? "extra" : "welcome";
  }

  get #choice() {
    return this.app.ballot.choice(this.contest.id);
  }

  /**
   * A sentence about an option.
   * @param {string} id
   * @param {(name: string) => string} words
   */
  #about(id, words) {
    return woven([said(this.t, this.#cards.get(id)?.option.name)], words);
  }

  /** @param {number} contests */
  #build(contests) {
    const { budget, currency, rule } = this.contest;
    // A rule that spends a budget has said which.
    const more = together([
      this.rule.more,
      budget !== undefined &&
        rule.type !== "knapsack" &&
        this.t("choose.budget", { amount: this.t.money(budget, currency) }),
    ]);
    this.bar = new ChoiceBar(this.t, {
      onNext: () => this.#next(),
      onRemove: (id) => this.#remove(id),
      ...(this.rule.order && {
        onMove: (/** @type {string} */ id, /** @type {number} */ by) => this.#move(id, by),
      }),
    });
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
          h(
            "p",
            { class: "kicker" },
            this.t("choose.contest", { n: this.place + 1, all: contests }),
            this.#rest(),
          ),
        heading(said(this.t, this.contest.title)),
        this.#list.long ? this.#fold(more) : this.#rule(more),
        this.#trouble,
      ),
      this.#list,
      this.bar,
    );
  }

  /** Where somebody began with another contest than the first: what comes before it is still to come. */
  #rest() {
    const first = this.app.ballot.unready(this.place);
    return first >= 0 && first < this.place && ` · ${this.t("choose.rest")}`;
  }

  /**
   * The rule in plain words, all of it.
   * @param {string} more
   */
  #rule(more) {
    const { text } = this.contest;
    return [
      text && h("p", { class: "lead" }, said(this.t, text)),
      h("p", { class: "rule" }, this.rule.sentence, more && h("span", { class: "rule-more" }, " ", more)),
    ];
  }

  /**
   * The rule's main sentence; a press shows the rest. Where there is much to look through, the options come first.
   * @param {string} more
   */
  #fold(more) {
    const { text } = this.contest;
    if (!text && !more) return this.#rule(more);
    return h(
      "details",
      { class: "rule-fold" },
      h("summary", { class: "rule" }, this.rule.sentence),
      text && h("p", { class: "lead" }, said(this.t, text)),
      more && h("p", { class: "rule-more" }, more),
    );
  }

  connectedCallback() {
    const { signal } = (this.#away = new AbortController());
    let resting = 0;
    const note = () => this.#note();
    window.addEventListener(
      "scroll",
      () => {
        clearTimeout(resting);
        resting = setTimeout(note, REST);
      },
      { passive: true, signal },
    );
    window.addEventListener("pagehide", note, { signal });
    signal.addEventListener("abort", () => clearTimeout(resting));
    // Whoever shows the screen begins at its top.
    requestAnimationFrame(() => this.#list.restore());
  }

  disconnectedCallback() {
    this.#away?.abort();
  }

  /** Keeps how far down the list somebody has come. */
  #note() {
    this.app.looks.keep(this.contest.id, this.#list.position);
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
    const note = this.#about(id, (name) =>
      swapped && this.rule.control === "tick"
        ? this.t("choose.swapped", { name })
        : this.rule.control === "count" || (this.rule.order && value > 0)
          ? this.t("choose.now", { name, value: this.rule.shown(value) })
          : this.rule.order
            ? this.t("ranked.removed", { name })
            : "",
    );
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
    const note = this.#about(id, (name) =>
      choice !== before
        ? this.t("choose.now", { name, value: this.rule.shown(valueOf(choice, id)) })
        : by < 0
          ? this.t("ranked.first", { name })
          : this.t("ranked.last", { name }),
    );
    if (choice === before) return this.app.announce(note);
    void this.#change(choice, note);
  }

  /** @param {string} id */
  #remove(id) {
    const before = this.#choice;
    // An order closes the gap; of points or votes nothing is left.
    const choice = this.rule.order ? this.rule.take(before, id).choice : withValue(before, id, 0);
    void this.#change(
      choice,
      this.#about(id, (name) => this.t("ranked.removed", { name })),
    );
  }

  /**
   * @param {Choice} choice
   * @param {import("../../../lib/dom.js").Child[]} [note]
   */
  async #change(choice, note = []) {
    const stored = this.app.ballot.choose(this.contest.id, choice);
    // Hints come and go on the cards above the one that is pressed.
    const pressed = document.activeElement?.closest("veche-option");
    steadily(
      document.scrollingElement,
      () => pressed,
      () => this.#show(),
    );
    this.app.announce([...note, " ", ChoiceBar.spoken(this.t, this.rule.status(choice))]);
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
    this.bar?.show({
      status: rule.status(choice),
      chosen: ids.map((id) => {
        const shown = rule.shown(valueOf(choice, id));
        return {
          id,
          name: () => said(this.t, this.#cards.get(id)?.option.name),
          value: rule.order ? "" : shown,
          place: rule.order ? shown : "",
        };
      }),
      // What comes before the contest that somebody began with is still to come.
      next:
        this.last && this.app.ballot.unready(this.place) < 0
          ? this.t("choose.review")
          : this.t("choose.next"),
    });
  }

  #next() {
    const { ready, missing } = this.rule.status(this.#choice);
    if (!ready) {
      this.bar?.warn(missing);
      this.app.announce(missing);
      return;
    }
    this.#note();
    this.app.go(this.last ? "review" : `choose/${this.place + 1}`);
  }
}

customElements.define("veche-choose", ChooseScreen);
