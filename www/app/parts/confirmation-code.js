import { fill, h } from "../lib/dom.js";
import { CopyButton } from "./copy.js";
import { Part } from "./part.js";

/** @typedef {import("../lib/text.js").Texts} Texts */

/** A confirmation code in its groups, large enough to copy by hand; read out letter by letter. */
export class ConfirmationCode extends Part {
  /**
   * @param {Texts} t
   * @param {string} code five groups joined by dashes
   */
  constructor(t, code) {
    super(t);
    const groups = code.split("-");
    const shown = h(
      "span",
      { class: "code-groups", "aria-hidden": "true", dir: "ltr", translate: "no" },
      groups.map((group) => h("span", null, group)),
    );
    fill(
      this,
      h(
        "span",
        { class: "visually-hidden", translate: "no" },
        `${this.t("receipt.code")}: ${groups.map((group) => [...group].join(" ")).join(", ")}`,
      ),
      shown,
      new CopyButton(t, this.t("receipt.code"), code, shown),
    );
  }
}

customElements.define("veche-code-shown", ConfirmationCode);
