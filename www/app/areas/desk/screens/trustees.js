import { fill, h, heading } from "../../../lib/dom.js";
import { LANGUAGES } from "../../../lib/languages.js";
import { msg } from "../../../lib/text.js";
import { whileBusy } from "../../../parts/busy.js";
import { CopyButton, verbatim } from "../../../parts/copy.js";
import { Screen } from "../../../parts/screen.js";
import { TroubleNotice } from "../../../parts/trouble.js";
import { sameCommand } from "../command.js";
import { labelled } from "../field.js";
import { InvitationsPart } from "./trustees-invitations.js";

/** @typedef {import("../../../lib/text.js").Key} Key */
/**
 * Who is waited for, as `POST /desk/v1/trustees/waiting` says it.
 * @typedef {{ count: number, step: string, needed: number, since: number | null, seen: number | null,
 *   trustees: { number: number, name: string | null, sentence: string }[], names: Record<string, string>, time_zone: string,
 *   witnesses?: { needed: number, cosigned: number, all: { name: string, seen: number | null, sentence?: string }[] },
 *   command: string }} Waiting
 */

/** What the vote waits for. @type {Record<string, Key>} */
const NAMES = {
  join: msg("desk-trustees.step-join"),
  deal: msg("desk-trustees.step-deal"),
  confirm: msg("desk-trustees.step-confirm"),
  restart: msg("desk-trustees.step-restart"),
  rehearse: msg("desk-trustees.step-rehearse"),
  "rehearsal-agree": msg("desk-trustees.step-rehearsal-agree"),
  "rehearsal-decrypt": msg("desk-trustees.step-rehearsal-decrypt"),
  open: msg("desk-trustees.step-open"),
  close: msg("desk-trustees.step-close"),
  sums: msg("desk-trustees.step-sums"),
  "count-agree": msg("desk-trustees.step-count-agree"),
  "count-decrypt": msg("desk-trustees.step-count-decrypt"),
  result: msg("desk-trustees.step-result"),
  published: msg("desk-trustees.step-published"),
  cancelled: msg("desk-trustees.step-cancelled"),
};

/** The steps by which the keys are made. */
const CEREMONY = ["join", "deal", "confirm", "restart"];

/**
 * The trustees: who is waited for and what to write to them, the witnesses, and invitations to print.
 * @extends {Screen<import("../main.js").DeskApp>}
 */
