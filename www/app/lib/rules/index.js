import { Trouble } from "../trouble.js";
import * as approval from "./approval.js";

/** @typedef {import("./approval.js").Choice} Choice */
/** @typedef {import("../../../veche-wasm.js").Contest} Contest */

/** One file per kind of rule; a manifest with another kind is refused before a voter sees it. */
const KINDS = { approval };

export { nothing, selection, toggleBlank } from "./approval.js";

/**
 * What the page needs to know of a contest's rule.
 * @param {Contest} contest
 */
export function ruleOf(contest) {
  const kind = KINDS[contest.rule.type];
  if (!kind) throw new Trouble("unknown-rule", { detail: contest.rule.type });
  const ids = contest.options.map((option) => option.id);
  const rule = contest.rule;
  return {
    min: rule.min,
    max: Math.min(rule.max, ids.length),
    blank: rule.blank,
    single: kind.isSingle(rule),
    /** @param {Choice} choice @param {string} id */
    toggle: (choice, id) => kind.toggle(rule, ids.length, choice, id),
    /** @param {Choice} choice */
    status: (choice) => kind.status(rule, ids.length, choice),
    /** @param {unknown} stored */
    restore: (stored) => kind.restore(rule, ids, stored),
  };
}
