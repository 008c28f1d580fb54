import { h } from "../../../lib/dom.js";
import { msg } from "../../../lib/text.js";
import { labelled } from "../field.js";

/** @typedef {import("../../../lib/text.js").Key} Key */
/** @typedef {import("../../../lib/text.js").Texts} Texts */
/**
 * Files of Pabulib, Decidim or Consul: what was said beside them, and what has to be said yet, by the same names.
 * @typedef {object} Import
 * @property {"pabulib" | "decidim" | "consul"} from
 * @property {Record<string, string | number | boolean | null>} said
 * @property {string[]} needed
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
  { name: "budget", title: msg("describe.import-budget"), kind: "number", of: "exports" },
  { name: "currency", title: msg("describe.import-currency"), kind: "text", of: "exports" },
  { name: "points", title: msg("describe.import-points"), kind: "number", of: "pabulib" },
];

/** @param {Import["from"]} from */
const fieldsOf = (from) =>
  FIELDS.filter(({ of }) => !of || of === (from === "pabulib" ? "pabulib" : "exports"));

/**
 * What files do not say is said here.
 * @param {Texts} t
 * @param {Import} about
 * @param {(said: Record<string, string | number | boolean | null>) => void} send
 * @param {(sentence: string) => void} refuse
 */
export function importForm(t, { from, said, needed }, send, refuse) {
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
  const order = /** @type {HTMLInputElement} */ (
    h("input", { type: "checkbox", name: "import-no-funding", checked: said.no_funding === true })
  );
  const missing = rows.filter(({ name }) => needed.includes(name)).map(({ title }) => t(title));
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
    send({ ...Object.fromEntries(values), no_funding: order.checked });
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
      ),
    h(
      "form",
      { class: "form", novalidate: true, on: { submit } },
      rows.map(({ row }) => row),
      from === "pabulib" &&
        h("label", { class: "row-choice" }, order, h("span", null, t("describe.import-no-funding"))),
      h("button", { type: "submit", class: "button primary" }, t("describe.import-button")),
    ),
  );
}
