import { fill, h, woven } from "../lib/dom.js";
import { named } from "./named.js";
import { Part } from "./part.js";
import { table } from "./results/bars.js";

/** @typedef {import("../lib/text.js").Texts} Texts */
/** @typedef {import("../../veche-wasm-observer.js").Manifest} Manifest */
/** @typedef {import("../../veche-wasm-observer.js").TrusteeCounts} Counts */

/** How many voters and ballots there are: what a person compares with what the town has announced before they agree. */
export class TrusteeCounts extends Part {
  /**
   * @param {Texts} t
   * @param {Manifest} manifest
   * @param {Counts} counts
   * @param {{ ballots: number, announced?: boolean }} how all ballots on the board, and whether these numbers are to be
   *   announced and not to be compared
   */
  constructor(t, manifest, { turnout, groups }, { ballots, announced = false }) {
    super(t);
    const district = (/** @type {string} */ id) =>
      id === "" ? t("trustee.count-others") : named(t, manifest.styles, id);
    const sum = (/** @type {"voters" | "ballots"} */ what) =>
      turnout.reduce((all, row) => all + row[what], 0);
    fill(
      this,
      h(announced ? "h3" : "h2", null, t("trustee.count")),
      !announced && h("p", null, t("trustee.count-text")),
      table(
        t("trustee.count-turnout"),
        [t("trustee.count-district"), t("trustee.count-voters"), t("trustee.count-ballots")],
        [
          ...turnout.map(({ style, route, voters, ballots }) => ({
            head: woven([district(style), named(t, manifest.routes, route)], (district, route) =>
              t("trustee.count-row", { district, route }),
            ),
            cells: [t.number(voters), t.number(ballots)],
          })),
          { head: t("trustee.count-all"), cells: [t.number(sum("voters")), t.number(sum("ballots"))] },
        ],
      ),
      ballots > sum("ballots") && h("p", null, t("trustee.count-replaced", { n: ballots - sum("ballots") })),
      table(
        t("trustee.count-groups"),
        [t("trustee.count-group"), t("trustee.count-ballots")],
        groups.map(({ contest, styles, ballots, withheld }) => ({
          head: [
            woven([named(t, manifest.contests, contest), ...styles.map(district)], (contest, ...districts) =>
              districts.length === 0
                ? contest
                : t("trustee.count-row", { district: contest, route: t.listOf(districts) }),
            ),
            styles.length > 1 && [" ", t("trustee.count-joined")],
            withheld && [" ", t("trustee.count-withheld")],
          ].flat(),
          cells: [t.number(ballots)],
        })),
      ),
    );
  }
}

customElements.define("veche-trustee-counts", TrusteeCounts);
