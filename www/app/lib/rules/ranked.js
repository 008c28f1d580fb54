import { done, nothing, refused, restored, together, valueOf } from "./rule.js";

/** @typedef {import("./rule.js").Choice} Choice */
/** @typedef {import("../../../veche-wasm-voter.js").RankedRule} RankedRule */
/** @typedef {{ order: (choice: Choice) => string[], move: (choice: Choice, id: string, by: number) => Choice }} Ordering */

/** Up to so many places, the rule says what each is worth. */
const FEW = 10;

/**
 * The ranked options, the first place first.
 * @param {Choice} choice
 */
const order = (choice) =>
  Object.entries(choice.values)
    .sort(([, one], [, other]) => one - other)
    .map(([id]) => id);

/** Places without gaps, in this order. @param {string[]} ids @returns {Choice} */
const inOrder = (ids) => ({
  values: Object.fromEntries(ids.map((id, index) => [id, index + 1])),
  blank: false,
});

/**
 * Putting options in order: the first place, the second, and so on, without gaps.
 * @param {RankedRule} rule
 * @param {import("./rule.js").Contest} contest
 * @returns {import("./rule.js").Rule & Ordering}
 */
export function ranked(rule, { t, options }) {
  const ids = options.map((option) => option.id);
  const all = ids.length;
  const { min, blank } = rule;
  const places = Math.min(rule.places, all);
  const scores = rule.scores.slice(0, places);

  const main =
    min === places
      ? t("ranked.rule-exact", { n: places, all })
      : min > 1
        ? t("ranked.rule-range", { n: places, min, all })
        : t("ranked.rule-up-to", { n: places, all });

  /** @param {Choice} choice @param {string} id */
  const barred = (choice, id) =>
    valueOf(choice, id) === 0 && order(choice).length >= places ? t("ranked.full", { n: places }) : "";

  return {
    control: "place",
    blank,
    sentence: main,
    more: together([
      places > 1 && places <= FEW && t("ranked.rule-scores", { list: t.listOf(scores.map(t.number)) }),
      blank && t("choose.rule-blank"),
    ]),
    barred,
    hint: () => "",
    shown: (value) => t("ranked.place", { n: value }),
    order,

    move(choice, id, by) {
      const now = order(choice);
      const from = now.indexOf(id);
      const to = from + by;
      if (from < 0 || to < 0 || to >= now.length) return choice;
      now.splice(from, 1);
      now.splice(to, 0, id);
      return inOrder(now);
    },

    add(choice, id) {
      const reason = barred(choice, id);
      if (reason) return refused(choice, reason);
      const now = order(choice);
      return done(now.includes(id) ? choice : inOrder([...now, id]));
    },

    // Those behind move up: a ranking has no gaps.
    take: (choice, id) => done(inOrder(order(choice).filter((other) => other !== id))),

    status(choice) {
      const count = order(choice).length;
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
      const missing = Math.max(0, min - count);
      return {
        count,
        blank: false,
        ready: missing === 0 && count <= places,
        used: count === 0 ? t("ranked.none") : t("ranked.used", { n: count }),
        left: count < places ? t("ranked.next", { n: count + 1 }) : t("ranked.all-taken"),
        missing: missing > 0 ? t("ranked.too-few", { n: min }) : "",
        meter: null,
      };
    },

    restore(stored) {
      const kept = restored(stored, ids, blank, () => true);
      return kept.blank ? { ...nothing(), blank: true } : inOrder(order(kept).slice(0, places));
    },
  };
}
