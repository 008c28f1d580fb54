import { fill, h, uniqueId } from "../lib/dom.js";
import { Finder } from "../lib/finder.js";

/** More rows than this are searched. */
export const MANY = 12;

/**
 * A labelled search field that filters while somebody types. Whoever comes back to it with a finger or a mouse finds
 * what stands there selected, so that the next word takes its place without anything being deleted first.
 */
export class SearchBox extends HTMLElement {
  /**
   * @param {string} label
   * @param {(words: string) => void} onSearch
   * @param {{ short?: string }} [settings] what an empty field says in place of a label above it
   */
  constructor(label, onSearch, { short = "" } = {}) {
    super();
    const id = uniqueId("search");
    this.field = h("input", {
      id,
      type: "search",
      autocomplete: "off",
      autocapitalize: "none",
      spellcheck: "false",
      enterkeyhint: "search",
      placeholder: short || null,
    });
    this.field.addEventListener("input", () => onSearch(this.field.value.trim()));
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      // Enter in a search field must not submit the form around it; on a phone it puts the keys away.
      event.preventDefault();
      if (matchMedia("(pointer: coarse)").matches) this.field.blur();
    });
    let entering = false;
    this.field.addEventListener("pointerdown", () => {
      entering = document.activeElement !== this.field;
    });
    this.field.addEventListener("click", () => {
      if (entering) this.field.select();
    });
    fill(this, h("label", { for: id, class: short && "visually-hidden" }, label), this.field);
  }

  /** What is searched for. */
  get words() {
    return this.field.value.trim();
  }

  set words(words) {
    this.field.value = words;
  }
}

customElements.define("veche-search", SearchBox);

/**
 * The search over rows, which hides what is not searched for.
 * @param {string} label
 * @param {{ title: string, row: HTMLElement }[]} rows
 * @returns {SearchBox | false} none where the rows are few
 */
export function searchOf(label, rows) {
  if (rows.length <= MANY) return false;
  const finder = new Finder(rows.map(({ title }) => ({ name: title })));
  return new SearchBox(label, (words) => {
    const found = finder.find(words);
    rows.forEach(({ row }, at) => {
      row.hidden = found !== null && !found.places.includes(at);
    });
  });
}
