import messages from "../messages/en.js";

/** The language of the messages, also used for plurals, numbers and dates. */
export const LANGUAGE = "en";

/** How the reader writes dates, where that is the language of the messages: British and American days differ. */
const REGION = globalThis.navigator?.languages?.find((tag) => tag.split("-")[0] === LANGUAGE) ?? LANGUAGE;

/** @typedef {keyof typeof messages} Key */
/** @typedef {Record<string, string | number>} Parameters */
/** A text of the manifest: one string per language. @typedef {Record<string, string>} Localised */

const plurals = new Intl.PluralRules(LANGUAGE);
const ordinals = new Intl.PluralRules(LANGUAGE, { type: "ordinal" });
const numbers = new Intl.NumberFormat(LANGUAGE);

/** @typedef {Record<string, string>} Forms one text for each form that the language has */

/**
 * The message's pattern; a message with plural forms, or with those of ordinal numbers (1st, 2nd), is chosen by the
 * parameter `n`.
 * @param {Key} key
 * @param {Record<string, unknown>} parameters
 * @returns {string}
 */
function pattern(key, parameters) {
  const message = /** @type {string | Forms | { ordinal: Forms }} */ (messages[key]);
  if (typeof message === "string") return message;
  const [forms, rules] =
    typeof message.ordinal === "object"
      ? [message.ordinal, ordinals]
      : [/** @type {Forms} */ (message), plurals];
  return forms[rules.select(Number(parameters.n))] ?? forms.other ?? "";
}

/** @param {unknown} value */
const shown = (value) => (typeof value === "number" ? numbers.format(value) : String(value));

/**
 * The text of a message, with `{name}` replaced by the parameter of that name.
 * @param {Key} key
 * @param {Parameters} [parameters]
 */
export function t(key, parameters = {}) {
  return pattern(key, parameters).replace(/\{(\w+)\}/g, (_, name) => shown(parameters[name] ?? ""));
}

/**
 * Names a message whose text is needed later. It exists so that a test can find every key that the code uses.
 * @param {Key} key
 * @returns {Key}
 */
export const msg = (key) => key;

/**
 * A text of the manifest in the reader's language, or in the first language it has.
 * @param {Localised | null | undefined} text
 */
export function localised(text) {
  if (!text) return "";
  return text[LANGUAGE] ?? Object.values(text)[0] ?? "";
}

/**
 * @param {string | number | Date} date
 */
export function dateAndTime(date) {
  return new Intl.DateTimeFormat(REGION, {
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(new Date(date));
}

/**
 * A length of time as people say it: "40 seconds", "3 minutes".
 * @param {number} seconds
 */
export function duration(seconds) {
  const [value, unit] =
    seconds < 90
      ? [Math.max(1, Math.round(seconds)), "second"]
      : seconds < 5_400
        ? [Math.round(seconds / 60), "minute"]
        : [Math.round(seconds / 3_600), "hour"];
  return new Intl.NumberFormat(LANGUAGE, { style: "unit", unit, unitDisplay: "long" }).format(value);
}

/** @param {number} value */
export const number = (value) => numbers.format(value);

/**
 * An amount in the currency as the manifest writes it ("€", "PLN").
 * @param {number} amount
 * @param {string | null | undefined} currency
 */
export function money(amount, currency) {
  const sign = currency ?? "";
  if (sign === "") return number(amount);
  // One-character signs stand before the amount in English, abbreviations after it.
  return [...sign].length === 1 ? `${sign}${number(amount)}` : `${number(amount)}\u00a0${sign}`;
}

/**
 * "Bench, trees and a swing".
 * @param {string[]} names
 */
export function listOf(names) {
  return new Intl.ListFormat(LANGUAGE).format(names);
}
