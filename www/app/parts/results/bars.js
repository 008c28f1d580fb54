import { h, svg, uniqueId } from "../../lib/dom.js";

/** @typedef {import("../../lib/dom.js").Children} Children */

/**
 * A horizontal bar. It is for the eyes alone: the number always stands beside it in words.
 * @param {number} part
 * @param {number} whole
 * @param {"solid" | "hollow"} look solid is funded, or simply a bar; hollow is not funded
 */
export function bar(part, whole, look = "solid") {
  // A sliver for what is not nothing, so that it can be told from nothing.
  const width = whole > 0 && part > 0 ? Math.max(0.6, (100 * part) / whole) : 0;
  return svg(
    "svg",
    {
      class: `result-bar ${look}`,
      viewBox: "0 0 100 10",
      preserveAspectRatio: "none",
      "aria-hidden": "true",
      focusable: "false",
    },
    svg("rect", { class: "rail", x: 0, y: 0, width: 100, height: 10 }),
    width > 0 && svg("rect", { class: "part", x: 0, y: 0, width, height: 10 }),
  );
}

/** A tick in a circle, or a dash: funded or not, by shape. @param {boolean} funded */
export const mark = (funded) =>
  svg(
    "svg",
    {
      class: `result-mark ${funded ? "yes" : "no"}`,
      viewBox: "0 0 20 20",
      "aria-hidden": "true",
      focusable: "false",
    },
    svg("circle", { cx: 10, cy: 10, r: 9 }),
    svg("path", { d: funded ? "m5.800 10.400 2.900 2.900 5.600-6.200" : "M6 10h8" }),
  );

/**
 * A hundred people, the first of them drawn full.
 * @param {number} full
 */
export function hundred(full) {
  const person = (/** @type {number} */ place) =>
    svg(
      "g",
      {
        class: place < full ? "voted" : "stayed",
        transform: `translate(${(place % 20) * 10} ${Math.floor(place / 20) * 16})`,
      },
      svg("circle", { cx: 5, cy: 3.6, r: 2.1 }),
      svg("path", { d: "M1.600 13.400c0-4.200 1.400-6 3.400-6s3.400 1.800 3.400 6z" }),
    );
  return svg(
    "svg",
    { class: "hundred", viewBox: "0 0 200 80", "aria-hidden": "true", focusable: "false" },
    Array.from({ length: 100 }, (_, place) => person(place)),
  );
}

/**
 * A table that can be scrolled sideways by hand and by key where it is wider than the page.
 * @param {Children} caption
 * @param {Children[]} columns
 * @param {{ head: Children, cells: Children[], row?: Record<string, unknown> }[]} rows
 */
export function table(caption, columns, rows) {
  const id = uniqueId("table");
  return h(
    "div",
    { class: "result-table", role: "region", tabindex: "0", "aria-labelledby": id },
    h(
      "table",
      null,
      h("caption", { id }, caption),
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          columns.map((column) => h("th", { scope: "col" }, column)),
        ),
      ),
      h(
        "tbody",
        null,
        rows.map(({ head, cells, row }) =>
          h(
            "tr",
            row ?? null,
            h("th", { scope: "row" }, head),
            cells.map((cell) => h("td", null, cell)),
          ),
        ),
      ),
    ),
  );
}
