import { fill, h, heading, uniqueId } from "../../../lib/dom.js";
import { msg } from "../../../lib/text.js";
import { whileBusy } from "../../../parts/busy.js";
import { Screen } from "../../../parts/screen.js";
import { TroubleNotice } from "../../../parts/trouble.js";

/** @typedef {import("../main.js").TrusteeApp} TrusteeApp */

/** How many words are asked back. */
const ASKED = 4;

/**
 * Different places from 1 to `count`, in order.
 * @param {number} count
 */
export function somePlaces(count) {
  const all = Array.from({ length: count }, (_, place) => place + 1);
  const numbers = crypto.getRandomValues(new Uint32Array(count));
  return all
    .sort((a, b) => (numbers[a - 1] ?? 0) - (numbers[b - 1] ?? 0))
    .slice(0, ASKED)
    .sort((a, b) => a - b);
}

/**
 * Asks some of the words back, so that nobody goes on whose note cannot be read.
 * @extends {Screen<TrusteeApp>}
 */
export class TrusteeAskScreen extends Screen {
  static title = msg("trustee.ask-name");

  #trouble = new TroubleNotice(this.t);

  /**
   * @param {TrusteeApp} app
   * @param {string[]} words
   * @param {number[]} asked which of them, by their places
   */
  constructor(app, words, asked) {
    super(app);
    this.fields = asked.map((place) => ({
      place,
      input: h("input", {
        type: "text",
        dir: "ltr",
        name: `word-${place}`,
        id: uniqueId("word"),
        autocomplete: "off",
        autocapitalize: "none",
        autocorrect: "off",
        spellcheck: "false",
      }),
    }));
    const button = h("button", { type: "submit", class: "button primary wide" }, this.t("trustee.ask-check"));
    fill(
      this,
      heading(this.t("trustee.ask-heading")),
      h("p", { class: "lead" }, this.t("trustee.ask-text")),
      this.#trouble,
      h(
        "form",
        {
          class: "form",
          novalidate: true,
          on: {
            submit: (/** @type {Event} */ event) => {
              event.preventDefault();
              void this.#check(button);
            },
          },
        },
        this.fields.flatMap(({ place, input }) => [
          h("label", { for: input.id }, this.t("trustee.ask-word", { n: place })),
          input,
        ]),
        button,
      ),
      h(
        "p",
        null,
        h(
          "button",
          { type: "button", class: "link", on: { click: () => app.words(words) } },
          this.t("trustee.ask-again"),
        ),
      ),
    );
  }

  disconnectedCallback() {
    for (const { input } of this.fields) input.value = "";
  }

  /** @param {HTMLButtonElement} button */
  async #check(button) {
    this.#trouble.clear();
    try {
      const answers = new Map(this.fields.map(({ place, input }) => [place, input.value]));
      const right = await whileBusy(button, this.t("app.working"), () => this.app.desk.areWords(answers));
      if (right) this.app.work();
      else if (right === false) this.#trouble.say(this.t("trustee.ask-wrong"));
    } catch (error) {
      this.app.met(error, this.#trouble);
    }
  }
}

customElements.define("veche-trustee-ask", TrusteeAskScreen);
