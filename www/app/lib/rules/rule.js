/**
 * What every kind of rule offers the page, and what all kinds share. A rule says what is chosen, what is left, what is
 * allowed next and the sentences for it. What is legal in the end is decided by the sealing program; this only guides
 * a hand.
 */

/** @typedef {import("../../../veche-wasm-voter.js").ContestOption} ContestOption */
/**
 * What a voter wants in one contest, as the sealing program takes it: 1 for a chosen option, its points, its place or its
 * votes; an option that is absent has 0.
 * @typedef {{ values: Record<string, number>, blank: boolean }} Choice
 */
/** @typedef {import("../text.js").Texts} Texts */
/** What a rule speaks about, and the texts it speaks with. @typedef {{ t: Texts, options: ContestOption[], currency: string | null | undefined }} Contest */
/**
 * How an option is chosen: by a tick, as the only one, by counting up and down, by giving it the next place.
 * @typedef {"tick" | "radio" | "count" | "place"} Control
 */
/**
 * What came of a touch. `refused` says why nothing changed; `swapped` that another option made room.
 * @typedef {{ choice: Choice, refused: string, swapped: boolean }} Step
 */
/**
 * @typedef {object} Status
 * @property {number} count    how many options have anything
 * @property {boolean} blank
 * @property {boolean} ready   whether the voter may go on
 * @property {string} used     what is chosen, in words
 * @property {string} left     what is left, or still missing
 * @property {string} missing  what to do before going on; empty when ready
 * @property {{ part: number, whole: number } | null} meter  what a drawn bar shows of it
 */
/**
 * @typedef {object} Rule
 * @property {Control} control
 * @property {boolean} blank   whether there is a blank vote
 * @property {string} sentence the rule in plain words
 * @property {string} more    what else to know of it; may be empty
 * @property {(choice: Choice) => Status} status
 * @property {(choice: Choice, id: string) => Step} add   ticks the option, gives it one more, or the next place
 * @property {(choice: Choice, id: string) => Step} take  the opposite
 * @property {(choice: Choice, id: string) => string} barred  why the option can have no more now; empty when it can
 * @property {(choice: Choice, id: string) => string} hint    what stands on the option's card beside its control
 * @property {(value: number) => string} shown  an option's value in words; empty where it is only chosen or not
 * @property {(stored: unknown) => Choice} restore  a stored choice made safe: only what the rule allows
 */

/** @returns {Choice} */
export const nothing = () => ({ values: {}, blank: false });

/**
 * @param {Choice} choice
 * @param {string} id
 * @returns {number}
 */
export function valueOf(choice, id) {
  // Own values only: an option may be called "constructor".
  return Object.prototype.hasOwnProperty.call(choice.values, id) ? (choice.values[id] ?? 0) : 0;
}

/**
 * The choice with another value for one option. Whoever chooses anything casts no blank vote.
 * @param {Choice} choice
 * @param {string} id
 * @param {number} value
 * @returns {Choice}
 */
export function withValue(choice, id, value) {
  const others = Object.entries(choice.values).filter(([other]) => other !== id);
  return { values: Object.fromEntries(value > 0 ? [...others, [id, value]] : others), blank: false };
}

/**
 * The options that have anything, in no particular order.
 * @param {Choice} choice
 */
export const chosenIds = (choice) => Object.keys(choice.values);

/** @param {Choice} choice */
export const total = (choice) => Object.values(choice.values).reduce((sum, value) => sum + value, 0);

/**
 * A blank vote stands alone: it takes the place of everything chosen.
 * @param {Choice} choice
 * @returns {Choice}
 */
export const toggleBlank = (choice) => ({ values: {}, blank: !choice.blank });

/** @param {(string | false)[]} sentences */
export const together = (sentences) => sentences.filter(Boolean).join(" ");

/** @param {Choice} choice @returns {Step} */
export const done = (choice) => ({ choice, refused: "", swapped: false });

/** @param {Choice} choice @param {string} reason @returns {Step} */
export const refused = (choice, reason) => ({ choice, refused: reason, swapped: false });

/**
 * How far a voter has come who gives from a fixed number, of points or of credits.
 * @param {Choice} choice
 * @param {{ t: Texts, blank: boolean, used: number, min: number, whole: number, words: (n: number) => string, tooFew: string }} spending
 * @returns {Status}
 */
export function spendingStatus(choice, { t, blank, used, min, whole, words, tooFew }) {
  const count = chosenIds(choice).length;
  if (choice.blank) {
    return {
      count,
      blank: true,
      ready: blank,
      used: t("choose.count-blank"),
      left: "",
      missing: "",
      meter: null,
    };
  }
  const missing = Math.max(0, min - used);
  const left = whole - used;
  return {
    count,
    blank: false,
    ready: missing === 0 && left >= 0,
    used: words(used),
    left: left > 0 ? t("choose.left", { n: left }) : t("choose.left-none"),
    missing: missing > 0 ? tooFew : "",
    meter: { part: used, whole },
  };
}

/**
 * Reads a stored choice: options that exist, with whole positive values, as far as `fits` lets them in one by one.
 * @param {unknown} stored
 * @param {string[]} ids
 * @param {boolean} blank whether there is a blank vote
 * @param {(choice: Choice, id: string, value: number) => boolean} fits
 * @returns {Choice}
 */
export function restored(stored, ids, blank, fits) {
  const kept = /** @type {Partial<Choice>} */ (typeof stored === "object" && stored !== null ? stored : {});
  if (kept.blank === true) return { values: {}, blank };
  const values = typeof kept.values === "object" && kept.values !== null ? kept.values : {};
  let choice = nothing();
  for (const id of ids) {
    const value = valueOf({ values, blank: false }, id);
    if (Number.isInteger(value) && value > 0 && fits(choice, id, value))
      choice = withValue(choice, id, value);
  }
  return choice;
}
