import { fill, h, svg } from "../../../lib/dom.js";
import { Part } from "../../../parts/part.js";

/** The tile that is repeated across the page, in pixels. */
const TILE = { width: 380, height: 230 };

/** The styles of what lies over every screen and is never touched; a preview alone has them. */
const OVER = {
  position: "fixed",
  inset: "0",
  "z-index": "1000",
  "pointer-events": "none",
  "print-color-adjust": "exact",
};

/** Says of every screen that it is a preview: in a line at its head, and across the whole of it. */
export class PreviewMark extends Part {
  #line = h("p", { class: "notice" });
  #over = h("div", { class: "watermark", "aria-hidden": "true" });

  /** @param {import("../../../lib/text.js").Texts} t */
  constructor(t) {
    super(t);
    // Not as an attribute, which the page's policy forbids.
    for (const [name, value] of Object.entries(OVER)) this.#over.style.setProperty(name, value);
  }

  connectedCallback() {
    fill(this, this.#line, this.#over);
  }

  /** @param {import("../../../lib/text.js").Texts} t of the preview */
  show(t) {
    const mark = t("preview.mark");
    fill(
      this.#line,
      h("strong", null, mark),
      " ",
      t("preview.text"),
      " ",
      h("a", { href: "#ballots" }, t("preview.choose")),
    );
    const picture = new XMLSerializer().serializeToString(tile(mark));
    this.#over.style.setProperty(
      "background-image",
      `url("data:image/svg+xml,${encodeURIComponent(picture)}")`,
    );
    this.#over.dataset.mark = mark;
  }
}

customElements.define("veche-preview-mark", PreviewMark);

/**
 * The words as a picture, aslant. Their colour is seen on light and on dark.
 * @param {string} words
 */
function tile(words) {
  const { width, height } = TILE;
  const [x, y] = [width / 2, height / 2];
  return svg(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", width, height },
    svg(
      "text",
      {
        x,
        y,
        transform: `rotate(-28 ${x} ${y})`,
        "text-anchor": "middle",
        "font-family": "sans-serif",
        "font-size": 20,
        "font-weight": "bold",
        fill: "#b3261e",
        "fill-opacity": 0.2,
      },
      words,
    ),
  );
}
