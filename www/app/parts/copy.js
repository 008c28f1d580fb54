import { fill, h } from "../lib/dom.js";
import { grouped } from "../lib/encoding.js";
import { Part } from "./part.js";

/** @typedef {import("../lib/text.js").Texts} Texts */

/** Copies a value, and says that it did. */
export class CopyButton extends Part {
  #said = h("span", { role: "status" });

  /**
   * @param {Texts} t
   * @param {string} what the value is called
   * @param {string} value
   * @param {Element} shown where it stands on the page, to be marked where nothing but the reader may copy
   */
  constructor(t, what, value, shown) {
    super(t);
    this.value = value;
    this.shown = shown;
    fill(
      this,
      h(
        "button",
        {
          type: "button",
          class: "link",
          "aria-label": t("app.copy-of", { action: t("app.copy"), what }),
          on: { click: () => void this.#copy() },
        },
        t("app.copy"),
      ),
      " ",
      this.#said,
    );
  }

  async #copy() {
    this.#said.textContent = "";
    const copied = await this.#write();
    this.#said.textContent = copied ? this.t("app.copied") : this.t("app.copy-marked");
  }

  /** @returns {Promise<boolean>} */
  async #write() {
    try {
      await navigator.clipboard.writeText(this.value);
      return true;
    } catch {
      // Not allowed, or not there: in an old browser, in a frame, on a page that is not served safely.
      getSelection()?.selectAllChildren(this.shown);
      return document.execCommand?.("copy") ?? false;
    }
  }
}

customElements.define("veche-copy", CopyButton);

/**
 * A value for programs: written from left to right and in its own letters in every language.
 * @param {string} value
 * @param {string} [look] its class
 */
export const verbatim = (value, look) =>
  h("span", { class: look ?? null, dir: "ltr", translate: "no" }, value);

/**
 * A long hexadecimal value in its groups, to be compared by eye, and its button.
 * @param {Texts} t
 * @param {string} what it is called
 * @param {string} hex
 */
export function hexValue(t, what, hex) {
  const shown = verbatim(grouped(hex), "hex");
  return [shown, " ", new CopyButton(t, what, hex, shown)];
}
