/** @typedef {import("../lib/text.js").Texts} Texts */

/** An element with words of its own: whoever makes it hands it the texts of the reader's language. */
export class Part extends HTMLElement {
  /** @param {Texts} t */
  constructor(t) {
    super();
    this.t = t;
  }
}
