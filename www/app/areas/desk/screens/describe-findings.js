import { h } from "../../../lib/dom.js";

/** @typedef {import("../../../lib/text.js").Texts} Texts */
/** @typedef {{ answer: string, shown: string, means: string | null, whole_column: string | null }} Choice */
/** A question that is answered, said by the program. @typedef {{ place: string, sheet: string | null, row: number | null, column: string | null, cell: string, sentence: string, answer: string, means: string | null }} Answered */
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
/** @typedef {{ findings: Found[], answered: Answered[], columns: Column[], taken: { setting: string, value: string }[], summary: unknown }} Report */

/** What a cell says: whoever wrote it may write in any direction. @param {string} cell */
const written = (cell) => h("span", { class: "cell", dir: "auto" }, cell);

/**
 * A table that scrolls by itself where it is wider than the page. On a narrow screen each row stands as a card, with the
 * heads beside its cells: the roles keep it a table for whoever hears it.
 * @param {string} label
 * @param {string[]} heads
 * @param {HTMLElement[]} rows
 */
export function wideTable(label, heads, rows) {
  for (const row of rows) {
    row.setAttribute("role", "row");
    [...row.children].forEach((cell, at) => {
      cell.setAttribute("role", cell.localName === "th" ? "rowheader" : "cell");
      cell.setAttribute("data-head", heads[at] ?? "");
    });
  }
  return h(
    "div",
    { class: "result-table findings", role: "region", tabindex: "0", "aria-label": label },
    h(
      "table",
      { role: "table" },
      h(
        "thead",
        { role: "rowgroup" },
        h(
          "tr",
          { role: "row" },
          heads.map((head) => h("th", { scope: "col", role: "columnheader" }, head)),
        ),
      ),
      h("tbody", { role: "rowgroup" }, rows),
    ),
  );
}

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
 * Where something was asked, and what stands there. What was typed on the page is in no cell, and its question says what
 * it is about.
 * @param {Texts} t
 * @param {{ sheet: string | null, row: number | null, column: string | null, cell: string | null }} question
 */
const asked = (t, { sheet, row, column, cell }) => [
  sheet && `${t("describe.at", { sheet, row: String(row ?? ""), column: column ?? "" })} `,
  written(cell ?? ""),
  " ",
];

/**
 * Questions with their answers as buttons: for the cell, and for its whole column where one answer can be for it.
 * @param {Texts} t
 * @param {Found[]} open
 * @param {(place: string, answer: string) => void} answer
 */
export const questions = (t, open, answer) =>
  h(
    "ol",
    { class: "questions" },
    open.map((question) => {
      const { sheet, column, place, choices } = question;
      const whole = [...new Set(choices.map((choice) => choice.whole_column))].filter((one) => one !== null);
      const button = (/** @type {string} */ label, /** @type {() => void} */ click) =>
        h("button", { type: "button", class: "button secondary", on: { click } }, label);
      return h(
        "li",
        null,
        h("p", null, asked(t, question), h("strong", null, question.sentence)),
        h(
          "div",
          { class: "actions" },
          choices.map((choice) =>
            button(
              choice.means
                ? t("describe.answer", { answer: choice.shown, means: choice.means })
                : choice.shown,
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
 * Questions that are answered, each with a button that has it asked again.
 * @param {Texts} t
 * @param {Answered[]} known
 * @param {((place: string) => void) | null} ask nothing where nothing can be changed any more
 */
export const answers = (t, known, ask) =>
  h(
    "ul",
    { class: "answered" },
    known.map((question) => {
      const { place, answer, means } = question;
      return h(
        "li",
        null,
        h(
          "p",
          null,
          ...asked(t, question),
          question.sentence,
          " ",
          h("strong", null, h("bdi", null, means ? t("describe.answer", { answer, means }) : answer)),
        ),
        ask &&
          h(
            "div",
            { class: "actions" },
            h(
              "button",
              { type: "button", class: "button secondary", on: { click: () => ask(place) } },
              t("describe.ask-again"),
            ),
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
