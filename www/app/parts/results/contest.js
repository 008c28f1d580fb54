import { fill, h, uniqueId } from "../../lib/dom.js";
import { listOf, localised, money, number, t } from "../../lib/text.js";
import { bar, mark, table } from "./bars.js";

/** @typedef {import("../../../veche-wasm.js").Manifest} Manifest */
/** @typedef {import("../../../veche-wasm.js").Contest} Contest */
/** @typedef {import("../../../veche-wasm.js").ContestResult} ContestResult */
/** @typedef {import("../../../veche-wasm.js").DistrictResult} DistrictResult */
/** @typedef {import("../../../veche-wasm.js").PlaceResult} PlaceResult */

/** @param {Contest} contest */
const gives = ({ rule }) =>
  rule.type === "approval" || rule.type === "knapsack" || rule.type === "quadratic" ? "votes" : "points";

/**
 * A total in the words of the contest's rule.
 * @param {Contest} contest
 * @param {number} n
 */
const amount = (contest, n) =>
  gives(contest) === "votes" ? t("results.count-votes", { n }) : t("results.count-points", { n });

/** "120 ballots, 4 of them blank". @param {{ ballots: number, blank?: number }} result */
export const ballotsOf = ({ ballots, blank }) =>
  [
    t("results.count-ballots", { n: ballots }),
    ...(blank === undefined
      ? []
      : [blank === 0 ? t("results.count-no-blank") : t("results.count-blank", { n: blank })]),
  ].join(", ");

/** How many are funded, or nothing where there is no money to give. @param {ContestResult} result */
export function fundedOf({ budget, places }) {
  if (budget === undefined) return "";
  return t("results.funded-of", {
    n: places.filter(({ verdict }) => verdict === "funded").length,
    all: places.length,
  });
}

