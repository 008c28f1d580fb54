/**
 * Finding things by what people type: without accents and case, with other endings, and, where nothing else is found,
 * with a slip of the finger. It knows no language: what it does holds for words that are spelled with letters.
 */

/** Letters that no normalisation takes apart, or that are typed one for the other. @type {Record<string, string>} */
const ALIKE = {
  ł: "l",
  đ: "d",
  ø: "o",
  ı: "i",
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ة: "ه",
  ى: "ي",
  ٱ: "ا",
  ء: "",
  ـ: "",
};

/** @param {string} text */
const folded = (text) =>
  text
    .toLowerCase()
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    // Arabic and Persian digits.
    .replace(/[٠-٩۰-۹]/g, (digit) => String(digit.charCodeAt(0) & 15))
    .replace(/[łđøıßæœةىٱءـ]/g, (letter) => ALIKE[letter] ?? "");

/** The words of a text; Arabic ones without "and" and "the" before them. @param {string} text */
const wordsOf = (text) =>
  (folded(text).match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => word.replace(/^(?:[وفبك]?ال|لل)(?=.{3})/, ""));

/** A number as it is compared: "L 010", "l-10" and "L010" are the same. @param {string} text */
const numbered = (text) =>
  wordsOf(text)
    .join("")
    .replace(/(^|\D)0+(?=\d)/g, "$1");

/** @param {string} one @param {string} other */
function shared(one, other) {
  let n = 0;
  while (n < one.length && one[n] === other[n]) n += 1;
  return n;
}

/** What words of three letters and a vowel end in. */
const SHORT_END = /^(?:[aeiouyаеиоуыэюя].?)?$/;

/**
 * Whether two words differ in their endings only: "boisko" and "boiskach", "kino" and "kina".
 * @param {string} one
 * @param {string} other
 */
function sameStem(one, other) {
  // Numbers have no endings.
  if (/\d/.test(one + other)) return false;
  const stem = shared(one, other);
  const [end, otherEnd] = [one.slice(stem), other.slice(stem)];
  if (stem === 3) return SHORT_END.test(end) && SHORT_END.test(otherEnd);
  return stem > 3 && Math.max(end.length, otherEnd.length) <= (stem > 4 ? 3 : 2);
}

/** Arabic plurals change the vowels inside a word: what is left without them. @param {string} word */
const consonants = (word) => (/[ا-ي]/.test(word) ? word.replace(/[اوي]|ه$/g, "") : "");

/**
 * How far a word of a text is from a word that is searched for: 0 the same, 1 beginning with it, 2 with another ending
 * or as a part of a longer word, 3 not at all.
 * @param {string} wanted
 * @param {string} word
 */
function distance(wanted, word) {
  if (word === wanted) return 0;
  if (word.startsWith(wanted)) return 1;
  if (sameStem(wanted, word)) return 2;
  const root = consonants(wanted);
  if (root.length > 2 && root === consonants(word)) return 2;
  // "Plätze" lies in "Spielplatz".
  const at = wanted.length > 3 ? word.indexOf(wanted.slice(0, 5), 1) : -1;
  const inside = at < 0 ? "" : word.slice(at);
  return inside && (inside.startsWith(wanted) || sameStem(wanted, inside)) ? 2 : 3;
}

/**
 * Whether a word begins with what is searched for, give or take a slip: a letter too much, too few, another, or two
 * that have changed places; two slips in a long word, none in a short one.
 * @param {string} wanted
 * @param {string} word
 */
function slipped(wanted, word) {
  const most = wanted.length > 7 ? 2 : wanted.length > 4 ? 1 : 0;
  // One number is never a slip for another.
  if (most === 0 || /\d/.test(wanted)) return false;
  // Its own ending is not looked at either.
  const start = wanted.replace(/[aeiouyаеиоуыэюя]$/, "");
  const width = Math.min(word.length, start.length + most);
  /** @type {number[]} */
  let before = [];
  let row = Array.from({ length: width + 1 }, (_, at) => at);
  for (let i = 1; i <= start.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= width; j += 1) {
      const same = start[i - 1] === word[j - 1];
      let least = Math.min((row[j - 1] ?? 0) + (same ? 0 : 1), (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && start[i - 1] === word[j - 2] && start[i - 2] === word[j - 1])
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      next.push(least);
    }
    [before, row] = [row, next];
  }
  return Math.min(...row) <= most;
}

/**
 * What can be found: its number, its name, and whatever else is known of it.
 * @typedef {{ number?: string | undefined, name: string, more?: string[] }} Findable
 */
/** What was found, the best first, as places in the list; `close` where nothing is spelled as it was searched for. */
/** @typedef {{ places: number[], close: boolean }} Found */

/** @typedef {{ number: string, title: string, name: string[], more: string[] }} Entry */

/** The rank of what is not found. */
const NOT = 9;

/**
 * How far something is from what is searched for; the number before the name, the name before the rest.
 * @param {Entry} one
 * @param {string[]} words
 * @param {string} typed
 * @param {boolean} close
 */
function rankOf({ number, title, name, more }, words, typed, close) {
  if (words.length === 0) return NOT;
  const digits = number.replace(/\D/g, "");
  if (typed === number || typed === digits) return 0;
  if (title.startsWith(words.join(" "))) return 1;
  const far = words.map((word) => {
    const inName = Math.min(3, ...name.map((other) => distance(word, other)));
    if (inName < 3) return 2 + inName;
    const inMore = Math.min(3, ...more.map((other) => distance(word, other)));
    if (inMore < 3) return 5 + inMore;
    return close && [...name, ...more].some((other) => slipped(word, other)) ? 8 : NOT;
  });
  const rank = Math.max(...far);
  return rank === NOT && (number.startsWith(typed) || (digits !== "" && digits.startsWith(typed))) ? 5 : rank;
}

/** Searches a list that does not change. */
export class Finder {
  #list;
  /** @type {Entry[] | null} made when somebody searches, which most do not */
  #entries = null;

  /** @param {Findable[]} list */
  constructor(list) {
    this.#list = list;
  }

  /**
   * Everything that has all the words that are searched for.
   * @param {string} query
   * @returns {Found | null} null where nothing is searched for
   */
  find(query) {
    if (query.trim() === "") return null;
    const words = wordsOf(query);
    const typed = numbered(query);
    const entries = (this.#entries ??= this.#list.map(({ number = "", name, more = [] }) => ({
      number: numbered(number),
      title: wordsOf(name).join(" "),
      name: wordsOf(name),
      more: wordsOf([number, ...more].join(" ")),
    })));
    for (const close of [false, true]) {
      const found = entries
        .map((one, place) => ({ place, rank: rankOf(one, words, typed, close) }))
        .filter(({ rank }) => rank < NOT)
        .sort((one, other) => one.rank - other.rank || one.place - other.place);
      if (found.length > 0) return { places: found.map(({ place }) => place), close };
    }
    return { places: [], close: false };
  }
}
