import { fill, h } from "../../../lib/dom.js";
import { asTrouble } from "../../../lib/trouble.js";
import { BallotAnswer } from "../../../parts/ballot-answer.js";
import { Part } from "../../../parts/part.js";
import { Aftermath } from "../model/aftermath.js";

/** @typedef {import("../model/aftermath.js").Cast} Cast */
/** @typedef {import("../model/aftermath.js").Election} Election */
/** @typedef {import("../../../lib/text.js").Texts} Texts */

/** Megabytes with one digit, never less than there are. @param {number} bytes */
const megabytes = (bytes) => Math.ceil(bytes / 100_000) / 10;

/**
 * Whether a recorded ballot still counts: looked for in the board's own entries when the voter asks for it, after how
 * much that reads was said.
 */
export class AftermathBox extends Part {
  #aftermath;
  #met;
  #offer = h("div", { class: "mine-after" });
  #answer;
  /** @type {AbortController | null} */
  #stop = null;

  /**
   * @param {Texts} t
   * @param {Election} election
   * @param {Cast} cast
   * @param {number} size of the board
   * @param {(error: unknown) => boolean} met whether what went wrong takes the whole page
   */
  constructor(t, election, cast, size, met) {
    super(t);
    this.#aftermath = new Aftermath(election, cast, size);
    this.#met = met;
    this.#answer = new BallotAnswer(t, { stop: () => this.#stop?.abort() });
    fill(this, this.#offer, this.#answer);
  }

  connectedCallback() {
    void this.#draw();
  }

  disconnectedCallback() {
    this.#stop?.abort();
  }

  async #draw() {
    const { cast, size } = this.#aftermath;
    const kept = await this.#aftermath.kept().catch(() => null);
    const later = Math.max(0, size - cast.index - 1);
    const mb = megabytes(this.#aftermath.bytes(kept?.to ?? cast.index));
    /** @param {string} label @param {string} weight @param {boolean} anew */
    const button = (label, weight, anew) =>
      h(
        "button",
        {
          type: "button",
          class: `button ${weight}`,
          "data-act": anew ? "anew" : "look",
          on: { click: () => this.#look(anew) },
        },
        label,
      );
    fill(
      this.#offer,
      h("h3", null, this.t("mine.after")),
      h("p", null, later > 0 ? this.t("mine.after-text", { n: later }) : this.t("mine.after-none")),
      kept === null
        ? [
            h("p", { class: "hint" }, this.t("mine.after-size", { mb })),
            h(
              "p",
              { class: "actions" },
              button(later > 0 ? this.t("mine.after-look") : this.t("mine.after-check"), "secondary", false),
            ),
          ]
        : [
            h("p", { class: "hint" }, this.t("mine.after-kept", { entry: kept.to - 1, mb })),
            h(
              "p",
              { class: "actions" },
              button(this.t("mine.after-go-on"), "secondary", false),
              button(this.t("mine.after-anew"), "secondary", true),
            ),
          ],
    );
  }

  /** @param {boolean} anew */
  async #look(anew) {
    this.#stop?.abort();
    const stop = (this.#stop = new AbortController());
    const answer = this.#answer;
    fill(this.#offer, h("h3", null, this.t("mine.after")));
    answer.opening();
    try {
      answer.begin({ receipt: this.#aftermath.shown }, this.#aftermath.election.config.fingerprint);
      const told = await this.#aftermath.look(
        (so) => this.#stop === stop && answer.tell(so),
        stop.signal,
        anew,
      );
      if (this.#stop !== stop) return;
      answer.end(told);
      if (!told.finding.settled) {
        answer.hidden = true;
        await this.#draw();
      }
    } catch (error) {
      if (this.#stop !== stop) return;
      const trouble = asTrouble(error);
      if (this.#met(trouble)) return;
      answer.trouble(trouble, false, () => this.#look(false));
    }
  }
}

customElements.define("veche-aftermath", AftermathBox);
