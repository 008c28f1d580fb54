import { fill, h, heading } from "../../../lib/dom.js";
import { msg } from "../../../lib/text.js";
import { Screen } from "../../../parts/screen.js";

/** @typedef {import("../main.js").TrusteeApp} TrusteeApp */

/**
 * The 24 words, to be copied by hand. There is no button that copies them: other programs read what is copied.
 * @extends {Screen<TrusteeApp>}
 */
export class TrusteeWordsScreen extends Screen {
  static title = msg("trustee.words-name");

  /**
   * @param {TrusteeApp} app
   * @param {string[]} words
   */
  constructor(app, words) {
    super(app);
    fill(
      this,
      heading(this.t("trustee.words-heading")),
      h("p", { class: "lead" }, this.t("trustee.words-text")),
      h(
        "ol",
        { class: "words", lang: "en", dir: "ltr", translate: "no" },
        words.map((word) => h("li", null, h("span", null, word))),
      ),
      h(
        "ul",
        { class: "plain" },
        h("li", null, this.t("trustee.words-paper")),
        h("li", null, this.t("trustee.words-photo")),
        h("li", null, this.t("trustee.words-loss")),
        h("li", null, this.t("trustee.words-destroy", { threshold: app.desk.status?.threshold ?? 0 })),
      ),
      h(
        "p",
        { class: "actions" },
        h(
          "button",
          { type: "button", class: "button primary", on: { click: () => app.ask(words) } },
          this.t("trustee.written"),
        ),
        h(
          "button",
          { type: "button", class: "button secondary", on: { click: () => window.print() } },
          this.t("trustee.print"),
        ),
      ),
      h("p", { class: "hint" }, this.t("trustee.print-hint")),
    );
  }

  disconnectedCallback() {
    // Nothing of them stays on a page that has gone on.
    this.replaceChildren();
  }
}

customElements.define("veche-trustee-words", TrusteeWordsScreen);
