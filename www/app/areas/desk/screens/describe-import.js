import { h, uniqueId } from "../../../lib/dom.js";
import { msg } from "../../../lib/text.js";
import { labelled } from "../field.js";

/** @typedef {import("../../../lib/text.js").Key} Key */
/** @typedef {import("../../../lib/text.js").Texts} Texts */
/**
 * What is said beside files. Money is kept as it was typed.
 * @typedef {Record<string, string | number | boolean | null | Record<string, string>>} Said
 */
/** A list of the files' projects, and its money where that is known. @typedef {{ id: string, name: string, budget?: number }} List */
/**
 * Files of Pabulib, Decidim or Consul: what was said beside them, and what has to be said yet, by the same names.
 * @typedef {object} Import
 * @property {"pabulib" | "decidim" | "consul"} from
 * @property {Said & { budgets?: Record<string, string> }} said
 * @property {string[]} needed
 * @property {List[]} lists
 */

/** Where files come from. @type {Record<Import["from"], Key>} */
const FROM = {
  pabulib: msg("describe.from-pabulib"),
  decidim: msg("describe.from-decidim"),
  consul: msg("describe.from-consul"),
};

/** What can be said beside files: its name, its words, its field, and whose files have use for it. @type {{ name: string, title: Key, kind: "text" | "number" | "datetime-local", of?: "exports" | "pabulib" }[]} */
const FIELDS = [
  { name: "title", title: msg("describe.import-title"), kind: "text" },
  { name: "language", title: msg("describe.import-language"), kind: "text" },
  { name: "opens", title: msg("describe.import-opens"), kind: "datetime-local" },
  { name: "closes", title: msg("describe.import-closes"), kind: "datetime-local" },
  { name: "time_zone", title: msg("describe.import-zone"), kind: "text" },
  { name: "electorate", title: msg("describe.import-electorate"), kind: "number" },
  { name: "pick", title: msg("describe.import-pick"), kind: "number", of: "exports" },
  { name: "currency", title: msg("describe.import-currency"), kind: "text", of: "exports" },
  { name: "points", title: msg("describe.import-points"), kind: "number", of: "pabulib" },
  { name: "trustees", title: msg("describe.import-trustees"), kind: "number" },
  { name: "threshold", title: msg("describe.import-threshold"), kind: "number" },
];

/** @param {Import["from"]} from */
const fieldsOf = (from) =>
  FIELDS.filter(({ of }) => !of || of === (from === "pabulib" ? "pabulib" : "exports"));

/**
 * The money of each list, which no export has.
 * @param {Texts} t
 * @param {Import} about
 */
function money(t, { from, said, lists }) {
  const budgets = said.budgets ?? {};
  if (from === "pabulib" || lists.length === 0) return { rows: null, typed: () => budgets };
  const fields = lists.map(({ id, name, budget }) => {
    const { field, row } = labelled(t("describe.import-budget", { list: name }), {
      name: "import-budget",
      inputmode: "text",
      value: budgets[id] ?? String(budget ?? ""),
      dir: "ltr",
    });
    return { id, field, row };
  });
  const rows = h(
    "fieldset",
    { class: "form" },
    h("legend", null, t("describe.import-budgets")),
    h("p", { class: "hint" }, t("describe.import-budgets-hint")),
    fields.map(({ row }) => row),
  );
  // What was typed for a list that this file does not have stays for a file that has it.
  const typed = () => ({
    ...budgets,
    ...Object.fromEntries(fields.map(({ id, field: { value } }) => [id, value.trim()])),
  });
  return { rows, typed };
}

/**
 * Projects of which one at most wins: a group a line. Only a file that says who is funded has use for it.
 * @param {Texts} t
 * @param {Import} about
 */
function exclusive(t, { from, said }) {
  if (from !== "pabulib") return { row: null, typed: () => said.exclusive ?? null };
  const id = uniqueId("exclusive");
  const field = /** @type {HTMLTextAreaElement} */ (
    h("textarea", { id, name: "import-exclusive", rows: 3, dir: "ltr", "aria-describedby": `${id}-hint` })
  );
  field.value = String(said.exclusive ?? "");
  const row = h(
    "div",
    { class: "field" },
    h("label", { for: id }, t("describe.import-exclusive")),
    h("p", { class: "hint", id: `${id}-hint` }, t("describe.import-exclusive-hint")),
    field,
  );
  return { row, typed: () => field.value.trim() || null };
}

/**
 * What files do not say is said here.
 * @param {Texts} t
 * @param {Import} about
 * @param {(said: Said) => void} send
 * @param {(sentence: string) => void} refuse
 */
export function importForm(t, about, send, refuse) {
  const { from, said, needed, lists } = about;
  const rows = fieldsOf(from).map(({ name, title, kind }) => {
    const zone = name === "time_zone" ? Intl.DateTimeFormat().resolvedOptions().timeZone : null;
    const { field, row } = labelled(t(title), {
      type: kind === "number" ? "text" : kind,
      inputmode: kind === "number" ? "numeric" : null,
      name: `import-${name}`,
      value: String(said[name] ?? zone ?? ""),
      dir: name === "title" ? "auto" : "ltr",
    });
    return { name, title, kind, field, row };
  });
  const budgets = money(t, about);
  const rivals = exclusive(t, about);
  const order = /** @type {HTMLInputElement} */ (
    h("input", { type: "checkbox", name: "import-no-funding", checked: said.no_funding === true })
  );
  const missing = rows.filter(({ name }) => needed.includes(name)).map(({ title }) => t(title));
  const unpaid = lists.filter(({ id, budget }) => budget === undefined && !said.budgets?.[id]);
  const text = FROM[from];
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const odd = rows.some(
      ({ kind, field: { value, validity } }) =>
        !validity.valid || (kind === "number" && !/^([1-9][0-9]{0,8})?$/.test(value.trim())),
    );
    if (odd) return refuse(t("describe.import-invalid"));
    const values = rows.map(({ name, kind, field: { value } }) => {
      const written = value.trim();
      return [name, written === "" ? null : kind === "number" ? Number(written) : written];
    });
    send({
      ...Object.fromEntries(values),
      no_funding: order.checked,
      budgets: budgets.typed(),
      exclusive: rivals.typed(),
      // What was typed before a question about it was answered, so that it can be asked again.
      answered: said.answered ?? {},
    });
  };
  return h(
    "section",
    null,
    h("h2", null, t("describe.import")),
    h("p", null, t(text)),
    missing.length > 0 &&
      h(
        "p",
        { class: "callout", role: "status" },
        t("describe.import-needed", { names: missing.join(`${t("app.comma")} `) }),
        needed.includes("pick") && [
          " ",
          t("describe.import-or-budgets", { lists: t.listOf(unpaid.map(({ name }) => name)) }),
        ],
      ),
    h(
      "form",
      { class: "form", novalidate: true, on: { submit } },
      rows.map(({ row }) => row),
      budgets.rows,
      rivals.row,
      from === "pabulib" &&
        h("label", { class: "row-choice" }, order, h("span", null, t("describe.import-no-funding"))),
      h("button", { type: "submit", class: "button primary" }, t("describe.import-button")),
    ),
  );
}
