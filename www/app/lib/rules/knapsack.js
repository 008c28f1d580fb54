import { chosenIds, done, refused, restored, together, valueOf, withValue } from "./rule.js";

/** @typedef {import("./rule.js").Choice} Choice */
/** @typedef {import("../../../veche-wasm-voter.js").KnapsackRule} KnapsackRule */

/**
 * Spending a budget: any options whose costs together stay within it, perhaps so many in number.
 * @param {KnapsackRule} rule
 * @param {import("./rule.js").Contest} contest
 * @returns {import("./rule.js").Rule}
 */
export function knapsack(rule, { t, options, currency }) {
  const ids = options.map((option) => option.id);
  const costs = new Map(options.map((option) => [option.id, option.cost ?? 0]));
  const { budget, min, blank } = rule;
  const all = ids.length;
  const max = Math.min(rule.max ?? all, all);

  const number =
    min === max
      ? t("knapsack.rule-exact", { n: max })
      : together([
          min > 0 && t("knapsack.rule-min", { n: min }),
          max < all && t("knapsack.rule-max", { n: max }),
        ]);

  /** @param {string} id */
  const costOf = (id) => costs.get(id) ?? 0;
  /** @param {Choice} choice */
  const spent = (choice) => chosenIds(choice).reduce((sum, id) => sum + costOf(id), 0);

  /**
   * Why the money does not reach for an option that is not chosen.
   * @param {Choice} choice
   * @param {string} id
   */
  const tooDear = (choice, id) => {
    if (costOf(id) > budget) return t("knapsack.beyond");
    const over = valueOf(choice, id) > 0 ? 0 : costOf(id) - (budget - spent(choice));
    return over > 0 ? t("knapsack.too-dear", { amount: t.money(over, currency) }) : "";
  };

  /** @param {Choice} choice @param {string} id */
  const barred = (choice, id) => {
    if (costOf(id) > budget) return t("knapsack.beyond");
    if (tooDear(choice, id)) return t("knapsack.full");
    return valueOf(choice, id) === 0 && chosenIds(choice).length >= max ? t("choose.full", { n: max }) : "";
  };

  return {
    control: "tick",
    blank,
    sentence: t("knapsack.rule", { amount: t.money(budget, currency), all }),
    more: together([number, blank && t("choose.rule-blank")]),
    barred,
    hint: tooDear,
    shown: () => "",

    add(choice, id) {
      const reason = barred(choice, id);
      return reason ? refused(choice, reason) : done(withValue(choice, id, 1));
    },

    take: (choice, id) => done(withValue(choice, id, 0)),

    status(choice) {
      const count = chosenIds(choice).length;
      const meter = { part: spent(choice), whole: budget };
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
      const left = t("knapsack.left", { amount: t.money(budget - meter.part, currency) });
      const more =
        missing > 0
          ? count > 0
            ? t("choose.missing", { n: missing })
            : t("choose.missing-all", { n: missing })
          : max < all
            ? count < max
              ? t("knapsack.more", { n: max - count })
              : t("knapsack.no-more")
            : "";
      return {
        count,
        blank: false,
        ready: missing === 0 && count <= max && meter.part <= budget,
        used: count === 0 ? t("choose.count-none") : t("choose.count", { n: count }),
        left: t.joined([left, more]),
        missing: missing > 0 ? t("choose.too-few", { n: min }) : "",
        meter,
      };
    },

    restore: (stored) =>
      restored(stored, ids, blank, (choice, id, value) => value === 1 && barred(choice, id) === ""),
  };
}
