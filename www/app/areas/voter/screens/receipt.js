import { fill, h, heading, svg } from "../../../lib/dom.js";
import { t } from "../../../lib/text.js";
import { ReceiptDocument } from "../../../parts/receipt-document.js";

/** @typedef {import("../main.js").App} App */

/** Shown only when the receipt, the box's signature and its unbroken history have been checked. */
export class ReceiptScreen extends HTMLElement {
  static step = /** @type {const} */ ("cast");
  static title = () => t("cast.in-box");
  /** @param {App} app */
  static guard = (app) => (app.ballot.cast ? null : "mine");

  /** @param {App} app */
  constructor(app) {
    super();
    const cast = app.ballot.cast;
    if (!cast) return;
    const title = heading(
      svg(
        "svg",
        { viewBox: "0 0 32 32", class: "good-sign", "aria-hidden": "true" },
        svg("circle", { cx: 16, cy: 16, r: 15 }),
        svg("path", { d: "m9 16.500 5 5 9.500-10" }),
      ),
      t("cast.in-box"),
    );
    fill(
      this,
      title,
      h("p", { class: "lead" }, t("cast.in-box-text")),
      new ReceiptDocument(cast, app.election),
      h(
        "p",
        { class: "actions" },
        h(
          "button",
          { type: "button", class: "button primary", on: { click: () => app.saveReceipt(cast) } },
          t("receipt.download"),
        ),
        h(
          "button",
          { type: "button", class: "button secondary", on: { click: () => window.print() } },
          t("receipt.print"),
        ),
      ),
      h("p", null, t("receipt.keep")),
      h("p", null, t("receipt.done")),
      h(
        "p",
        { class: "actions" },
        h("a", { class: "link", href: "#mine" }, t("app.mine")),
        h("button", { type: "button", class: "link", on: { click: () => app.another() } }, t("mine.other")),
      ),
    );
  }
}

customElements.define("veche-receipt", ReceiptScreen);
