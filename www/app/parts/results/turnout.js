import { fill, h } from "../../lib/dom.js";
import { localised, number, t } from "../../lib/text.js";
import { bar, hundred, table } from "./bars.js";

/** @typedef {import("../../../veche-wasm.js").Manifest} Manifest */
/** @typedef {import("../../../veche-wasm.js").ResultsView} ResultsView */
/** @typedef {import("../../../veche-wasm.js").TurnoutOf} TurnoutOf */

/** Districts beyond this number are folded away: the whole town comes first. */
const MANY = 6;

/** Of 10,000, as per cent with one decimal. @param {number} rate */
const percent = (rate) => number(Math.round(rate / 10) / 10);
/** Of 10,000, as per thousand with one decimal. @param {number} rate */
const perThousand = (rate) => number(rate / 10);

/** How many people took part, as a picture, in words, and by district. */
export class TurnoutPart extends HTMLElement {
  /**
   * @param {Manifest} manifest
   * @param {ResultsView["turnout"]} turnout
   */
  constructor(manifest, turnout) {
    super();
    const { all, districts } = turnout;
    fill(
      this,
      h("h2", null, t("results.turnout")),
      this.#figure(all),
      districts.length > 1 && this.#districts(manifest, districts),
    );
  }

  /** @param {TurnoutOf} all */
  #figure({ ballots, electorate, ofElectorate, ofInhabitants }) {
    if (ballots === undefined || ofElectorate === undefined) return h("p", null, t("results.turnout-some"));
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
          h("strong", null, t("results.turnout-ballots", { n: ballots })),
          " ",
          t("results.turnout-of", { n: electorate, share: percent(ofElectorate) }),
        ),
        h(
          "p",
          { class: "hint" },
          full > 0 || ballots === 0 ? t("results.turnout-hundred", { n: full }) : t("results.turnout-few"),
        ),
        ofInhabitants !== undefined &&
          h("p", null, t("results.turnout-inhabitants", { rate: perThousand(ofInhabitants) })),
      ),
    );
  }

  /**
   * @param {Manifest} manifest
   * @param {TurnoutOf[]} districts
   */
  #districts(manifest, districts) {
    const title = (/** @type {number} */ place) => localised(manifest.styles[place]?.title);
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
              ? h("span", { class: "hint" }, t("results.turnout-unknown"))
              : [
                  h(
                    "span",
                    { class: "turnout-value" },
                    t("results.turnout-line", {
                      ballots: one.ballots,
                      electorate: one.electorate,
                      share: percent(one.ofElectorate),
                    }),
                  ),
                  bar(one.ofElectorate, most),
                  one.ofInhabitants !== undefined &&
                    h(
                      "span",
                      { class: "hint" },
                      t("results.turnout-rate", { rate: perThousand(one.ofInhabitants) }),
                    ),
                ],
          ),
        ),
      );
    const numbers = this.#table(districts, title);
    const heading = t("results.turnout-districts");
    if (districts.length > MANY)
      return h("details", { class: "fold" }, h("summary", null, heading), list, numbers);
    return [
      h("h3", null, heading),
      list,
      h("details", { class: "fold" }, h("summary", null, t("results.table")), numbers),
    ];
  }

  /**
   * @param {TurnoutOf[]} districts
   * @param {(place: number) => string} title
   */
  #table(districts, title) {
    const inhabited = districts.some(({ inhabitants }) => inhabitants !== undefined);
    const columns = [
      t("results.district"),
      t("results.ballots"),
      t("results.electorate"),
      t("results.share"),
      ...(inhabited ? [t("results.inhabitants"), t("results.per-thousand")] : []),
    ];
    const or = (/** @type {number | undefined} */ value, /** @type {(value: number) => string} */ shown) =>
      value === undefined ? t("results.not-known") : shown(value);
    return table(
      t("results.table-turnout"),
      columns,
      districts.map((one, place) => ({
        head: title(place),
        cells: [
          or(one.ballots, number),
          number(one.electorate),
          or(one.ofElectorate, (rate) => t("results.percent", { n: percent(rate) })),
          ...(inhabited ? [or(one.inhabitants, number), or(one.ofInhabitants, perThousand)] : []),
        ],
      })),
    );
  }
}

customElements.define("veche-turnout", TurnoutPart);
