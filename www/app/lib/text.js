/**
 * The texts of the site in one language, as a value that is handed to whoever speaks. A text has a name; `{name}` in it is
 * filled in; one that depends on a number has the plural forms of the language (Intl.PluralRules) and is chosen by the
 * parameter `n`; `ordinal` holds the forms for 1st, 2nd, 3rd.
 */

/**
 * @typedef {typeof import("../messages/en/preview.json") & typeof import("../messages/en/desk-preview.json")
 *   & typeof import("../messages/en/frame.json") & typeof import("../messages/en/booth.json")
 *   & typeof import("../messages/en/rules.json") & typeof import("../messages/en/receipt.json")
 *   & typeof import("../messages/en/results.json") & typeof import("../messages/en/turnout.json") & typeof import("../messages/en/verify.json")
 *   & typeof import("../messages/en/find.json") & typeof import("../messages/en/read.json")
 *   & typeof import("../messages/en/about.json") & typeof import("../messages/en/trustees.json")
 *   & typeof import("../messages/en/words.json")
 *   & typeof import("../messages/en/checks.json") & typeof import("../messages/en/desk.json")
 *   & typeof import("../messages/en/desk-describe.json")
 *   & typeof import("../messages/en/desk-run.json")
 *   & typeof import("../messages/en/desk-trustees.json") & typeof import("../messages/en/desk-finish.json")
 *   & typeof import("../messages/en/desk-people.json") & typeof import("../messages/en/desk-help.json")} English
 */
/** The name of a text. @typedef {keyof English} Key */
/** @typedef {Record<string, string | number>} Parameters */
/** One text for each form that the language has. @typedef {Record<string, string>} Forms */
/** @typedef {string | Forms | { ordinal: Forms }} Message */
/** A text of the manifest: one string per language. @typedef {Record<string, string>} Localised */
/** @typedef {ReturnType<typeof textsOf>} Texts */

/**
 * Names a message whose text is needed later. It exists so that a test can find every key that the code uses.
 * @param {Key} key
 * @returns {Key}
 */
export const msg = (key) => key;

/** How a moment is written. @type {Intl.DateTimeFormatOptions} */
const MOMENT = {
  weekday: "long",
  day: "numeric",
  month: "long",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
};

/**
 * How moments are written in a zone, and the zone's name for people. One that the browser has not heard of is shown as
 * UTC, which is what the manifest's hours are in.
 * @param {string} region
 * @param {string} zone
 * @returns {[Intl.DateTimeFormat, string]}
 */
function inZone(region, zone) {
  try {
    return [new Intl.DateTimeFormat(region, { ...MOMENT, timeZone: zone }), zone.replaceAll("_", " ")];
  } catch {
    return inZone(region, "UTC");
  }
}

/** What stands for which currency. A sign that several have, such as "$", is nobody's: it is shown as it is. */
const CURRENCIES = /** @type {Record<string, string>} */ ({
  "€": "EUR",
  "£": "GBP",
  zł: "PLN",
  "₽": "RUB",
  "₴": "UAH",
  Kč: "CZK",
  Ft: "HUF",
  "₺": "TRY",
  "₪": "ILS",
  "₹": "INR",
  "₸": "KZT",
  "₾": "GEL",
});

/** Languages that are written from right to left, as far as anybody may translate into them. */
const WRITTEN_LEFTWARD = /^(ar|fa|he|ps|ur|yi)$/;

/** Letters that are written from right to left. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/;

/**
 * A text that stands inside a sentence and keeps its own direction: a phone number among Arabic words, an Arabic name
 * among Polish ones. The marks are seen by nobody.
 * @param {string} text
 */
const isolated = (text) => `\u2068${text}\u2069`;

/** A text without such marks, for the name of a file. @param {string} text */
export const unmarked = (text) => text.replace(/[\u2066-\u2069]/g, "");

/**
 * The texts of a language: called with a name, the text; its methods write numbers, dates and lists as the language does.
 * @param {string} language
 * @param {Record<string, Message>} messages those that the page needs, by name
 * @param {readonly string[]} [tags] the reader's languages with their regions, for dates: British and American days differ
 */
