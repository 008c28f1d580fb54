import { h } from "../../lib/dom.js";
import { CopyButton, verbatim } from "../../parts/copy.js";

/**
 * The command that does what a button does.
 * @param {import("../../lib/text.js").Texts} t
 * @param {string} command
 */
export function sameCommand(t, command) {
  const shown = verbatim(command, "command");
  return h(
    "details",
    { class: "same-command" },
    h("summary", null, t("desk.command")),
    h("p", null, shown, " ", new CopyButton(t, t("desk.command"), command, shown)),
  );
}
