/**
 * The only ways this site puts anything on the page. Every text goes in as a text node, so nothing that comes from a
 * manifest or a server can become markup, and the page can forbid markup sinks altogether (Trusted Types).
 */

/** @typedef {Node | string | number | null | undefined | false} Child */
/** @typedef {Child | Child[]} Children */
/**
 * Attribute values; `on` maps event names to listeners, `false`, `null` and `undefined` leave the attribute out.
 * @typedef {{ on?: Record<string, (event: any) => void> } & Record<string, unknown>} Attributes
 */

/**
 * @param {Node} parent
 * @param {Children[]} children
 */
function append(parent, children) {
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    parent.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/**
 * @param {Element} element
 * @param {Attributes | null} attributes
 */
function decorate(element, attributes) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name === "on") {
      for (const [type, listener] of Object.entries(/** @type {Record<string, EventListener>} */ (value))) {
        element.addEventListener(type, listener);
      }
    } else if (value === true) {
      element.setAttribute(name, "");
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, String(value));
    }
  }
}

/**
 * Builds an HTML element.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Attributes | null} [attributes]
 * @param {...Children} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, attributes = null, ...children) {
  const element = document.createElement(tag);
  decorate(element, attributes);
  append(element, children);
  return element;
}

/**
 * Builds an SVG element.
 * @param {string} tag
 * @param {Attributes | null} [attributes]
 * @param {...Children} children
 * @returns {SVGElement}
 */
export function svg(tag, attributes = null, ...children) {
  const element = /** @type {SVGElement} */ (document.createElementNS("http://www.w3.org/2000/svg", tag));
  decorate(element, attributes);
  append(element, children);
  return element;
}

/**
 * Replaces what an element holds.
 * @param {Element} element
 * @param {...Children} children
 */
export function fill(element, ...children) {
  const fragment = document.createDocumentFragment();
  append(fragment, children);
  element.replaceChildren(fragment);
}

/**
 * A screen's heading. It takes the focus when the screen appears, so that a screen reader starts reading there.
 * @param {...Children} children
 */
export function heading(...children) {
  return h("h1", { tabindex: "-1", class: "screen-heading" }, ...children);
}

/**
 * A text of the manifest. Where it is not in the reader's language it says in which, so that it is spoken and laid out as
 * that one is.
 * @param {import("./text.js").Texts} t
 * @param {import("./text.js").Localised | null | undefined} text
 * @returns {Child}
 */
export function said(t, text) {
  const { words, language } = t.from(text);
  return language === t.language ? words : h("span", { lang: language, dir: "auto" }, words);
}

/**
 * A sentence with elements in it, where its language puts them: `words` makes it of marks that stand for them.
 * @param {Child[]} elements
 * @param {(...marks: string[]) => string} words
 * @returns {Child[]}
 */
export const woven = (elements, words) =>
  words(...elements.map((_, at) => `\0${at}\0`))
    .split("\0")
    .map((text, at) => (at % 2 ? elements[+text] : text));

/**
 * Words that only a screen reader says, where a sign says enough to the eye. What the town has written keeps its language
 * in them, as in an attribute it could not.
 * @param {...Children} children
 */
export const unseen = (...children) => h("span", { class: "visually-hidden" }, ...children);

/**
 * The languages of the town's words where only characters can stand, as in an `option`: the `lang` of their element where
 * they share one that is not the reader's.
 * @param {import("./text.js").Texts} t
 * @param {(import("./text.js").Localised | null | undefined)[]} texts
 */
export function langOf(t, texts) {
  const [first, ...more] = new Set(texts.map((text) => t.from(text).language));
  return more.length > 0 || first === undefined || first === t.language ? null : first;
}

/**
 * What a program says of itself: technical, and in English.
 * @param {string} words
 */
export const technical = (words) => h("span", { lang: "en", dir: "ltr" }, words);

let counter = 0;

/**
 * An id that no other element has, for tying labels and descriptions to fields.
 * @param {string} stem
 */
export function uniqueId(stem) {
  counter += 1;
  return `${stem}-${counter}`;
}
