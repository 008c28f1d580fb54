import { fill, h, langOf, said, uniqueId, woven } from "../../lib/dom.js";
import { msg } from "../../lib/text.js";
import { Part } from "../part.js";
import { bar, mark, table } from "./bars.js";

/** @typedef {import("../../lib/text.js").Texts} Texts */
/** @typedef {import("../../../veche-wasm-voter.js").Manifest} Manifest */
/** @typedef {import("../../../veche-wasm-voter.js").Contest} Contest */
/** @typedef {import("../../../veche-wasm-observer.js").ContestResult} ContestResult */
/** @typedef {import("../../../veche-wasm-observer.js").DistrictResult} DistrictResult */
/** @typedef {import("../../../veche-wasm-observer.js").PlaceResult} PlaceResult */

/** @param {Contest} contest */
const gives = ({ rule }) =>
  rule.type === "approval" || rule.type === "knapsack" || rule.type === "quadratic" ? "votes" : "points";

/**
 * A total in the words of the contest's rule.
 * @param {Texts} t
 * @param {Contest} contest
 * @param {number} n
 */
const amount = (t, contest, n) =>
  gives(contest) === "votes" ? t("results.count-votes", { n }) : t("results.count-points", { n });

/**
 * "120 ballots, 4 of them blank".
 * @param {Texts} t
 * @param {{ ballots: number, blank?: number }} result
 */
export const ballotsOf = (t, { ballots, blank }) =>
  t.joined([
    t("results.count-ballots", { n: ballots }),
    blank !== undefined &&
      (blank === 0 ? t("results.count-no-blank") : t("results.count-blank", { n: blank })),
  ]);

/**
 * How many are funded, or nothing where there is no money to give.
 * @param {Texts} t
 * @param {ContestResult} result
 */
export function fundedOf(t, { budget, places }) {
  if (budget === undefined) return "";
  return t("results.funded-of", {
    n: places.filter(({ verdict }) => verdict === "funded").length,
    all: places.length,
  });
}

/** What is said where options of one total were put in order. */
const TIES = { cheaper: msg("results.tie"), order: msg("results.tie-order"), lot: msg("results.tie-lot") };

/** The result of one contest: its options by their totals, who is funded, where the money ran short. */
export class ContestPart extends Part {
  /**
   * @param {Texts} t
   * @param {Manifest} manifest
   * @param {number} position
   * @param {ContestResult} result
   * @param {{ level: "h1" | "h2", actions: Node | null }} settings
   */
  constructor(t, manifest, position, result, { level, actions }) {
    super(t);
    this.manifest = manifest;
    this.contest = /** @type {Contest} */ (manifest.contests[position]);
    this.result = result;
    this.dataset.contest = this.contest.id;
    const { currency } = this.contest;
    this.money = (/** @type {number} */ sum) => this.t.money(sum, currency);
    const title = said(this.t, this.contest.title);
    fill(
      this,
      level === "h1" ? h("h1", { tabindex: "-1", class: "screen-heading" }, title) : h("h2", null, title),
      this.contest.text && h("p", { class: "lead" }, said(this.t, this.contest.text)),
      h("p", { class: "result-sum" }, ballotsOf(this.t, result), ". ", this.#spent()),
      result.withheld ? h("p", { class: "result-note" }, this.t("results.withheld")) : this.#places(),
      result.toBeDrawn.length > 0 &&
        h(
          "p",
          { class: "result-note" },
          this.#names(result.toBeDrawn, (options) => this.t("results.to-be-drawn", { options })),
        ),
      result.ties.map((tie) =>
        h(
          "p",
          { class: "result-note" },
          this.#names(tie, (options) => this.t(TIES[result.tieRule ?? "lot"], { options })),
        ),
      ),
      result.places.length > 0 &&
        h("details", { class: "fold" }, h("summary", null, this.t("results.table")), this.#table()),
      result.districts.length > 1 && this.#byDistrict(),
      actions,
    );
  }

  /**
   * A sentence about the options at these places.
   * @param {number[]} places
   * @param {(options: string) => string} words
   */
  #names(places, words) {
    const names = places.map((place) => this.#name(this.result.places[place]?.option));
    return woven(names, (...options) => words(this.t.listOf(options)));
  }

  /** @param {number | undefined} option */
  #name(option) {
    return said(this.t, this.contest.options[option ?? -1]?.name);
  }

  #spent() {
    const { budget, spent, withheld } = this.result;
    if (withheld) return null;
    if (budget === undefined || spent === undefined) return this.t("results.order-only");
    const left = budget - spent;
    const [all, rest] = [this.money(budget), this.money(left)];
    const cost =
      spent === 0
        ? this.t("results.money-none", { budget: all })
        : left === 0
          ? this.t("results.money-all", { spent: all })
          : this.t("results.money", { spent: this.money(spent), budget: all, left: rest });
    return [h("strong", null, fundedOf(this.t, this.result), "."), " ", cost];
  }

