import { Trouble } from "../trouble.js";
import { approval } from "./approval.js";
import { cumulative } from "./cumulative.js";
import { knapsack } from "./knapsack.js";
import { quadratic } from "./quadratic.js";
import { ranked } from "./ranked.js";

/** @typedef {import("./rule.js").Choice} Choice */
/** @typedef {import("./rule.js").Rule & Partial<import("./ranked.js").Ordering>} Rule */
/** @typedef {import("../../../veche-wasm-voter.js").Contest} Contest */

export { chosenIds, nothing, together, toggleBlank, valueOf, withValue } from "./rule.js";

/**
 * What the page needs to know of a contest's rule. One file for each kind of rule; a manifest with another kind is
 * refused before a voter sees it.
 * @param {import("../text.js").Texts} t
 * @param {Contest} contest
 * @returns {Rule}
 */
export function ruleOf(t, { rule, options, currency }) {
  const contest = { t, options, currency };
  switch (rule.type) {
    case "approval":
      return approval(rule, contest);
    case "knapsack":
      return knapsack(rule, contest);
    case "cumulative":
      return cumulative(rule, contest);
    case "ranked":
      return ranked(rule, contest);
    case "quadratic":
      return quadratic(rule, contest);
    default:
      throw new Trouble("unknown-rule", { detail: /** @type {{ type: string }} */ (rule).type });
  }
}

/**
 * The ids of the options that have anything, as they are best listed: by place, or as on the ballot.
 * @param {Rule} rule
 * @param {Contest["options"]} options
 * @param {Choice} choice
 */
export function listed({ order }, options, choice) {
  return order
    ? order(choice)
    : options.map(({ id }) => id).filter((id) => Object.keys(choice.values).includes(id));
}
