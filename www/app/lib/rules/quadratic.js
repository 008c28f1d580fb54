import { done, refused, restored, spendingStatus, together, valueOf, withValue } from "./rule.js";

/** @typedef {import("./rule.js").Choice} Choice */
/** @typedef {import("../../../veche-wasm-voter.js").QuadraticRule} QuadraticRule */

/** What the next vote for an option costs that has so many: (v + 1)² - v². @param {number} votes */
const nextPrice = (votes) => 2 * votes + 1;

/**
 * Buying votes with credits: v votes for one option cost v² of them.
 * @param {QuadraticRule} rule
 * @param {import("./rule.js").Contest} contest
 * @returns {import("./rule.js").Rule}
 */
export function quadratic(rule, { t, options }) {
  const ids = options.map((option) => option.id);
  const { credits, min_credits: min, blank } = rule;

  const minimum = min === credits ? t("credits.rule-all") : min > 0 ? t("credits.rule-min", { n: min }) : "";

  /** @param {Choice} choice */
  const spent = (choice) => Object.values(choice.values).reduce((sum, votes) => sum + votes * votes, 0);

  /** @param {Choice} choice @param {string} id */
  const barred = (choice, id) => {
    const price = nextPrice(valueOf(choice, id));
    const left = credits - spent(choice);
    return price > left ? t("credits.full", { n: price, left }) : "";
  };

  return {
    control: "count",
    blank,
    sentence: t("credits.rule", { n: credits, all: ids.length }),
    more: together([t("credits.rule-price"), minimum, blank && t("choose.rule-blank")]),
    barred,
    hint: (choice, id) => {
      const votes = valueOf(choice, id);
      return votes === 0 ? t("credits.first", { n: 1 }) : t("credits.next", { n: nextPrice(votes) });
    },
    shown: (value) => t("credits.votes", { n: value }),

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
        used: spent(choice),
        min,
        whole: credits,
        words: (n) => (n === 0 ? t("credits.none") : t("credits.used", { n })),
        tooFew: t("credits.too-few", { n: min }),
      }),

    restore: (stored) =>
      restored(stored, ids, blank, (choice, _, value) => spent(choice) + value * value <= credits),
  };
}
