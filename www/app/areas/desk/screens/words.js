import { fill, h, heading } from "../../../lib/dom.js";
import { verbatim } from "../../../parts/copy.js";
import { Screen } from "../../../parts/screen.js";
import { WordsAsk, somePlaces } from "../../../parts/words-ask.js";
import { sameCommand } from "../command.js";
import { areWords } from "../model/words.js";

/**
 * The words of a new key, until they are written down; then some of them are asked back.
 * @extends {Screen<import("../main.js").DeskApp>}
 */
export class DeskWordsScreen extends Screen {
  connectedCallback() {
    const { words, asked } = this.app;
    if (!words) return;
    if (asked) this.#ask(words, asked);
    else this.#show(words);
  }

  /** @param {string[]} words */
  #show(words) {
    fill(
      this,
      heading(this.t("desk.words-heading")),
      h("p", { class: "lead" }, this.t("desk.words-text")),
      h(
        "ol",
        { class: "words", lang: "en", dir: "ltr", translate: "no" },
        words.map((word) => h("li", null, verbatim(word))),
      ),
      h(
        "button",
        {
          type: "button",
          class: "button primary wide",
          on: { click: () => this.#turn(somePlaces(words.length)) },
        },
        this.t("desk.words-written"),
      ),
      sameCommand(this.t, "veche election key"),
    );
  }

  /**
   * @param {string[]} words
   * @param {number[]} asked
   */
  #ask(words, asked) {
    const part = new WordsAsk(this.t, asked, {
      areWords: async (answers) => areWords(words, answers),
      right: () => this.#written(),
      again: () => this.#turn(null),
      met: (error, trouble) => this.app.met(error, trouble),
    });
    fill(this, part);
  }

  /** @param {number[] | null} asked */
  #turn(asked) {
    this.app.asked = asked;
    void this.app.route(true);
  }

  async #written() {
    await this.app.desk.post("key/written");
    this.app.words = null;
    this.#turn(null);
  }

  disconnectedCallback() {
    // Nothing of them stays on a page that has gone on.
    this.replaceChildren();
  }
}

customElements.define("veche-desk-words", DeskWordsScreen);
