import { h } from "../lib/dom.js";
import { msg } from "../lib/text.js";
import { CopyButton, verbatim } from "./copy.js";

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

/** A telephone number as people write it: so many digits that it is neither a day nor two years. */
const PHONE = /(\+?\(?(?:\d[\s()/-]{0,2}){8,14}\d)/;

/**
 * Who stands behind a vote, each text behind its name. It is plain text, so it cannot lead anybody anywhere; a telephone
 * number in it can be copied, and its groups keep their order.
 * @param {Texts} t
 * @param {Manifest} manifest
 */
export const behind = (t, manifest) =>
  NAMES.map(([key, title]) => {
    const text = manifest[key];
    const { words, language } = t.from(text);
    return (
      text &&
      h(
        "details",
        { class: "about", "data-about": key },
        h("summary", null, t(title)),
        h(
          "p",
          { lang: language, dir: "auto" },
          words.split(PHONE).flatMap((part, at) => {
            const shown = verbatim(part);
            return at % 2 ? [shown, " ", new CopyButton(t, t(title), part, shown)] : part;
          }),
        ),
      )
    );
  });

/**
 * Where a voter finds what comes of the vote, and that nobody has to believe it.
 * @param {Texts} t
 */
export const onward = (t) => [
  h("a", { href: "#results" }, t("about.results")),
  h("a", { href: "#verify" }, t("about.verify")),
];
