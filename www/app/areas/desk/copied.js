import { h } from "../../lib/dom.js";
import { verbatim } from "../../parts/copy.js";

/** @typedef {import("../../lib/text.js").Texts} Texts */
/**
 * What was copied into a new folder, as `POST /desk/v1/freeze/anew` says it.
 * @typedef {object} Copied
 * @property {string} command opens the desk of the new folder
 * @property {string | null} files where the spreadsheet is now
 * @property {string[]} dated the texts of the copied vote that name a year
 */

/**
 * That a vote was copied, and what a person has to look at in the copy.
 * @param {Texts} t
 * @param {Copied} copied
 */
export const copied = (t, { command, files, dated }) => [
  h("p", { class: "callout", role: "status" }, t("freeze.copied"), " ", verbatim(command, "command")),
  h("h2", null, t("next.check")),
  h(
    "ul",
    { class: "desk-check" },
    h("li", null, t("next.check-hours")),
    h("li", null, t("next.check-money")),
    h("li", null, t("next.check-keys")),
    dated.length > 0 && [
      h(
        "li",
        null,
        t("next.dated"),
        h(
          "ul",
          null,
          dated.map((text) => h("li", null, h("bdi", null, text))),
        ),
      ),
    ],
  ),
  files && h("p", null, t("next.check-file"), " ", verbatim(files)),
];
