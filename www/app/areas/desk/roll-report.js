import { h, uniqueId } from "../../lib/dom.js";
import { saveText } from "../../lib/download.js";
import { titleOf } from "./model/people.js";

/** @typedef {import("../../lib/text.js").Key} Key */
/** @typedef {import("../../lib/text.js").Texts} Texts */
/** @typedef {import("./model/people.js").RollProblem} RollProblem */
/** @typedef {import("./model/people.js").RollReport} RollReport */
/** @typedef {import("./model/people.js").District} District */

/** Mistakes that are shown; the file has all that were sent. */
const SHOWN = 200;

/**
 * A table that scrolls by itself where it is wider than the page.
 * @param {string | HTMLElement} caption its own, or the heading above it
 * @param {string[]} headings
 * @param {import("../../lib/dom.js").Children[][]} rows
 */
export function table(caption, headings, rows) {
  const id = typeof caption === "string" ? uniqueId("table") : caption.id;
  return h(
    "div",
    { class: "result-table desk-table", role: "region", tabindex: "0", "aria-labelledby": id },
    h(
      "table",
      null,
      typeof caption === "string" && h("caption", { id }, caption),
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          headings.map((heading) => h("th", { scope: "col" }, heading)),
        ),
      ),
      h(
        "tbody",
        null,
        rows.map(([first, ...cells]) =>
          h(
            "tr",
            null,
            h("th", { scope: "row" }, first ?? ""),
            cells.map((cell) => h("td", null, cell)),
          ),
        ),
      ),
    ),
  );
}

/**
 * A district by its title and its code, as a roll may write either.
 * @param {Texts} t
 * @param {District[]} districts
 * @param {string} id
 */
function district(t, districts, id) {
  const title = titleOf(t, districts, id);
  return title === id ? id : `${title} (${id})`;
}

/**
 * What is wrong in one place of a roll.
 * @param {Texts} t
 * @param {District[]} districts
 * @param {RollProblem} problem
 */
function mistake(t, districts, { mistake, about, sentence }) {
  let [first = "", second = "", third = ""] = about;
  if (["over-electorate", "district-fixed"].includes(mistake)) first = district(t, districts, first);
  if (mistake === "district-unknown" && districts.length > 0) {
    first = districts.map(({ id }) => district(t, districts, id)).join(`${t("app.comma")} `);
  }
  const text = t(/** @type {Key} */ (`people.mistake.${mistake}`), { first, second, third });
  // A text that is not there shows its name: then it is said as the registrar says it.
  return text.startsWith("people.") ? sentence : text;
}

/**
 * What is in a roll.
 * @param {Texts} t
 * @param {District[]} districts
 * @param {RollReport} report
 */
export function contents(t, districts, report) {
  return [
    h(
      "dl",
      { class: "desk-facts" },
      [
        [t("people.roll-rows"), t.number(report.rows)],
        [t("people.roll-right"), t.number(report.people)],
        [t("people.roll-mistakes"), t.number(report.mistakes)],
        report.shared_phones > 0 ? [t("people.roll-shared"), t.number(report.shared_phones)] : [],
        report.mark_column ? [t("people.roll-marks"), report.mark_column] : [],
        report.guessed ? [t("people.roll-guessed"), report.guessed] : [],
        report.other_columns.length > 0 ? [t("people.roll-other"), report.other_columns.join(", ")] : [],
      ]
        .filter(([term]) => term)
        .map(([term, value]) => h("div", null, h("dt", null, term), h("dd", null, value))),
    ),
    table(
      t("people.roll-districts"),
      [t("people.district"), t("people.roll-listed"), t("people.roll-most")],
      report.districts.map(({ style, listed, electorate }) => [
        titleOf(t, districts, style),
        t.number(listed),
        t.number(electorate),
      ]),
    ),
  ];
}

/**
 * Everything that is wrong with a roll, and a file of it to hand back.
 * @param {Texts} t
 * @param {District[]} districts
 * @param {RollReport} report
 */
export function mistakes(t, districts, report) {
  const save = h("button", { type: "button", class: "button secondary" }, t("people.problems-save"));
  save.addEventListener("click", () =>
    saveText(`${t("people.problems-file")}.csv`, "text/csv", file(t, districts, report)),
  );
  const shown = report.problems.slice(0, SHOWN);
  const heading = h("h3", { id: uniqueId("problems") }, t("people.problems-heading"));
  return [
    heading,
    h("p", { class: "lead" }, t("people.problems-text")),
    shown.length < report.mistakes &&
      h("p", null, t("people.problems-some", { shown: shown.length, all: report.mistakes })),
    table(
      heading,
      [
        t("people.problems-row"),
        t("people.problems-column"),
        t("people.problems-cell"),
        t("people.problems-what"),
      ],
      shown.map((problem) => [
        problem.row === null ? t("people.problems-whole") : String(problem.row),
        problem.column ?? "",
        h("bdi", null, problem.cell),
        mistake(t, districts, problem),
      ]),
    ),
    h("div", { class: "actions" }, save),
    h("p", { class: "hint" }, t("people.problems-private")),
  ];
}

/**
 * A table for whoever made the roll, as their spreadsheet reads it.
 * @param {Texts} t
 * @param {District[]} districts
 * @param {RollReport} report
 */
function file(t, districts, { problems, delimiter }) {
  const headings = [
    t("people.problems-row"),
    t("people.problems-column"),
    t("people.problems-cell"),
    t("people.problems-what"),
  ];
  const rows = problems.map((problem) => [
    problem.row === null ? "" : String(problem.row),
    problem.column ?? "",
    problem.cell,
    mistake(t, districts, problem),
  ]);
  // By the mark a spreadsheet knows how the file is encoded.
  return `\ufeff${[headings, ...rows].map((row) => row.map(cell).join(delimiter)).join("\r\n")}\r\n`;
}

/**
 * A text as a cell: quoted, and nothing that a spreadsheet runs.
 * @param {string} text
 */
export const cell = (text) => `"${/^[=+\-@\t\r]/.test(text) ? "'" : ""}${text.replaceAll('"', '""')}"`;

/**
 * Who comes, goes and changes.
 * @param {Texts} t
 * @param {NonNullable<RollReport["comparison"]>} comparison
 */
export const changes = (t, comparison) =>
  h(
    "dl",
    { class: "desk-facts" },
    [
      [t("people.changes-added"), t.number(comparison.added)],
      [t("people.changes-gone"), t.number(comparison.gone)],
      [t("people.changes-moved"), t.number(comparison.moved)],
      [t("people.changes-kept"), t.number(comparison.kept)],
      comparison.gone_with_key ? [t("people.changes-gone-key"), t.number(comparison.gone_with_key)] : [],
      comparison.added_struck_off ? [t("people.changes-struck"), t.number(comparison.added_struck_off)] : [],
    ]
      .filter(([term]) => term)
      .map(([term, value]) => h("div", null, h("dt", null, term), h("dd", null, value))),
  );
