import { done, refused, restored, spendingStatus, together, total, valueOf, withValue } from "./rule.js";

/** @typedef {import("./rule.js").Choice} Choice */
/** @typedef {import("../../../veche-wasm-voter.js").CumulativeRule} CumulativeRule */

/**
 * Giving points: so many in all, so many at most to one option.
 * @param {CumulativeRule} rule
 * @param {import("./rule.js").Contest} contest
 * @returns {import("./rule.js").Rule}
 */
export function cumulative(rule, { t, options }) {
  const ids = options.map((option) => option.id);
  const all = ids.length;
  const { min_points: min, blank } = rule;
  const cap = Math.min(rule.max_per_option, rule.points);
  const points = Math.min(rule.points, cap * all);

  const main =
    min === points
      ? t("points.rule-exact", { n: points, all })
      : min > 1
        ? t("points.rule-range", { n: points, min, all })
        : t("points.rule-up-to", { n: points, all });

  /** @param {Choice} choice @param {string} id */
  const barred = (choice, id) => {
    if (valueOf(choice, id) >= cap) return t("points.cap", { n: cap });
    return total(choice) >= points ? t("points.full", { n: points }) : "";
  };

  return {
    control: "count",
    blank,
    sentence: main,
    more: together([
      min < 2 && points > 1 && (min === 1 ? t("points.rule-some") : t("points.rule-free")),
      cap < points && t("points.rule-cap", { n: cap }),
      blank && t("choose.rule-blank"),
    ]),
    barred,
    hint: (choice, id) => (cap < points && valueOf(choice, id) >= cap ? t("points.cap-short") : ""),
    shown: (value) => t("points.shown", { n: value }),

    add(choice, id) {
      const reason = barred(choice, id);
      return reason ? refused(choice, reason) : done(withValue(choice, id, valueOf(choice, id) + 1));
    },

    take: (choice, id) =>
      done(valueOf(choice, id) > 0 ? withValue(choice, id, valueOf(choice, id) - 1) : choice),

    status: (choice) =>
      spendingStatus(choice, {
        t,
        blank,
        used: total(choice),
        min,
        whole: points,
        words: (n) => (n === 0 ? t("points.none") : t("points.used", { n })),
        tooFew: t("points.too-few", { n: min }),
      }),

    restore: (stored) =>
      restored(stored, ids, blank, (choice, _, value) => value <= cap && total(choice) + value <= points),
  };
}
