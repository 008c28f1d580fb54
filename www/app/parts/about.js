import { h, said } from "../lib/dom.js";
import { msg } from "../lib/text.js";

/** @typedef {import("../lib/text.js").Texts} Texts */
/** @typedef {import("../../veche-wasm-voter.js").Manifest} Manifest */

/** What the people who run a vote say of themselves, in the order in which it is needed. */
const NAMES = /** @type {const} */ ([
  ["help", msg("about.help")],
  ["contact", msg("about.contact")],
  ["otherwise", msg("about.otherwise")],
  ["accessibility", msg("about.accessibility")],
  ["privacy", msg("about.privacy")],
]);

/**
 * Who stands behind a vote, each text behind its name. It is plain text, so it cannot lead anybody anywhere.
 * @param {Texts} t
 * @param {Manifest} manifest
 */
export const behind = (t, manifest) =>
  NAMES.map(([key, title]) => {
    const text = manifest[key];
    return (
      text &&
      h(
        "details",
        { class: "about", "data-about": key },
        h("summary", null, t(title)),
        h("p", null, said(t, text)),
      )
    );
  });
