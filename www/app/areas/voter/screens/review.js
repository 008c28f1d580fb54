import { fill, h, heading, said, unseen, woven } from "../../../lib/dom.js";
import { listed, ruleOf, valueOf } from "../../../lib/rules/index.js";
import { msg } from "../../../lib/text.js";
import { whileBusy } from "../../../parts/busy.js";
import { ConfirmationCode } from "../../../parts/confirmation-code.js";
import { LowerBar } from "../../../parts/lower-bar.js";
import { Screen } from "../../../parts/screen.js";
import { TroubleNotice } from "../../../parts/trouble.js";

/** @typedef {import("../main.js").App} App */
/** @typedef {import("../../../../veche-wasm-voter.js").Contest} Contest */

/**
 * The last step: everything chosen on one page, and the button that casts it. The ballot is sealed while the voter reads,
 * so that its code is there before they decide.
 * @extends {Screen<App>}
 */
export class ReviewScreen extends Screen {
  static step = /** @type {const} */ ("review");
  static title = msg("review.name");
  /** @param {App} app */
  static guard = (app) => {
    if (app.voter.replaced) return "replaced";
    if (!app.voter.me) return "phone";
    // Whoever comes back here after casting is told why there is nothing to see.
    if (app.ballot.cast || app.ballot.last) return "choose";
    const unready = app.ballot.unready();
    return unready < 0 ? null : `choose/${unready}/review`;
  };

  #trouble = new TroubleNotice(this.t);
  #cast = h(
    "button",
    { type: "button", class: "button primary wide", on: { click: () => this.#decide() } },
    this.t("review.cast"),
  );
  #code = h("div", { class: "review-code" });

  /** @param {App} app */
  constructor(app) {
    super(app);
    const contests = app.ballot.contests;
    this.back = `choose/${contests.length - 1}`;
    const bar = new LowerBar(this.t);
    fill(bar, this.#trouble, this.#cast);
    fill(
      this,
      heading(app.ballot.follows ? this.t("last.new-not-cast") : this.t("last.not-voted")),
      h("p", { class: "lead" }, this.t("review.text")),
      ...contests.map((contest, place) => this.#contest(contest, place, contests.length > 1)),
      app.voting.addable.length > 0 &&
        h(
          "p",
          { class: "review-other" },
          h(
            "span",
            null,
            `${this.t("review.other")}: `,
            h(
              "strong",
              null,
              app.voting.extra
                ? said(this.t, app.election.contest(app.voting.extra).title)
                : this.t("extra.none"),
            ),
          ),
          h(
            "a",
            { class: "link", href: "#extra", "aria-label": this.t("review.change-other") },
            this.t("review.change"),
          ),
        ),
      bar,
      this.#code,
    );
  }

  connectedCallback() {
    void this.#seal();
  }

  async #seal() {
    this.#trouble.clear();
    const { ballot, election } = this.app;
    this.#cast.hidden = false;
    try {
      // A ballot that was sealed and shown stays the same when the voter comes back to it.
      const sealed =
        ballot.sealed ?? (await whileBusy(this.#cast, this.t("review.sealing"), () => ballot.seal()));
      if (!sealed || !this.isConnected) return;
      fill(
        this.#code,
        h("h2", null, this.t("review.code")),
        new ConfirmationCode(this.t, sealed.code),
        h("p", null, this.t("review.code-text")),
        h("p", null, election.manifest.revote ? this.t("review.revote") : this.t("review.final")),
        h("p", { class: "hint" }, this.t("review.secret")),
      );
    } catch (error) {
      if (!this.isConnected) return;
      // There is nothing to cast.
      this.#cast.hidden = true;
      this.app.met(error, this.#trouble, () => this.#seal());
    }
  }

  async #decide() {
    this.#trouble.clear();
    try {
      await whileBusy(this.#cast, this.t("app.working"), async () => {
        await this.app.ballot.commit();
        this.app.go("cast");
      });
    } catch (error) {
      this.app.met(error, this.#trouble);
    }
  }

  /**
   * @param {Contest} contest
   * @param {number} place
   * @param {boolean} several
   */
  #contest(contest, place, several) {
    const choice = this.app.ballot.choice(contest.id);
    const rule = ruleOf(this.t, contest);
    const ids = listed(rule, contest.options, choice);
    const options = ids.flatMap((id) => contest.options.filter((option) => option.id === id));
    return h(
      "section",
      { class: "review-contest" },
      h(
        "div",
        { class: "review-head" },
        h("h2", null, said(this.t, contest.title)),
        h(
          "a",
          { class: "link", href: `#choose/${place}/review` },
          h("span", { "aria-hidden": several ? "true" : null }, this.t("review.change")),
          several &&
            unseen(
              woven([said(this.t, contest.title)], (contest) => this.t("review.change-of", { contest })),
            ),
        ),
      ),
      options.length > 0
        ? h(
            rule.order ? "ol" : "ul",
            { class: rule.order ? "review-list places" : "review-list" },
            options.map((option) => {
              const shown = rule.shown(valueOf(choice, option.id));
              return h(
                "li",
                null,
                rule.order && h("span", { class: "rank-place" }, shown),
                h("span", { class: "review-name" }, h("span", null, said(this.t, option.name))),
                shown
                  ? !rule.order && h("span", { class: "review-value" }, shown)
                  : option.cost &&
                      h("span", { class: "review-cost" }, this.t.money(option.cost, contest.currency)),
              );
            }),
          )
        : h("p", { class: "review-none" }, choice.blank ? this.t("review.blank") : this.t("review.none")),
      this.#sum(contest, options, choice),
    );
  }

  /**
   * What it comes to: the costs together where options are ticked, what is given where they are counted.
   * @param {Contest} contest
   * @param {Contest["options"]} options
   * @param {import("../../../lib/rules/rule.js").Choice} choice
   */
  #sum(contest, options, choice) {
    const rule = ruleOf(this.t, contest);
    if (rule.control === "count" && options.length > 0) {
      const { used, left } = rule.status(choice);
      return h("p", { class: "review-sum" }, this.t.joined([used, left]));
    }
    const together = options.reduce((sum, option) => sum + (option.cost ?? 0), 0);
    const counts = rule.control === "tick" && options.length > 1 && together > 0;
    return (
      counts &&
      h(
        "p",
        { class: "review-sum" },
        this.t("review.together", { amount: this.t.money(together, contest.currency) }),
      )
    );
  }
}

customElements.define("veche-review", ReviewScreen);