  /** The options as bars, with the line where the money ran short. */
  #places() {
    const { places, shortAt } = this.result;
    const most = Math.max(0, ...places.map(({ total }) => total));
    const rows = places.map((place, at) => [
      at === shortAt && this.#line(place, places.slice(at)),
      this.#place(place, at, most),
    ]);
    return h("ol", { class: "result-places" }, rows.flat());
  }

  /**
   * @param {PlaceResult} place
   * @param {number} at
   * @param {number} most
   */
  #place(place, at, most) {
    const { option, total, cost, verdict } = place;
    const about = this.contest.options[option];
    const funded = verdict === "funded";
    const details = [
      cost !== undefined && this.t("results.costs", { amount: this.money(cost) }),
      about?.place,
    ]
      .filter(Boolean)
      .join(" · ");
    return h(
      "li",
      { class: `result-place ${funded ? "funded" : ""}`, "data-option": about?.id, "data-total": total },
      h("span", { class: "result-rank" }, this.t.number(at + 1)),
      h(
        "div",
        { class: "result-body" },
        h("p", { class: "result-name" }, said(this.t, about?.name)),
        h(
          "div",
          { class: "result-measure" },
          bar(total, most, funded || verdict === undefined ? "solid" : "hollow"),
          h("strong", null, amount(this.t, this.contest, total)),
        ),
        h(
          "p",
          { class: "result-about" },
          verdict &&
            h("span", { class: "result-verdict" }, mark(funded), h("span", null, this.#verdict(place))),
          details && h("span", null, details),
        ),
      ),
    );
  }

  /** Whether an option is funded, and why not. @param {PlaceResult} place */
  #verdict({ verdict, left, total, excludedBy }) {
    if (verdict === "funded") return this.t("results.funded");
    if (verdict === "too-few-votes")
      return total === 0
        ? this.t("results.no-votes")
        : this.t("results.too-few-votes", { minimum: this.t.number(this.result.minimumVotes ?? 0) });
    if (verdict === "excluded")
      return woven([this.#name(excludedBy)], (option) => this.t("results.excluded", { option }));
    if (verdict === "stopped") return this.t("results.stopped");
    if (verdict === "to-be-drawn") return this.t("results.drawn-for");
    if (verdict === "waiting") return this.t("results.waiting");
    return left ? this.t("results.too-dear", { left: this.money(left) }) : this.t("results.out");
  }

  /**
   * @param {PlaceResult} place the first that the money did not pay for
   * @param {PlaceResult[]} below this one and those after it
   */
  #line({ cost, left }, below) {
    const next = this.money(cost ?? 0);
    return h(
      "li",
      { class: "result-line" },
      h(
        "p",
        null,
        h(
          "strong",
          null,
          left
            ? this.t("results.line", { left: this.money(left), cost: next })
            : this.t("results.line-out", { cost: next }),
        ),
        " ",
        below.some(({ verdict }) => verdict === "funded") && this.t("results.line-below"),
      ),
    );
  }

  #table() {
    const { places } = this.result;
    const costs = places.some(({ cost }) => cost !== undefined);
    const verdicts = places.some(({ verdict }) => verdict);
    const unit = gives(this.contest) === "votes" ? this.t("results.votes") : this.t("results.points");
    const columns = [
      this.t("results.option"),
      this.t("results.place"),
      unit,
      ...(costs ? [this.t("results.cost")] : []),
      ...(verdicts ? [this.t("results.outcome")] : []),
    ];
    return table(
      woven([said(this.t, this.contest.title)], (contest) => this.t("results.table-contest", { contest })),
      columns,
      places.map((place, at) => ({
        head: said(this.t, this.contest.options[place.option]?.name),
        row: { "data-option": this.contest.options[place.option]?.id },
        cells: [
          this.t.number(at + 1),
          this.t.number(place.total),
          ...(costs ? [place.cost === undefined ? "" : this.money(place.cost)] : []),
          ...(verdicts ? [place.verdict ? this.#verdict(place) : ""] : []),
        ],
      })),
    );
  }

  /** One district at a time as bars, and all of them as a table. */
  #byDistrict() {
    const { districts } = this.result;
    const titles = (/** @type {DistrictResult} */ { styles }) =>
      styles.map((style) => this.manifest.styles[style]?.title);
    const others = (/** @type {DistrictResult} */ one) =>
      one.others ? [this.t("results.other-districts")] : [];
    const title = (/** @type {DistrictResult} */ one) =>
      woven([...titles(one).map((text) => said(this.t, text)), ...others(one)], (...names) =>
        this.t.listOf(names),
      );
    // By a value that is the same in every language, or the choice is lost when another one is spoken.
    const option = (/** @type {DistrictResult} */ one, /** @type {number} */ at) =>
      h(
        "option",
        { value: String(at), lang: one.others ? null : langOf(this.t, titles(one)) },
        this.t.listOf([...titles(one).map(this.t.localised), ...others(one)]),
      );
    const id = uniqueId("district");
    const drawn = h("div", { "aria-live": "polite" });
    const draw = (/** @type {number} */ at) => {
      const district = districts[at];
      if (district) fill(drawn, this.#district(district));
    };
    const choice = h(
      "select",
      { id, on: { change: () => draw(choice.selectedIndex) } },
      districts.map(option),
    );
    draw(0);
    const open = districts.filter(({ withheld }) => !withheld);
    const columns = [this.t("results.option"), ...open.map(title)];
    const rows = [
      { head: this.t("results.ballots"), cells: open.map(({ ballots }) => this.t.number(ballots)) },
      ...this.contest.options.map((option, at) => ({
        head: said(this.t, option.name),
        cells: open.map(({ totals }) => this.t.number(totals[at] ?? 0)),
      })),
    ];
    return h(
      "details",
      { class: "fold by-district" },
      h("summary", null, this.t("results.by-district")),
      h(
        "div",
        { class: "choose-district" },
        h("label", { for: id }, this.t("results.choose-district")),
        choice,
      ),
      drawn,
      open.length > 0 &&
        table(
          woven([said(this.t, this.contest.title)], (contest) =>
            this.t("results.table-districts", { contest }),
          ),
          columns,
          rows,
        ),
    );
  }

  /** @param {DistrictResult} district */
  #district(district) {
    const { totals, withheld } = district;
    const about = h("p", { class: "hint" }, ballotsOf(this.t, district));
    if (withheld) return [about, h("p", { class: "result-note" }, this.t("results.withheld"))];
    const most = Math.max(0, ...totals);
    // In the order of the whole contest, so that districts can be compared; where that has none, in the manifest's.
    const order =
      this.result.places.length > 0
        ? this.result.places.map(({ option }) => option)
        : totals.map((_, option) => option);
    return [
      about,
      h(
        "ul",
        { class: "result-places" },
        order.map((option) =>
          h(
            "li",
            { class: "result-place small" },
            h(
              "div",
              { class: "result-body" },
              h("p", { class: "result-name" }, said(this.t, this.contest.options[option]?.name)),
              h(
                "div",
                { class: "result-measure" },
                bar(totals[option] ?? 0, most),
                h("strong", null, amount(this.t, this.contest, totals[option] ?? 0)),
              ),
            ),
          ),
        ),
      ),
    ];
  }
}

customElements.define("veche-contest-result", ContestPart);
