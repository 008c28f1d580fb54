import { h } from "../../../lib/dom.js";
import { saveJson } from "../../../lib/download.js";
import { receiptFile } from "../model/receipt-file.js";

/** @typedef {import("../main.js").App} App */
/** @typedef {import("../model/box.js").Cast} Cast */

/**
 * The button that saves a receipt, and what is said once it was pressed. What becomes of the file no page is told.
 * @param {App} app
 * @param {Cast} cast
 * @param {"primary" | "secondary"} weight
 */
export function saving({ t, election }, cast, weight) {
  const said = h("output", { class: "hint" });
  const click = () => {
    const file = t("receipt.file", { code: cast.code });
    saveJson(file, receiptFile(cast, election.config.fingerprint));
    said.textContent = t("receipt.saved", { file });
  };
  const button = h(
    "button",
    { type: "button", class: `button ${weight}`, on: { click } },
    t("receipt.download"),
  );
  return { button, said };
}
