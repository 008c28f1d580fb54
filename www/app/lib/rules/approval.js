import { chosenIds, done, refused, restored, valueOf, withValue, nothing } from "./rule.js";

/** @typedef {import("./rule.js").Choice} Choice */
/** @typedef {import("../../../veche-wasm-voter.js").ApprovalRule} ApprovalRule */

/**
 * Choosing from a list: at least `min`, at most `max`, perhaps a blank vote instead.
 * @param {ApprovalRule} rule
 * @param {import("./rule.js").Contest} contest
 * @returns {import("./rule.js").Rule}
 */
export function approval(rule, { t, options }) {
  const ids = options.map((option) => option.id);
  const { min, blank } = rule;
  const max = Math.min(rule.max, ids.length);
  const all = ids.length;
  // One must be chosen, and choosing another replaces it: then the options are radio buttons.
  const only = min === 1 && max === 1;

  const main =
    min === max
      ? t("choose.rule-exact", { n: max, all })
      : min === 0
        ? t("choose.rule-up-to", { n: max, all })
        : t("choose.rule-range", { min, max, all });

  /** @param {Choice} choice @param {string} id */
  const barred = (choice, id) =>
    max > 1 && valueOf(choice, id) === 0 && chosenIds(choice).length >= max
      ? t("choose.full", { n: max })
      : "";

  return {
    control: only ? "radio" : "tick",
    blank,
    sentence: main,
    more: blank ? t("choose.rule-blank") : "",
    barred,
    hint: () => "",
    shown: () => "",

    add(choice, id) {
      const before = chosenIds(choice);
      if (max === 1 && before.length > 0 && !before.includes(id)) {
        return { choice: withValue(nothing(), id, 1), refused: "", swapped: true };
      }
      const reason = barred(choice, id);
      return reason ? refused(choice, reason) : done(withValue(choice, id, 1));
    },

    take: (choice, id) => done(only ? choice : withValue(choice, id, 0)),

    status(choice) {
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
      const missing = Math.max(0, min - count);
      const left = max - count;
      return {
        count,
        blank: false,
        ready: missing === 0 && left >= 0,
        used: count === 0 ? t("choose.count-none") : t("choose.count", { n: count }),
        left:
          missing > 0
            ? count > 0
              ? t("choose.missing", { n: missing })
              : t("choose.missing-all", { n: missing })
            : left > 0
              ? t("choose.left", { n: left })
              : t("choose.left-none"),
        missing: missing > 0 ? t("choose.too-few", { n: min }) : "",
        meter: null,
      };
    },

    restore: (stored) =>
      restored(stored, ids, blank, (choice, _, value) => value === 1 && chosenIds(choice).length < max),
  };
}
