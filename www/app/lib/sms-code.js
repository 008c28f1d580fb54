import { plainDigits } from "./encoding.js";

/** Digits of a code. */
const LENGTHS = [6, 8, 12];

/** The last line of a message that is bound to a site: `@vote.example.org #012345`. */
const BOUND = /@[a-z0-9.-]+(?::\d+)?\s*#(\d+)/i;

/** Digits as they are sent: together, or in groups of four. */
const RUNS = /\d{4}(?:[ \u00a0\u202f-]\d{4}){1,2}(?!\d)|\d+/g;

/** @param {string} text */
const isCode = (text) => /^\d+$/.test(text) && LENGTHS.includes(text.length);

/** @param {string} text */
const together = (text) => text.replace(/[\s-]/g, "");

/**
 * The digits of the code in what was typed, or in a whole message that was pasted, which may have other digits in it: a
 * year, a telephone number.
 * @param {string} typed
 * @param {string[]} [wordings] of messages, each with `{code}` in it
 * @returns {string | null} null where there is no code
 */
export function codeIn(typed, wordings = []) {
  const text = plainDigits(typed);
  if (!/\p{L}/u.test(text)) {
    const digits = text.replace(/\D/g, "");
    return isCode(digits) ? digits : null;
  }
  const runs = (text.match(RUNS) ?? []).map((run) => run.replace(/\D/g, ""));
  const bound = BOUND.exec(text)?.[1] ?? "";
  return isCode(bound) ? bound : (worded(text, wordings) ?? runs.find(isCode) ?? null);
}

/**
 * The code of a message in words that are known. Spaces and hyphens do not count: a field of one line loses the breaks of lines.
 * @param {string} text
 * @param {string[]} wordings
 * @returns {string | null}
 */
function worded(text, wordings) {
  const whole = together(text);
  for (const wording of wordings) {
    const [before = "", after = ""] = together(wording).split("{code}");
    const at = whole.indexOf(before);
    if (at < 0) continue;
    const rest = whole.slice(at + before.length);
    // Eight digits must not be taken for six, wherever the message goes on with none.
    const ends = (/** @type {string} */ next) => (after ? next.startsWith(after) : !/^\d/.test(next));
    const code = LENGTHS.map((length) => rest.slice(0, length)).find(
      (digits) => isCode(digits) && ends(rest.slice(digits.length)),
    );
    if (code) return code;
  }
  return null;
}