export class DeskTrusteesScreen extends Screen {
  #trouble = new TroubleNotice(this.t);
  #waiting = h("div", { class: "desk-waiting", "aria-live": "polite" });
  #named = h("div", null);
  #language = this.#languages();
  #again = /** @type {HTMLButtonElement} */ (
    h(
      "button",
      { type: "button", class: "button secondary", on: { click: () => void this.#look() } },
      this.t("desk-trustees.again"),
    )
  );

  connectedCallback() {
    fill(
      this,
      heading(this.t("desk-trustees.heading")),
      h("p", { class: "lead" }, this.t("desk-trustees.text")),
      this.#trouble,
      h("h2", null, this.t("desk-trustees.waiting")),
      h(
        "div",
        { class: "field" },
        h("label", { for: this.#language.id }, this.t("desk-trustees.language")),
        this.#language,
      ),
      h("p", { class: "actions" }, this.#again),
      this.#waiting,
      this.#named,
      new InvitationsPart(this.t, this.app),
    );
    void this.#look();
  }

  #languages() {
    const select = /** @type {HTMLSelectElement} */ (
      h(
        "select",
        { id: "sentence-language", on: { change: () => void this.#look() } },
        Object.entries(LANGUAGES).map(([tag, { name }]) =>
          h("option", { value: tag, lang: tag, selected: tag === this.t.language }, name),
        ),
      )
    );
    return select;
  }

  async #look() {
    this.#trouble.clear();
    try {
      const waiting = await whileBusy(this.#again, this.t("app.working"), () =>
        this.app.desk.post("trustees/waiting", { language: this.#language.value }),
      );
      if (waiting && this.isConnected) this.#show(waiting);
    } catch (error) {
      this.app.met(error, this.#trouble);
    }
  }

  /** @param {Waiting} waiting */
  #show(waiting) {
    const { t } = this;
    const { step, needed, since, seen, trustees, witnesses, time_zone, command } = waiting;
    const title = NAMES[step] ?? msg("desk-trustees.step-published");
    fill(
      this.#waiting,
      h("p", { class: "callout" }, h("strong", null, t(title))),
      trustees.length > 0 && needed < trustees.length && h("p", null, t("desk-trustees.any", { n: needed })),
      trustees.length > 0 && this.#since(since, seen, time_zone),
      h(
        "ul",
        { class: "desk-sentences" },
        trustees.map(({ number, name, sentence }) =>
          this.#sentence(name ?? t("desk-trustees.trustee", { n: number }), sentence),
        ),
      ),
      witnesses && [
        h("h2", null, t("desk-trustees.witnesses")),
        h(
          "p",
          null,
          t("desk-trustees.cosigned", {
            n: witnesses.cosigned,
            all: witnesses.all.length,
            needed: witnesses.needed,
          }),
        ),
        h(
          "ul",
          { class: "desk-sentences" },
          witnesses.all.map(({ name, seen, sentence }) =>
            sentence
              ? this.#sentence(verbatim(name), sentence)
              : h(
                  "li",
                  null,
                  h("strong", null, verbatim(name)),
                  h(
                    "p",
                    null,
                    t("desk-trustees.witness-seen", { time: t.hour((seen ?? 0) * 1_000, time_zone) }),
                  ),
                ),
          ),
        ),
      ],
      CEREMONY.includes(step) && this.#anew(),
      sameCommand(t, command),
    );
    this.#nameFields(waiting);
  }

  /**
   * Since when somebody is waited for; nothing where the board does not say it.
   * @param {number | null} since in seconds since 1970
   * @param {number | null} seen when a witness saw the board as it is
   * @param {string} zone the town's
   */
  #since(since, seen, zone) {
    const { t } = this;
    const time = (/** @type {number} */ seconds) => t.hour(seconds * 1_000, zone);
    if (since !== null) return h("p", { class: "hint" }, t("desk-trustees.since", { time: time(since) }));
    return seen !== null && h("p", { class: "hint" }, t("desk-trustees.seen", { time: time(seen) }));
  }

  /** Folded, because what the trustees have done is void with it. */
  #anew() {
    const button = /** @type {HTMLButtonElement} */ (
      h(
        "button",
        { type: "button", class: "button secondary", on: { click: () => void this.#restart(button) } },
        this.t("desk-trustees.anew"),
      )
    );
    return h(
      "details",
      { class: "desk-anew" },
      h("summary", null, this.t("desk-trustees.anew")),
      h("p", null, this.t("desk-trustees.anew-text")),
      h("p", { class: "actions" }, button),
      sameCommand(this.t, "veche election restart --box URL --token-file FILE --words"),
    );
  }

  /** @param {HTMLButtonElement} button */
  async #restart(button) {
    this.#trouble.clear();
    try {
      await whileBusy(button, this.t("app.working"), () => this.app.desk.post("run/restart", {}));
      this.app.frame.announce(this.t("desk-trustees.anew-done"));
      if (this.isConnected) await this.#look();
    } catch (error) {
      this.app.met(error, this.#trouble);
    }
  }

  /**
   * @param {import("../../../lib/dom.js").Child} name
   * @param {string} sentence
   */
  #sentence(name, sentence) {
    const language = /** @type {import("../../../lib/languages.js").Language} */ (this.#language.value);
    const { dir } = LANGUAGES[language];
    // A name at its beginning decides nothing about the direction of the sentence.
    const words = h("p", { lang: language, dir, class: "sentence" }, sentence);
    return h(
      "li",
      null,
      h("strong", null, name),
      words,
      new CopyButton(this.t, this.t("desk-trustees.sentence"), plainly(sentence, dir), words),
    );
  }

  /** @param {Waiting} waiting */
  #nameFields({ count, names }) {
    // What is being typed stays.
    if (this.#named.hasChildNodes()) return;
    const fields = Array.from({ length: count }, (_, at) =>
      labelled(this.t("desk-trustees.trustee", { n: at + 1 }), {
        name: `trustee-${at + 1}`,
        value: names[at + 1] ?? "",
        maxlength: 120,
      }),
    );
    const button = /** @type {HTMLButtonElement} */ (
      h("button", { type: "submit", class: "button secondary" }, this.t("desk-trustees.keep-names"))
    );
    fill(
      this.#named,
      h("h2", null, this.t("desk-trustees.names")),
      h("p", null, this.t("desk-trustees.names-text")),
      h(
        "form",
        {
          class: "form",
          novalidate: true,
          on: {
            submit: (/** @type {Event} */ event) => {
              event.preventDefault();
              void this.#name(
                button,
                fields.map(({ field }) => field.value),
              );
            },
          },
        },
        fields.map(({ row }) => row),
        button,
      ),
    );
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {string[]} given
   */
  async #name(button, given) {
    this.#trouble.clear();
    const names = Object.fromEntries(given.map((name, at) => [at + 1, name]));
    try {
      await whileBusy(button, this.t("app.working"), () => this.app.desk.post("trustees/names", { names }));
      await this.#look();
    } catch (error) {
      this.app.met(error, this.#trouble);
    }
  }
}

/**
 * A sentence to be copied into a message: without the signs that only a page needs. Where a message finds the direction
 * out by its first letter, a mark at the beginning says it.
 * @param {string} sentence
 * @param {string} dir
 */
export const plainly = (sentence, dir) =>
  `${dir === "rtl" ? "\u200f" : ""}${sentence.replace(/[\u2066-\u2069]/g, "")}`;

customElements.define("veche-desk-trustees", DeskTrusteesScreen);
