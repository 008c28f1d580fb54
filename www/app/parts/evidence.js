import { h } from "../lib/dom.js";
import { saveJson } from "../lib/download.js";

/** @typedef {import("../lib/trouble.js").Trouble} Trouble */

/**
 * Saves what the box has signed against itself.
 * @param {import("../lib/text.js").Texts} t
 * @param {Trouble} trouble
 */
export function evidenceButton(t, trouble) {
  return h(
    "button",
    {
      type: "button",
      class: "button primary",
      on: { click: () => saveJson(t("stop.file"), { trouble: trouble.code, evidence: trouble.evidence }) },
    },
    t("stop.evidence"),
  );
}