/** The result of one contest: its options by their totals, who is funded, where the money ran short. */
export class ContestPart extends HTMLElement {
  /**
   * @param {Manifest} manifest
   * @param {number} position
   * @param {ContestResult} result
   * @param {{ level: "h1" | "h2", actions: Node | null }} settings
   */
  constructor(manifest, position, result, { level, actions }) {
    super();
    this.manifest = manifest;
    this.contest = /** @type {Contest} */ (manifest.contests[position]);
    this.result = result;
    this.dataset.contest = this.contest.id;
    const { currency } = this.contest;
    this.money = (/** @type {number} */ sum) => money(sum, currency);
    const title = localised(this.contest.title);
    fill(
      this,
      level === "h1" ? h("h1", { tabindex: "-1", class: "screen-heading" }, title) : h("h2", null, title),
      this.contest.text && h("p", { class: "lead" }, localised(this.contest.text)),
      h("p", { class: "result-sum" }, ballotsOf(result), ". ", this.#spent()),
      result.withheld ? h("p", { class: "result-note" }, this.#withheld()) : this.#places(),
      result.ties.map((tie) =>
        h(
          "p",
          { class: "result-note" },
          t("results.tie", { options: listOf(tie.map((place) => this.#name(result.places[place]?.option))) }),
        ),
      ),
      result.places.length > 0 &&
        h("details", { class: "fold" }, h("summary", null, t("results.table")), this.#table()),
      result.districts.length > 1 && this.#byDistrict(),
      actions,
    );
  }

  /** @param {number | undefined} option */
  #name(option) {
    return localised(this.contest.options[option ?? -1]?.name);
  }

  #spent() {
    const { budget, spent, withheld } = this.result;
    if (withheld) return null;
    if (budget === undefined || spent === undefined) return t("results.order-only");
    const left = budget - spent;
    const [all, rest] = [this.money(budget), this.money(left)];
    const cost =
      spent === 0
        ? t("results.money-none", { budget: all })
        : left === 0
          ? t("results.money-all", { spent: all })
          : t("results.money", { spent: this.money(spent), budget: all, left: rest });
    return [h("strong", null, fundedOf(this.result), "."), " ", cost];
  }

  #withheld() {
    return this.result.districts.some(({ withheld }) => !withheld)
      ? t("results.withheld-some")
      : t("results.withheld");
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
  #place({ option, total, cost, verdict, left }, at, most) {
    const about = this.contest.options[option];
    const funded = verdict === "funded";
    const details = [cost !== undefined && t("results.costs", { amount: this.money(cost) }), about?.place]
      .filter(Boolean)
      .join(" · ");
    return h(
      "li",
      { class: `result-place ${funded ? "funded" : ""}`, "data-option": about?.id, "data-total": total },
      h("span", { class: "result-rank" }, at + 1),
      h(
        "div",
        { class: "result-body" },
        h("p", { class: "result-name" }, this.#name(option)),
        h(
          "div",
          { class: "result-measure" },
          bar(total, most, funded || verdict === undefined ? "solid" : "hollow"),
          h("strong", null, amount(this.contest, total)),
        ),
        h(
          "p",
          { class: "result-about" },
          verdict && h("span", { class: "result-verdict" }, mark(funded), " ", this.#verdict(verdict, left)),
          details && h("span", null, details),
        ),
      ),
    );
  }

  /**
   * @param {PlaceResult["verdict"]} verdict
   * @param {number | undefined} left
   */
  #verdict(verdict, left) {
    if (verdict === "funded") return t("results.funded");
    if (verdict === "no-votes") return t("results.no-votes");
    return left ? t("results.too-dear", { left: this.money(left) }) : t("results.out");
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
            ? t("results.line", { left: this.money(left), cost: next })
            : t("results.line-out", { cost: next }),
        ),
        " ",
        below.some(({ verdict }) => verdict === "funded") && t("results.line-below"),
      ),
    );
  }

  #table() {
    const { places } = this.result;
    const costs = places.some(({ cost }) => cost !== undefined);
    const verdicts = places.some(({ verdict }) => verdict);
    const unit = gives(this.contest) === "votes" ? t("results.votes") : t("results.points");
    const columns = [
      t("results.option"),
      t("results.place"),
      unit,
      ...(costs ? [t("results.cost")] : []),
      ...(verdicts ? [t("results.outcome")] : []),
    ];
    return table(
      t("results.table-contest", { contest: localised(this.contest.title) }),
      columns,
      places.map((place, at) => ({
        head: this.#name(place.option),
        row: { "data-option": this.contest.options[place.option]?.id },
        cells: [
          at + 1,
          number(place.total),
          ...(costs ? [place.cost === undefined ? "" : this.money(place.cost)] : []),
          ...(verdicts ? [place.verdict ? this.#verdict(place.verdict, place.left) : ""] : []),
        ],
      })),
    );
  }

  /** One district at a time as bars, and all of them as a table. */
  #byDistrict() {
    const { districts } = this.result;
    const title = (/** @type {DistrictResult} */ { style }) => localised(this.manifest.styles[style]?.title);
    const id = uniqueId("district");
    const drawn = h("div", { "aria-live": "polite" });
    const draw = (/** @type {number} */ at) => {
      const district = districts[at];
      if (district) fill(drawn, this.#district(district));
    };
    const choice = h(
      "select",
      { id, on: { change: () => draw(choice.selectedIndex) } },
      districts.map((one) => h("option", null, title(one))),
    );
    draw(0);
    const open = districts.filter(({ withheld }) => !withheld);
    const columns = [t("results.option"), ...open.map(title)];
    const rows = [
      { head: t("results.ballots"), cells: open.map(({ ballots }) => number(ballots)) },
      ...this.contest.options.map((option, at) => ({
        head: localised(option.name),
        cells: open.map(({ totals }) => number(totals[at] ?? 0)),
      })),
    ];
    return h(
      "details",
      { class: "fold by-district" },
      h("summary", null, t("results.by-district")),
      h("div", { class: "choose-district" }, h("label", { for: id }, t("results.choose-district")), choice),
      drawn,
      open.length > 0 &&
        table(t("results.table-districts", { contest: localised(this.contest.title) }), columns, rows),
    );
  }

  /** @param {DistrictResult} district */
  #district(district) {
    const { totals, withheld } = district;
    const about = h("p", { class: "hint" }, ballotsOf(district));
    if (withheld) return [about, h("p", { class: "result-note" }, t("results.withheld"))];
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
              h("p", { class: "result-name" }, this.#name(option)),
              h(
                "div",
                { class: "result-measure" },
                bar(totals[option] ?? 0, most),
                h("strong", null, amount(this.contest, totals[option] ?? 0)),
              ),
            ),
          ),
        ),
      ),
    ];
  }
}

customElements.define("veche-contest-result", ContestPart);
