import { fill, h, svg } from "../lib/dom.js";
import { quorumOf } from "../lib/manifest.js";
import { Part } from "./part.js";

/** @typedef {import("../lib/text.js").Texts} Texts */
/** @typedef {Record<string, unknown>} Shape */

/** @param {string} d @param {string} [kind] */
const path = (d, kind = "line") => svg("path", { d, class: kind });
/** @param {Shape} shape @param {string} [kind] */
const box = (shape, kind = "line") => svg("rect", { ...shape, class: kind });
/** @param {Shape} shape @param {string} [kind] */
const dot = (shape, kind = "line") => svg("circle", { ...shape, class: kind });

/** A phone with a ticked list. */
const choosing = () => [
  box({ x: 40, y: 6, width: 40, height: 78, rx: 7 }, "paper line"),
  path("M55 12h10"),
  box({ x: 47, y: 22, width: 11, height: 11, rx: 2 }, "tint line"),
  path("m49.500 27.500 2.500 2.500 4.500-5", "mark"),
  path("M63 27.500h10", "soft"),
  box({ x: 47, y: 40, width: 11, height: 11, rx: 2 }),
  path("M63 45.500h8", "soft"),
  box({ x: 47, y: 58, width: 11, height: 11, rx: 2 }, "tint line"),
  path("m49.500 63.500 2.500 2.500 4.500-5", "mark"),
  path("M63 63.500h10", "soft"),
];

/** An envelope closed with a seal, on its way to the box. */
const sealing = () => [
  path("M6 40h14M2 52h18M10 64h10", "soft"),
  box({ x: 28, y: 22, width: 76, height: 52, rx: 4 }, "paper line"),
  path("m28.500 25 37.500 27 37.500-27"),
  path("m29 73 27-27.500M103 73 76 45.500", "soft"),
  dot({ cx: 66, cy: 54, r: 12 }, "seal"),
  path("M61.500 53.500v-3a4.500 4.500 0 0 1 9 0v3", "on-seal"),
  box({ x: 60, y: 53, width: 12, height: 8, rx: 1.5 }, "on-seal-fill"),
];

/** A closed box, keys beside it, and the sums that come out of it. */
const counting = () => [
  box({ x: 6, y: 40, width: 54, height: 42, rx: 4 }, "paper line"),
  path("M21 47.500h24"),
  path("M24 40V24h18v16", "paper line"),
  path("M28 30h10M28 35h7", "soft"),
  dot({ cx: 23, cy: 65, r: 4.5 }, "mark"),
  path("M27.500 65H42m-4 0v5m-5-5v4", "mark"),
  path("M65 61h8m-3.500-3.500L73 61l-3.500 3.500"),
  path("M80 82h36"),
  box({ x: 83, y: 52, width: 8, height: 30, rx: 1 }, "tint line"),
  box({ x: 94, y: 34, width: 8, height: 48, rx: 1 }, "seal"),
  box({ x: 105, y: 62, width: 8, height: 20, rx: 1 }, "tint line"),
];

/**
 * @param {() => SVGElement[]} shapes
 * @param {string} number as the language writes it
 * @param {string} title
 * @param {string} text
 */
const step = (shapes, number, title, text) =>
  h(
    "li",
    null,
    svg("svg", { viewBox: "0 0 120 90", "aria-hidden": "true", focusable: "false" }, shapes()),
    h("div", null, h("h3", null, `${number}. ${title}`), h("p", null, text)),
  );

/** How a vote stays secret, in three drawn steps. */
export class SecretPicture extends Part {
  /**
   * @param {Texts} t
   * @param {{ count: number, threshold: number }} trustees
   */
  constructor(t, trustees) {
    super(t);
    this.trustees = trustees;
  }

  connectedCallback() {
    fill(
      this,
      h("h2", null, this.t("welcome.how")),
      h(
        "ol",
        { class: "secret-steps" },
        step(choosing, this.t.number(1), this.t("welcome.how-1"), this.t("welcome.how-1-text")),
        step(sealing, this.t.number(2), this.t("welcome.how-2"), this.t("welcome.how-2-text")),
        step(
          counting,
          this.t.number(3),
          this.t("welcome.how-3"),
          this.t("welcome.how-3-text", { n: this.trustees.count, t: quorumOf(this.trustees) }),
        ),
      ),
    );
  }
}

customElements.define("veche-secret-picture", SecretPicture);
