import { Part } from "./part.js";

/** @typedef {import("../lib/text.js").Texts} Texts */

/**
 * What comes next, always in sight: part of the page's flow, and sticking to the window's lower edge, so that whatever
 * stands before it ends above it.
 */
export class LowerBar extends Part {
  /** @param {Texts} t */
  constructor(t) {
    super(t);
    this.className = "lower-bar";
  }

  /** Keeps what has the focus clear of the bar; a bar that would leave little to read (huge text) does not stick. */
  #size = new ResizeObserver(() => {
    const tall = this.offsetHeight > window.innerHeight * 0.4;
    this.classList.toggle("tall", tall);
    document.documentElement.style.scrollPaddingBottom = tall ? "" : `${this.offsetHeight + 16}px`;
  });

  connectedCallback() {
    this.#size.observe(this);
  }

  disconnectedCallback() {
    this.#size.disconnect();
    document.documentElement.style.scrollPaddingBottom = "";
  }
}

customElements.define("veche-lower-bar", LowerBar);
