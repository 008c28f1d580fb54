import { fill, h } from "../../../lib/dom.js";

/** @typedef {import("../main.js").App} App */

/**
 * Fills a paragraph with whether voting is open, and since or until when.
 * @param {HTMLElement} paragraph
 * @param {App} app
 */
export function showHours(paragraph, { t, announcement }) {
  const { stage, closes, cancelled, clockOffset, manifest } = announcement;
  const { opens, time_zone: zone } = manifest;
  const now = Date.now() + clockOffset;
  // Somebody opens it by hand, and may be late.
  const late = Date.parse(opens) <= now;
  const early = cancelled || closes > now;
  const [state, when] = {
    before: [
      t("welcome.before"),
      late
        ? t("welcome.before-late", { date: t.hour(opens, zone) })
        : t("welcome.before-from", { date: t.hour(opens, zone) }),
    ],
    open: [t("welcome.open"), t("welcome.open-until", { date: t.hour(closes, zone) })],
    closed: [
      cancelled ? t("welcome.cancelled") : t("welcome.closed"),
      early ? t("welcome.closed-early") : t("welcome.closed-at", { date: t.hour(closes, zone) }),
    ],
  }[stage];
  paragraph.className = `dates ${stage}`;
  fill(paragraph, h("strong", null, state), " ", h("span", null, when));
}
