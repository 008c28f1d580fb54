import { h } from "../../lib/dom.js";
import { table } from "./roll-report.js";
import { momentOf, titleOf } from "./model/people.js";

/** @typedef {import("../../lib/text.js").Key} Key */
/** @typedef {import("./model/people.js").JournalLine} JournalLine */

/**
 * What was done by hand, the newest first.
 * @param {import("../../lib/text.js").Texts} t
 * @param {import("./model/people.js").People} people
 * @param {JournalLine[]} lines
 */
export function journal(t, people, lines) {
  if (lines.length === 0) return h("p", null, t("people.journal-none"));
  return table(
    t("people.journal"),
    [t("people.journal-at"), t("people.journal-what"), t("people.journal-who"), t("people.reason")],
    [...lines]
      .reverse()
      .map((line) => [
        momentOf(t, people, line.at),
        what(t, people.districts, line),
        h("bdi", null, line.operator),
        h("bdi", null, line.reason),
      ]),
  );
}

/**
 * @param {import("../../lib/text.js").Texts} t
 * @param {import("./model/people.js").District[]} districts
 * @param {JournalLine} line
 */
function what(t, districts, { what, style, people }) {
  const text = t(/** @type {Key} */ (`people.did.${what.replaceAll(" ", "-")}`));
  // A text that is not there shows its name: then it is said as the journal says it.
  const done = text.startsWith("people.") ? what : text;
  if (style) return `${done} (${titleOf(t, districts, style)})`;
  return people === null ? done : `${done} (${t.number(people)})`;
}