export function textsOf(language, messages, tags = []) {
  const region = tags.find((tag) => tag.split("-")[0] === language) ?? language;
  // A day before its month, and the month in letters, is read the same on either side of an ocean.
  const dates = language === "en" ? "en-GB" : region;
  const plurals = new Intl.PluralRules(language);
  const ordinals = new Intl.PluralRules(language, { type: "ordinal" });
  const numbers = new Intl.NumberFormat(region);
  const percents = new Intl.NumberFormat(region, { style: "percent", maximumFractionDigits: 1 });
  const leftward = WRITTEN_LEFTWARD.test(language);

  /** @param {Key} key @param {Record<string, unknown>} parameters @returns {string} */
  function pattern(key, parameters) {
    const message = messages[key];
    // A text that was not loaded shows its name, which somebody will notice.
    if (message === undefined) return key;
    if (typeof message === "string") return message;
    const [forms, rules] =
      typeof message.ordinal === "object"
        ? [message.ordinal, ordinals]
        : [/** @type {Forms} */ (message), plurals];
    return forms[rules.select(Number(parameters.n))] ?? forms.other ?? "";
  }

  /** @param {unknown} value */
  function shown(value) {
    if (typeof value === "number") return numbers.format(value);
    const text = String(value);
    return leftward || RIGHT_TO_LEFT.test(text) ? isolated(text) : text;
  }

  /**
   * The text of a message, with `{name}` replaced by the parameter of that name.
   * @param {Key} key
   * @param {Parameters} [parameters]
   */
  const t = (key, parameters = {}) =>
    pattern(key, parameters).replace(/\{(\w+)\}/g, (_, name) => shown(parameters[name] ?? ""));

  /**
   * A text of the manifest in the reader's language, or else in another that the reader knows, or in the first it has.
   * @param {Localised | null | undefined} text
   * @returns {{ words: string, language: string }}
   */
  function from(text) {
    const has = Object.keys(text ?? {});
    const theirs = [language, ...tags.map((tag) => tag.split("-")[0] ?? ""), ...has];
    const best = theirs.find((one) => has.includes(one)) ?? language;
    return { words: text?.[best] ?? "", language: best };
  }

  /** @param {number} value */
  const number = (value) => numbers.format(value);

  return Object.assign(t, {
    language,
    /** The reader's language with their region, for what only one page writes. */
    region,
    number,

    from,

    /**
     * A part of a whole, with one decimal at most: "12.5%".
     * @param {number} part of 1
     */
    percent: (part) => percents.format(part),

    /**
     * A text of the manifest, where only characters can stand: in a title, a description, a message. What is shown as an
     * element of its own is `said` (lib/dom.js), which knows its language.
     * @param {Localised | null | undefined} text
     */
    localised: (text) => from(text).words,

    /**
     * A moment on this device, in the time of its zone and with the zone's name.
     * @param {string | number | Date} date
     */
    dateAndTime: (date) =>
      new Intl.DateTimeFormat(dates, { ...MOMENT, timeZoneName: "short" }).format(new Date(date)),

    /**
     * An hour of the vote, in the time of its zone and with the zone's name: people who travel read the same.
     * @param {string | number | Date} date
     * @param {string} zone
     */
    hour(date, zone) {
      const [moments, name] = inZone(dates, zone);
      return `${moments.format(new Date(date))} (${name})`;
    },

    /**
     * A length of time as people say it: "40 seconds", "3 minutes".
     * @param {number} seconds
     */
    duration(seconds) {
      const [value, unit] =
        seconds < 90
          ? [Math.max(1, Math.round(seconds)), "second"]
          : seconds < 5_400
            ? [Math.round(seconds / 60), "minute"]
            : [Math.round(seconds / 3_600), "hour"];
      return new Intl.NumberFormat(region, { style: "unit", unit, unitDisplay: "long" }).format(value);
    },

    /**
     * An amount in the currency that the manifest names by its code or sign ("PLN", "€"), as the language writes it.
     * @param {number} amount
     * @param {string | null | undefined} currency
     */
    money(amount, currency) {
      const sign = (currency ?? "").trim();
      if (sign === "") return number(amount);
      const code = CURRENCIES[sign] ?? sign;
      const short = [...sign].length === 1;
      // What is no currency that anybody has heard of stands where a sign would, and a word after the number.
      if (!/^[A-Z]{3}$/.test(code) && !short) return `${number(amount)}\u00a0${sign}`;
      const known = /^[A-Z]{3}$/.test(code);
      const written = new Intl.NumberFormat(region, {
        style: "currency",
        currency: known ? code : "XXX",
        currencyDisplay: code === sign ? "symbol" : "narrowSymbol",
        ...(Number.isInteger(amount) && { minimumFractionDigits: 0, maximumFractionDigits: 0 }),
      });
      if (known) return written.format(amount);
      return written
        .formatToParts(amount)
        .map(({ type, value }) => (type === "currency" ? sign : value))
        .join("");
    },

    /**
     * "4 points given, 1 left": with the comma of the language.
     * @param {(string | false | null | undefined)[]} parts
     */
    joined: (parts) => parts.filter(Boolean).join(`${t("app.comma")} `),

    /**
     * "Bench, trees and a swing".
     * @param {string[]} names
     */
    listOf: (names) => new Intl.ListFormat(language).format(names.map(shown)),
  });
}
