import { h, uniqueId } from "../../lib/dom.js";

/**
 * A field with its label above it and what helps below.
 * @param {string} label
 * @param {Record<string, unknown>} about the attributes of the field
 * @param {string} [hint]
 * @returns {{ field: HTMLInputElement, row: HTMLElement }}
 */
export function labelled(label, about, hint) {
  const id = uniqueId("field");
  const field = /** @type {HTMLInputElement} */ (
    h("input", { type: "text", autocomplete: "off", id, "aria-describedby": hint && `${id}-hint`, ...about })
  );
  const row = h(
    "div",
    { class: "field" },
    h("label", { for: id }, label),
    hint && h("p", { class: "hint", id: `${id}-hint` }, hint),
    field,
  );
  return { field, row };
}
