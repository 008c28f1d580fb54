import { fill, h, svg } from "../lib/dom.js";
import { ConfirmationCode } from "./confirmation-code.js";
import { hexValue } from "./copy.js";
import { Part } from "./part.js";

/** @typedef {import("../lib/text.js").Texts} Texts */
/** @typedef {import("../lib/dom.js").Child} Child */
/**
 * What a receipt says, of the ballot and of the election.
 * @typedef {object} Said
 * @property {Child} title        the election's
 * @property {import("../lib/dom.js").Children} style  the ballot's district in words; nothing where there is but one
 * @property {string} code         the confirmation code
 * @property {string} hash         of the whole ballot
 * @property {number} index        its place on the board
 * @property {string} castAt       when, in words
 * @property {string} fingerprint  the election's
 * @property {() => Promise<{ link: string, side: number, path: string }>} draw  the proof as a link, and that as a QR code
 */

/** The stamp of a paper receipt: a ring with a tick. */
const stamp = () =>
  svg(
    "svg",
    { viewBox: "0 0 72 72", class: "stamp", "aria-hidden": "true" },
    svg("circle", { cx: 36, cy: 36, r: 33 }),
    svg("circle", { cx: 36, cy: 36, r: 27, class: "dotted" }),
    svg("path", { d: "m24 37 8.500 8.500L49 28" }),
  );

/** The receipt as a document: on the screen, on paper and for an observer it says the same. */
export class ReceiptDocument extends Part {
  #code = h("div", { class: "receipt-qr", hidden: true });
  #draw;

  /**
   * @param {Texts} t
   * @param {Said} said
   */
  constructor(t, { title, style, code, hash, index, castAt, fingerprint, draw }) {
    super(t);
    this.#draw = draw;
    /** @param {string} term @param {Child | Child[]} value @param {string} [kind] */
    const fact = (term, value, kind) =>
      h("div", { class: kind ?? null }, h("dt", null, term), h("dd", null, value));
    fill(
      this,
      h(
        "article",
        { class: "receipt" },
        h(
          "header",
          null,
          h("div", null, h("p", { class: "receipt-kind" }, this.t("receipt.title")), h("h2", null, title)),
          stamp(),
        ),
        h("p", { class: "receipt-code-title" }, this.t("receipt.code")),
        new ConfirmationCode(this.t, code),
        h(
          "dl",
          null,
          style && fact(this.t("receipt.district"), style),
          fact(this.t("receipt.cast-at"), castAt),
          fact(this.t("receipt.place"), this.t.number(index)),
          fact(this.t("receipt.ballot"), hexValue(t, this.t("receipt.ballot"), hash), "long"),
          fact(
            this.t("receipt.fingerprint"),
            hexValue(t, this.t("receipt.fingerprint"), fingerprint),
            "long",
          ),
        ),
        this.#code,
        h("p", { class: "receipt-promise" }, this.t("receipt.promise")),
        h("p", { class: "receipt-small" }, this.t("receipt.checked")),
      ),
    );
  }

  connectedCallback() {
    if (this.#code.hidden) void this.#show();
  }

  /** The proof as a QR code, so that the camera of another device opens the page that looks the ballot up. */
  async #show() {
    try {
      const { link, side, path } = await this.#draw();
      fill(
        this.#code,
        svg(
          "svg",
          {
            viewBox: `0 0 ${side} ${side}`,
            role: "img",
            "aria-label": this.t("receipt.qr-alt"),
            "shape-rendering": "crispEdges",
          },
          svg("path", { d: path }),
        ),
        h("p", null, h("a", { href: link }, this.t("receipt.qr"))),
        h("p", { class: "receipt-small" }, this.t("receipt.qr-text")),
      );
      this.#code.hidden = false;
    } catch (error) {
      // The receipt says everything without it.
      console.error(error);
    }
  }
}

customElements.define("veche-receipt-document", ReceiptDocument);
