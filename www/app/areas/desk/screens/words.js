import { fill, h, heading } from "../../../lib/dom.js";
import { verbatim } from "../../../parts/copy.js";
import { Screen } from "../../../parts/screen.js";
import { sameCommand } from "../command.js";

/**
 * The words of a new key, until they are written down.
 * @extends {Screen<import("../main.js").DeskApp>}
 */
export class DeskWordsScreen extends Screen {
  connectedCallback() {
    fill(
      this,
      heading(this.t("desk.words-heading")),
      h("p", { class: "lead" }, this.t("desk.words-text")),
      h(
        "ol",
        { class: "words", dir: "ltr" },
        (this.app.words ?? []).map((word) => h("li", null, verbatim(word))),
      ),
      h(
        "button",
        { type: "button", class: "button primary wide", on: { click: () => this.#written() } },
        this.t("desk.words-written"),
      ),
      sameCommand(this.t, "veche election key"),
    );
  }

  #written() {
    this.app.words = null;
    void this.app.route(true);
  }
}

customElements.define("veche-desk-words", DeskWordsScreen);
