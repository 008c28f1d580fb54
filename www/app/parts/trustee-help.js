import { h } from "../lib/dom.js";

/** @typedef {import("../../veche-wasm-observer.js").TrusteeBoardStatus} Status */

/**
 * How many devices that forget end the vote.
 * @param {import("../lib/text.js").Texts} t
 * @param {Status} status
 */
export function lostDevices(t, { trustees, quorum, recoverable }) {
  if (recoverable) return t("help.forget-witnessed");
  return t("help.forget", { n: trustees.length - quorum + 1, all: trustees.length });
}

/**
 * Why there are trustees, what they do, and what must never happen.
 * @param {import("../lib/text.js").Texts} t
 * @param {Status} status
 */
export function trusteeHelp(t, status) {
  const { trustees, threshold, quorum } = status;
  const facts = { all: trustees.length, threshold, quorum, n: trustees.length - quorum + 1 };
  return h(
    "div",
    { class: "after-form help" },
    h(
      "details",
      { class: "fold" },
      h("summary", null, t("help.steps")),
      h(
        "ol",
        null,
        h("li", null, t("help.share")),
        h("li", null, quorum === trustees.length ? t("help.exchange-all", facts) : t("help.exchange", facts)),
        h("li", null, t("help.confirm")),
        h("li", null, t("help.rehearse")),
        h("li", null, t("help.decrypt", facts)),
      ),
    ),
    h(
      "details",
      { class: "fold" },
      h("summary", null, t("help.danger")),
      h(
        "ul",
        null,
        h("li", null, t("help.danger-together", facts)),
        h("li", null, t("help.danger-lost", facts)),
        h("li", null, lostDevices(t, status)),
        h("li", null, t("help.danger-undo")),
        h("li", null, t("help.danger-device")),
        h("li", null, t("help.danger-page")),
      ),
    ),
    h(
      "details",
      { class: "fold" },
      h("summary", null, t("help.wrong")),
      h(
        "ul",
        null,
        h("li", null, t("help.wrong-device")),
        h("li", null, t("help.wrong-words")),
        h("li", null, t("help.wrong-other")),
        h("li", null, t("help.wrong-stop")),
      ),
    ),
  );
}
