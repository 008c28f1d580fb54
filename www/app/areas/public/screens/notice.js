import { said, woven } from "../../../lib/dom.js";

/** @typedef {import("../../../lib/text.js").Texts} Texts */
/** @typedef {import("../../../lib/text.js").Key} Key */
/** @typedef {import("../../../../veche-wasm-observer.js").AuditNotice} AuditNotice */
/** @typedef {import("../../../../veche-wasm-observer.js").Manifest} Manifest */

/**
 * What no check can judge, in the reader's language; the organiser's words in theirs.
 * @param {Texts} t
 * @param {AuditNotice} notice
 * @param {Manifest | null} manifest
 */
export function noticeText(t, notice, manifest) {
  const { code, count, after_ballot: after = 0, words, style = -1, ...numbers } = notice;
  const hours = Object.fromEntries(
    Object.entries({ time: notice.time, announced: notice.announced, closes: notice.closes }).map(
      ([name, seconds]) => [name, t.hour((seconds ?? 0) * 1_000, manifest?.time_zone ?? "UTC")],
    ),
  );
  return [
    woven([said(t, manifest?.styles[style]?.title)], (mark) =>
      t(/** @type {Key} */ (`verify.notice.${code}`), {
        ...numbers,
        ...hours,
        n: count ?? 0,
        after,
        style: mark,
      }),
    ),
    words && [" ", said(t, words)],
  ].flat(2);
}
