import { fill, h, said } from "../../lib/dom.js";
import { Part } from "../part.js";
import { bar, hundred, table } from "./bars.js";

/** @typedef {import("../../lib/text.js").Texts} Texts */
/** @typedef {import("../../../veche-wasm-voter.js").Manifest} Manifest */
/** @typedef {import("../../../veche-wasm-observer.js").ResultsView} ResultsView */
/** @typedef {import("../../../veche-wasm-observer.js").TurnoutOf} TurnoutOf */

/** Districts beyond this number are folded away: the whole town comes first. */
const MANY = 6;

/** Of 10,000, as per cent with one decimal. @param {Texts} t @param {number} rate */
const percent = (t, rate) => t.percent(rate / 10_000);
/** Of 10,000, as per thousand with one decimal. @param {Texts} t @param {number} rate */
const perThousand = (t, rate) => t.number(rate / 10);

/** How many people took part, as a picture, in words, and by district. */
export class TurnoutPart extends Part {
  /**
   * @param {Texts} t
   * @param {Manifest} manifest
   * @param {ResultsView["turnout"]} turnout
   */
  constructor(t, manifest, turnout) {
    super(t);
    const { all, districts } = turnout;
    fill(
      this,
      h("h2", null, this.t("results.turnout")),
      this.#figure(all),
      districts.length > 1 && this.#districts(manifest, districts),
    );
  }

  /** @param {TurnoutOf} all */
  #figure({ ballots, electorate, ofElectorate, ofInhabitants }) {
    if (ballots === undefined || ofElectorate === undefined)
      return h("p", null, this.t("results.turnout-some"));
    const full = Math.min(100, Math.round(ofElectorate / 100));
    return h(
      "figure",
      { class: "turnout-figure" },
      hundred(full),
      h(
        "figcaption",
        null,
        h(
          "p",
          { class: "turnout-number" },
          h("strong", null, this.t("results.turnout-ballots", { n: ballots })),
          " ",
          this.t("results.turnout-of", { n: electorate, share: percent(this.t, ofElectorate) }),
        ),
        h(
          "p",
          { class: "hint" },
          full > 0 || ballots === 0
            ? this.t("results.turnout-hundred", { n: full })
            : this.t("results.turnout-few"),
        ),
        ofInhabitants !== undefined &&
          h("p", null, this.t("results.turnout-inhabitants", { rate: perThousand(this.t, ofInhabitants) })),
      ),
    );
  }

  /**
   * @param {Manifest} manifest
   * @param {TurnoutOf[]} districts
   */
  #districts(manifest, districts) {
    const title = (/** @type {number} */ place) => said(this.t, manifest.styles[place]?.title);
    const most = Math.max(1, ...districts.map(({ ofElectorate }) => ofElectorate ?? 0));
    const known = districts.some(({ ballots }) => ballots !== undefined);
    const list =
      known &&
      h(
        "ul",
        { class: "turnout-districts" },
        districts.map((one, place) =>
          h(
            "li",
            null,
            h("span", { class: "turnout-name" }, title(place)),
            one.ballots === undefined || one.ofElectorate === undefined
              ? h("span", { class: "hint" }, this.t("results.turnout-unknown"))
              : [
                  h(
                    "span",
                    { class: "turnout-value" },
                    this.t("results.turnout-line", {
                      ballots: one.ballots,
                      electorate: one.electorate,
                      share: percent(this.t, one.ofElectorate),
                    }),
                  ),
                  bar(one.ofElectorate, most),
                  one.ofInhabitants !== undefined &&
                    h(
                      "span",
                      { class: "hint" },
                      this.t("results.turnout-rate", { rate: perThousand(this.t, one.ofInhabitants) }),
                    ),
                ],
          ),
        ),
      );
    const numbers = this.#table(districts, title);
    const heading = this.t("results.turnout-districts");
    if (districts.length > MANY)
      return h("details", { class: "fold" }, h("summary", null, heading), list, numbers);
    return [
      h("h3", null, heading),
      list,
      h("details", { class: "fold" }, h("summary", null, this.t("results.table")), numbers),
    ];
  }

  /**
   * @param {TurnoutOf[]} districts
   * @param {(place: number) => import("../../lib/dom.js").Child} title
   */
  #table(districts, title) {
    const inhabited = districts.some(({ inhabitants }) => inhabitants !== undefined);
    const columns = [
      this.t("results.district"),
      this.t("results.ballots"),
      this.t("results.electorate"),
      this.t("results.share"),
      ...(inhabited ? [this.t("results.inhabitants"), this.t("results.per-thousand")] : []),
    ];
    const or = (/** @type {number | undefined} */ value, /** @type {(value: number) => string} */ shown) =>
      value === undefined ? this.t("results.not-known") : shown(value);
    return table(
      this.t("results.table-turnout"),
      columns,
      districts.map((one, place) => ({
        head: title(place),
        cells: [
          or(one.ballots, this.t.number),
          this.t.number(one.electorate),
          or(one.ofElectorate, (rate) => percent(this.t, rate)),
          ...(inhabited
            ? [or(one.inhabitants, this.t.number), or(one.ofInhabitants, (rate) => perThousand(this.t, rate))]
            : []),
        ],
      })),
    );
  }
}

customElements.define("veche-turnout", TurnoutPart);
