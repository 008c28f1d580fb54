import { fill, h, heading, uniqueId } from "../lib/dom.js";
import { whileBusy } from "./busy.js";
import { Part } from "./part.js";
import { TroubleNotice } from "./trouble.js";

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

/** Asks some of the 24 words of a key back, so that nobody goes on whose note cannot be read. */
export class WordsAsk extends Part {
  #trouble = new TroubleNotice(this.t);

  /**
   * @param {import("../lib/text.js").Texts} t
   * @param {number[]} asked which words, by their places
   * @param {object} how
   * @param {(answers: Map<number, string>) => Promise<boolean>} how.areWords whether these are the words, by place
   * @param {() => unknown} how.right what follows when they are
   * @param {() => unknown} how.again shows the words once more
   * @param {(error: unknown, trouble: TroubleNotice) => void} how.met says what went wrong
   */
  constructor(t, asked, how) {
    super(t);
    this.how = how;
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
    const button = h("button", { type: "submit", class: "button primary wide" }, t("words.ask-check"));
    fill(
      this,
      heading(t("words.ask-heading")),
      h("p", { class: "lead" }, t("words.ask-text")),
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
          h("label", { for: input.id }, t("words.ask-word", { n: place })),
          input,
        ]),
        button,
      ),
      h(
        "p",
        null,
        h(
          "button",
          { type: "button", class: "link", on: { click: () => how.again() } },
          t("words.ask-again"),
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
      const right = await whileBusy(button, this.t("app.working"), () => this.how.areWords(answers));
      if (right) await this.how.right();
      else if (right === false) this.#trouble.say(this.t("words.ask-wrong"));
    } catch (error) {
      this.how.met(error, this.#trouble);
    }
  }
}

customElements.define("veche-words-ask", WordsAsk);
