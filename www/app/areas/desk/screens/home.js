import { fill, h, heading } from "../../../lib/dom.js";
import { msg } from "../../../lib/text.js";
import { whileBusy } from "../../../parts/busy.js";
import { hexValue } from "../../../parts/copy.js";
import { Screen } from "../../../parts/screen.js";
import { TroubleNotice } from "../../../parts/trouble.js";

/** @typedef {import("../model/desk.js").Progress} Progress */
/** @typedef {import("../../../lib/text.js").Key} Key */

/** The steps of a vote in their order: what each is called, where it is done, and whether the folder knows that it is, and whether it can be done now. @type {{ title: Key, text: Key, place: string, done: (progress: Progress) => boolean, may: (progress: Progress) => boolean }[]} */
const STEPS = [
  {
    title: msg("describe.name"),
    text: msg("describe.step-text"),
    place: "desk/describe",
    done: ({ manifest }) => manifest,
    may: ({ frozen }) => !frozen,
  },
  {
    title: msg("desk-preview.name"),
    text: msg("desk-preview.step-text"),
    place: "desk/preview",
    done: ({ preview }) => preview,
    may: ({ manifest }) => manifest,
  },
  {
    title: msg("freeze.step"),
    text: msg("freeze.step-text"),
    place: "desk/freeze",
    done: ({ frozen }) => frozen,
    may: ({ manifest }) => manifest,
  },
  {
    title: msg("desk.step-box"),
    text: msg("desk.step-box-text"),
    place: "desk/box",
    done: ({ ballot_box }) => ballot_box !== null,
    may: ({ frozen }) => frozen,
  },
  {
    title: msg("desk-trustees.step"),
    text: msg("desk-trustees.step-text"),
    place: "desk/trustees",
    done: ({ rehearsed }) => rehearsed,
    may: ({ ballot_box }) => ballot_box !== null,
  },
  {
    title: msg("people.heading"),
    text: msg("people.lead"),
    place: "desk/people",
    done: ({ registrar }) => registrar !== null,
    may: ({ ballot_box }) => ballot_box !== null,
  },
  {
    title: msg("run.step"),
    text: msg("run.step-text"),
    place: "desk/run",
    done: () => false,
    may: ({ ballot_box }) => ballot_box !== null,
  },
  {
    title: msg("finish.step"),
    text: msg("finish.step-text"),
    place: "desk/finish",
    done: () => false,
    may: () => false,
  },
];

/**
 * The steps of the whole work, and the one that is next.
 * @extends {Screen<import("../main.js").DeskApp>}
 */
export class DeskHomeScreen extends Screen {
  #trouble = new TroubleNotice(this.t);

  connectedCallback() {
    const progress = /** @type {Progress} */ (this.app.desk.progress);
    const next = STEPS.find(({ done }) => !done(progress));
    const lock = /** @type {HTMLButtonElement} */ (
      h("button", { type: "button", class: "button secondary" }, this.t("desk.lock"))
    );
    lock.addEventListener("click", () => void this.#lock(lock));
    fill(
      this,
      heading(this.t("desk.home-heading")),
      h("p", { class: "lead" }, this.t("desk.home-text")),
      h(
        "ol",
        { class: "desk-steps" },
        STEPS.map((step) => {
          const { title, text, place } = step;
          const done = step.done(progress);
          const later = step.may(progress) ? msg("desk.possible") : msg("desk.later");
          const key = done ? msg("desk.done") : step === next ? msg("desk.next") : later;
          return h(
            "li",
            { class: done ? "done" : step === next ? "next" : null },
            h("a", { href: `#${place}` }, this.t(title)),
            h("span", { class: "state" }, this.t(key)),
            h("p", { class: "hint" }, this.t(text)),
          );
        }),
      ),
      this.#trouble,
      h("h2", null, this.t("desk.key")),
      progress.public_key && h("p", null, hexValue(this.t, this.t("desk.public-key"), progress.public_key)),
      h("div", { class: "actions" }, lock),
    );
  }

  /** @param {HTMLButtonElement} button */
  async #lock(button) {
    try {
      await whileBusy(button, this.t("app.working"), () => this.app.desk.post("key/lock"));
      await this.app.route(true);
    } catch (error) {
      this.app.met(error, this.#trouble);
    }
  }
}

customElements.define("veche-desk-home", DeskHomeScreen);
