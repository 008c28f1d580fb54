import { fill } from "../../../lib/dom.js";
import { msg } from "../../../lib/text.js";
import { Screen } from "../../../parts/screen.js";
import { WordsAsk } from "../../../parts/words-ask.js";

/** @typedef {import("../main.js").TrusteeApp} TrusteeApp */

/**
 * Asks some of the words back.
 * @extends {Screen<TrusteeApp>}
 */
export class TrusteeAskScreen extends Screen {
  static title = msg("words.ask-name");

  /**
   * @param {TrusteeApp} app
   * @param {string[]} words
   * @param {number[]} asked which of them, by their places
   */
  constructor(app, words, asked) {
    super(app);
    const how = {
      areWords: (/** @type {Map<number, string>} */ answers) => app.desk.areWords(answers),
      right: () => app.work(),
      again: () => app.words(words),
      /** @type {(error: unknown, trouble: import("../../../parts/trouble.js").TroubleNotice) => void} */
      met: (error, trouble) => app.met(error, trouble),
    };
    fill(this, new WordsAsk(this.t, asked, how));
  }
}

customElements.define("veche-trustee-ask", TrusteeAskScreen);
