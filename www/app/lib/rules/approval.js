/**
 * Choosing from a list: at least `min`, at most `max`, perhaps a blank vote instead. What is legal in the end is
 * decided by the sealing program; this is only what the page needs to guide a hand.
 */

/** @typedef {{ type: "approval", min: number, max: number, blank: boolean }} ApprovalRule */
/** @typedef {{ chosen: string[], blank: boolean }} Choice options by id, in the order they were chosen */
/** @typedef {"added" | "removed" | "swapped" | "full"} Outcome */
/** @typedef {{ count: number, left: number, missing: number, blank: boolean, ready: boolean }} Status */

/** @returns {Choice} */
export const nothing = () => ({ chosen: [], blank: false });

/**
 * @param {ApprovalRule} rule
 * @param {number} options
 */
function limits(rule, options) {
  return { min: rule.min, max: Math.min(rule.max, options) };
}

/**
 * Whether the options are radio buttons: one must be chosen, and choosing another replaces it.
 * @param {ApprovalRule} rule
 */
export const isSingle = (rule) => rule.min === 1 && rule.max === 1;

/**
 * The choice after a voter touches an option. With one allowed, another replaces it; with the maximum reached, nothing
 * changes and the outcome says so.
 * @param {ApprovalRule} rule
 * @param {number} options how many the contest has
 * @param {Choice} choice
 * @param {string} id
 * @returns {{ choice: Choice, outcome: Outcome }}
 */
export function toggle(rule, options, choice, id) {
  if (choice.chosen.includes(id)) {
    if (isSingle(rule)) return { choice, outcome: "added" };
    return { choice: { chosen: choice.chosen.filter((other) => other !== id), blank: false }, outcome: "removed" };
  }
  const { max } = limits(rule, options);
  if (max === 1) {
    const outcome = choice.chosen.length > 0 ? "swapped" : "added";
    return { choice: { chosen: [id], blank: false }, outcome };
  }
  if (choice.chosen.length >= max) return { choice, outcome: "full" };
  return { choice: { chosen: [...choice.chosen, id], blank: false }, outcome: "added" };
}

/**
 * A blank vote stands alone: it takes the place of everything chosen.
 * @param {Choice} choice
 * @returns {Choice}
 */
export const toggleBlank = (choice) => ({ chosen: [], blank: !choice.blank });

/**
 * @param {ApprovalRule} rule
 * @param {number} options
 * @param {Choice} choice
 * @returns {Status}
 */
export function status(rule, options, choice) {
  const { min, max } = limits(rule, options);
  const count = choice.chosen.length;
  const missing = choice.blank ? 0 : Math.max(0, min - count);
  const ready = choice.blank ? rule.blank && count === 0 : missing === 0 && count <= max;
  return { count, left: choice.blank ? 0 : max - count, missing, blank: choice.blank, ready };
}

/**
 * A stored choice made safe: only options that exist, no more than allowed, blank only where there is such a thing.
 * @param {ApprovalRule} rule
 * @param {string[]} optionIds
 * @param {unknown} stored
 * @returns {Choice}
 */
export function restore(rule, optionIds, stored) {
  const { chosen, blank } = /** @type {Partial<Choice>} */ (stored ?? {});
  if (blank === true) return { chosen: [], blank: rule.blank };
  const known = Array.isArray(chosen) ? optionIds.filter((id) => chosen.includes(id)) : [];
  return { chosen: known.slice(0, limits(rule, optionIds.length).max), blank: false };
}

/**
 * The choice as the sealing program takes it.
 * @param {Choice} choice
 * @returns {{ values: Record<string, number>, blank: boolean }}
 */
export function selection(choice) {
  return { values: Object.fromEntries(choice.chosen.map((id) => [id, 1])), blank: choice.blank };
}
