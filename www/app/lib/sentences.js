import { technical, woven } from "./dom.js";

/** @typedef {import("./text.js").Key} Key */
/** @typedef {import("./trouble.js").Trouble} Trouble */

/** Troubles that are said in the words of another one. Every other has a text of its own name. @type {Record<string, string>} */
const LIKE = {
  "too-many-keys": "too-many-requests",
  "too-many-ballots": "too-many-requests",
  "style-unknown": "wrong-style",
  "too-slow": "timeout",
  "server-fault": "server",
  "record-unreadable": "server",
  "other-step": "out-of-order",
  "board-rolled-back": "board-forked",
};

/**
 * The plain sentence for a trouble; for one without a sentence of its own, what the other side said, as text.
 * @param {import("./text.js").Texts} t
 * @param {Trouble} trouble
 */
export const sentence = (t, { code, data, message }) =>
  woven([technical(message)], (detail) => {
    const hour = data.hour ? t.hour(String(data.hour), String(data.zone)) : "";
    const about = { n: Number(data.n ?? 0), detail, hour };
    const text = t(/** @type {Key} */ (`trouble.${LIKE[code] ?? code}`), about);
    // A text that is not there shows its name.
    return text.startsWith("trouble.") ? t("trouble.unknown", about) : text;
  });
