import { fill, h } from "../lib/dom.js";
import { t } from "../lib/text.js";

/** A confirmation code in its groups, large enough to copy by hand; read out letter by letter. */
export class ConfirmationCode extends HTMLElement {
  /** @param {string} code five groups joined by dashes */
  constructor(code) {
    super();
    const groups = code.split("-");
    fill(
      this,
      h(
        "span",
        { class: "visually-hidden" },
        `${t("receipt.code")}: ${groups.map((group) => [...group].join(" ")).join(", ")}`,
      ),
      h(
        "span",
        { class: "code-groups", "aria-hidden": "true" },
        groups.map((group) => h("span", null, group)),
      ),
    );
  }
}

customElements.define("veche-code-shown", ConfirmationCode);
