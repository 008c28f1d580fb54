import { fill, h, heading } from "../../../lib/dom.js";
import { t } from "../../../lib/text.js";

/** @typedef {import("../main.js").TrusteeApp} TrusteeApp */

/** The 24 words, to be copied by hand. There is no button that copies them: other programs read what is copied. */
export class TrusteeWordsScreen extends HTMLElement {
  static title = () => t("trustee.words-name");

  /**
   * @param {TrusteeApp} app
   * @param {string[]} words
   */
  constructor(app, words) {
    super();
    fill(
      this,
      heading(t("trustee.words-heading")),
      h("p", { class: "lead" }, t("trustee.words-text")),
      h(
        "ol",
        { class: "words", translate: "no" },
        words.map((word) => h("li", null, h("span", null, word))),
      ),
      h(
        "ul",
        { class: "plain" },
        h("li", null, t("trustee.words-paper")),
        h("li", null, t("trustee.words-photo")),
        h("li", null, t("trustee.words-loss")),
        h("li", null, t("trustee.words-destroy", { threshold: app.desk.status?.threshold ?? 0 })),
      ),
      h(
        "p",
        { class: "actions" },
        h(
          "button",
          { type: "button", class: "button primary", on: { click: () => app.ask(words) } },
          t("trustee.written"),
        ),
        h(
          "button",
          { type: "button", class: "button secondary", on: { click: () => window.print() } },
          t("trustee.print"),
        ),
      ),
      h("p", { class: "hint" }, t("trustee.print-hint")),
    );
  }

  disconnectedCallback() {
    // Nothing of them stays on a page that has gone on.
    this.replaceChildren();
  }
}

customElements.define("veche-trustee-words", TrusteeWordsScreen);
