import { h } from "../../../lib/dom.js";

/** @typedef {import("../main.js").App} App */

/**
 * For whoever comes back: a ballot was made in this browser and not cast, and this is the way to the last step.
 * @param {App} app
 */
export function unsent(app) {
  const { t, ballot } = app;
  return h(
    "section",
    { class: "unsent" },
    h("h2", null, ballot.follows ? t("last.new-not-cast") : t("last.not-voted")),
    h("p", null, t("last.ready")),
    h("p", { class: "actions" }, h("a", { class: "button primary wide", href: "#review" }, t("last.go"))),
  );
}
