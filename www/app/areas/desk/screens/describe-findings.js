import { h } from "../../../lib/dom.js";

/** @typedef {import("../../../lib/text.js").Texts} Texts */
/** @typedef {{ answer: string, means: string | null, whole_column: string | null }} Choice */
/**
 * Something found in a spreadsheet, said in the page's language by the program.
 * @typedef {object} Found
 * @property {"error" | "question" | "warning"} severity
 * @property {string} code
 * @property {string | null} sheet
 * @property {number | null} row
 * @property {string | null} column
 * @property {string | null} place
 * @property {string} cell
 * @property {string} sentence
 * @property {Choice[]} choices
 */
/** @typedef {{ sheet: string, column: string, header: string, kind: string, doubtful: boolean }} Column */
/** @typedef {{ findings: Found[], columns: Column[], taken: { setting: string, value: string }[], summary: unknown }} Report */

/** What a cell says: whoever wrote it may write in any direction. @param {string} cell */
const written = (cell) => h("span", { class: "cell", dir: "auto" }, cell);

/**
 * A table that scrolls by itself where it is wider than the page.
 * @param {string} label
 * @param {string[]} heads
 * @param {import("../../../lib/dom.js").Children} rows
 */
export const wideTable = (label, heads, rows) =>
  h(
    "div",
    { class: "result-table findings", role: "region", tabindex: "0", "aria-label": label },
    h(
      "table",
      null,
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          heads.map((head) => h("th", { scope: "col" }, head)),
        ),
      ),
      h("tbody", null, rows),
    ),
  );

/**
 * @param {Texts} t
 * @param {string} label
 * @param {Found[]} findings
 */
export const findingsTable = (t, label, findings) =>
  wideTable(
    label,
    [t("describe.sheet"), t("describe.row"), t("describe.column"), t("describe.cell"), t("describe.what")],
    findings.map(({ sheet, row, column, cell, sentence }) =>
      h(
        "tr",
        null,
        h("td", null, sheet && written(sheet)),
        h("td", null, row !== null && String(row)),
        h("td", null, column),
        h("td", null, cell && written(cell)),
        h("td", { class: "what" }, sentence),
      ),
    ),
  );

/**
 * Questions with their answers as buttons: for the cell, and for its whole column where one answer can be for it.
 * @param {Texts} t
 * @param {Found[]} asked
 * @param {(place: string, answer: string) => void} answer
 */
export const questions = (t, asked, answer) =>
  h(
    "ol",
    { class: "questions" },
    asked.map(({ sheet, row, column, place, cell, sentence, choices }) => {
      const whole = [...new Set(choices.map((choice) => choice.whole_column))].filter((one) => one !== null);
      const button = (/** @type {string} */ label, /** @type {() => void} */ click) =>
        h("button", { type: "button", class: "button secondary", on: { click } }, label);
      return h(
        "li",
        null,
        h(
          "p",
          null,
          // What was typed on the page is in no cell, and its question says what it is about.
          sheet && [t("describe.at", { sheet, row: String(row ?? ""), column: column ?? "" }), " "],
          written(cell),
          " ",
          h("strong", null, sentence),
        ),
        h(
          "div",
          { class: "actions" },
          choices.map((choice) =>
            button(
              choice.means
                ? t("describe.answer", { answer: choice.answer, means: choice.means })
                : choice.answer,
              () => answer(place ?? "", choice.answer),
            ),
          ),
          whole.map((word) => {
            const title = choices.find((choice) => choice.whole_column === word)?.means ?? word;
            return button(t("describe.whole-column", { column: column ?? "", means: title }), () =>
              answer(`${sheet}!${column}`, word),
            );
          }),
        ),
      );
    }),
  );

/**
 * How columns were understood.
 * @param {Texts} t
 * @param {Column[]} columns
 */
export const columnsTable = (t, columns) =>
  wideTable(
    t("describe.columns"),
    [t("describe.sheet"), t("describe.column"), t("describe.header"), t("describe.taken-as")],
    columns.map(({ sheet, column, header, kind }) =>
      h(
        "tr",
        null,
        h("td", null, written(sheet)),
        h("td", null, column),
        h("td", null, written(header)),
        h("td", null, kind ? written(kind) : t("describe.left-out")),
      ),
    ),
  );
