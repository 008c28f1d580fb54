import { fill, h, svg } from "../lib/dom.js";
import { grouped } from "../lib/encoding.js";
import { dateAndTime, localised, number, t } from "../lib/text.js";
import { ConfirmationCode } from "./confirmation-code.js";

/** @typedef {import("../areas/voter/model/box.js").Cast} Cast */
/** @typedef {import("../areas/voter/model/election.js").Election} Election */

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
export class ReceiptDocument extends HTMLElement {
  #code = h("div", { class: "receipt-qr", hidden: true });

  /**
   * @param {Cast} cast
   * @param {Election} election
   */
  constructor(cast, election) {
    super();
    this.cast = cast;
    this.election = election;
    const style = election.styleTitle(cast.style);
    /** @param {string} term @param {string} value @param {string} [kind] */
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
          h(
            "div",
            null,
            h("p", { class: "receipt-kind" }, t("receipt.title")),
            h("h2", null, localised(election.manifest.title)),
          ),
          stamp(),
        ),
        h("p", { class: "receipt-code-title" }, t("receipt.code")),
        new ConfirmationCode(cast.code),
        h(
          "dl",
          null,
          election.ballotStyles.length > 1 && style && fact(t("receipt.district"), style),
          fact(t("receipt.cast-at"), dateAndTime(cast.castAt)),
          fact(t("receipt.place"), number(cast.index)),
          fact(t("receipt.ballot"), grouped(cast.hash), "long"),
          fact(t("receipt.fingerprint"), grouped(election.config.fingerprint), "long"),
        ),
        this.#code,
        h("p", { class: "receipt-promise" }, t("receipt.promise")),
        h("p", { class: "receipt-small" }, t("receipt.checked")),
      ),
    );
  }

  connectedCallback() {
    if (this.#code.hidden) void this.#draw();
  }

  /** The proof as a QR code, so that the camera of another device opens the page that looks the ballot up. */
  async #draw() {
    const { engine } = this.election;
    try {
      const receipt = await engine.call("receiptText", { receipt: this.cast.receipt });
      const link = new URL(`./#find=${receipt}`, document.baseURI).href;
      const { side, path } = await engine.call("qrCode", { text: link });
      fill(
        this.#code,
        svg(
          "svg",
          {
            viewBox: `0 0 ${side} ${side}`,
            role: "img",
            "aria-label": t("find.qr-alt"),
            "shape-rendering": "crispEdges",
          },
          svg("path", { d: path }),
        ),
        h("p", null, h("a", { href: link }, t("find.qr"))),
        h("p", { class: "receipt-small" }, t("find.qr-text")),
      );
      this.#code.hidden = false;
    } catch (error) {
      // The receipt says everything without it.
      console.error(error);
    }
  }
}

customElements.define("veche-receipt-document", ReceiptDocument);
