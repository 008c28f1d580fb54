import { fill, h, heading, svg } from "../../../lib/dom.js";
import { msg } from "../../../lib/text.js";
import { Screen } from "../../../parts/screen.js";
import { saving } from "./saving.js";

/** @typedef {import("../main.js").App} App */

/**
 * Shown only when the receipt, the box's signature and its unbroken history have been checked.
 * @extends {Screen<App>}
 */
export class ReceiptScreen extends Screen {
  static step = /** @type {const} */ ("cast");
  static title = msg("cast.in-box");
  /** @param {App} app */
  static guard = (app) => (app.ballot.cast ? null : "mine");

  /** @param {App} app */
  constructor(app) {
    super(app);
    const cast = app.ballot.cast;
    if (!cast) return;
    const save = saving(app, cast, "primary");
    const title = heading(
      svg(
        "svg",
        { viewBox: "0 0 32 32", class: "good-sign", "aria-hidden": "true" },
        svg("circle", { cx: 16, cy: 16, r: 15 }),
        svg("path", { d: "m9 16.500 5 5 9.500-10" }),
      ),
      this.t("cast.in-box"),
    );
    fill(
      this,
      title,
      h("p", { class: "lead" }, this.t("cast.in-box-text")),
      app.voting.receipt(cast),
      h(
        "p",
        { class: "actions" },
        save.button,
        h(
          "button",
          { type: "button", class: "button secondary", on: { click: () => window.print() } },
          this.t("receipt.print"),
        ),
        save.said,
      ),
      h("p", null, this.t("receipt.keep")),
      h("p", null, this.t("receipt.done")),
      h(
        "p",
        { class: "actions" },
        h("a", { class: "link", href: "#mine" }, this.t("app.mine")),
        h(
          "button",
          { type: "button", class: "link", on: { click: () => app.voting.another() } },
          this.t("mine.other"),
        ),
      ),
    );
  }
}

customElements.define("veche-receipt", ReceiptScreen);
