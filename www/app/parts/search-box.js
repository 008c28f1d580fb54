import { fill, h, uniqueId } from "../lib/dom.js";

/**
 * Without accents and case, so that "lodz" finds "Łódź"; ł is a letter of its own that no normalisation takes apart.
 * @param {string} text
 */
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/ł/g, "l");

/**
 * Whether every word searched for begins or lies in one of the texts; accents and case do not matter.
 * @param {string} words
 * @param {string[]} texts
 */
export function matches(words, texts) {
  const body = plain(texts.join(" "));
  return plain(words)
    .split(/\s+/)
    .every((word) => body.includes(word));
}

/** A labelled search field that filters while the voter types. */
export class SearchBox extends HTMLElement {
  /**
   * @param {string} label
   * @param {(words: string) => void} onSearch
   */
  constructor(label, onSearch) {
    super();
    const id = uniqueId("search");
    this.field = h("input", {
      id,
      type: "search",
      autocomplete: "off",
      spellcheck: "false",
      enterkeyhint: "search",
    });
    this.field.addEventListener("input", () => onSearch(this.field.value.trim()));
    // Enter in a search field must not submit the form around it.
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
    fill(this, h("label", { for: id }, label), this.field);
  }

  clear() {
    this.field.value = "";
  }
}

customElements.define("veche-search", SearchBox);
