import { fill, h, heading } from "../../../lib/dom.js";
import { msg } from "../../../lib/text.js";
import { whileBusy } from "../../../parts/busy.js";
import { hexValue } from "../../../parts/copy.js";
import { Screen } from "../../../parts/screen.js";
import { TroubleNotice } from "../../../parts/trouble.js";

/** @typedef {import("../model/desk.js").Progress} Progress */
/** @typedef {import("../../../lib/text.js").Key} Key */

/** Whether the vote was opened at some time. @param {Progress} progress */
const begun = ({ phase }) => ["open", "closed", "published", "cancelled"].includes(phase ?? "");
/** Whether it was called off: then no step is left. @param {Progress} progress */
const cancelled = ({ phase }) => phase === "cancelled";
/** Whether people have voted, and nobody votes any more. @param {Progress} progress */
const over = (progress) => begun(progress) && progress.phase !== "open" && !cancelled(progress);

/** Whether the vote is made: here, or elsewhere by whoever runs its ballot box. @param {Progress} progress */
const made = ({ frozen, ballot_box }) => frozen || ballot_box !== null;

/** The steps of a vote in their order: what each is called, where it is done, whether it is, and whether it can be done now. @type {{ title: Key, text: Key, place: string, done: (progress: Progress) => boolean, passed?: (progress: Progress) => boolean, may: (progress: Progress) => boolean }[]} What is passed was left out, and is not next any more. */
const STEPS = [
  {
    title: msg("describe.name"),
    text: msg("describe.step-text"),
    place: "desk/describe",
    done: (progress) => progress.manifest || made(progress),
    may: (progress) => !made(progress),
  },
  {
    title: msg("desk-preview.name"),
    text: msg("desk-preview.step-text"),
    place: "desk/preview",
    done: ({ preview }) => preview,
    passed: made,
    may: ({ manifest }) => manifest,
  },
  {
    title: msg("freeze.step"),
    text: msg("freeze.step-text"),
    place: "desk/freeze",
    done: made,
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
    done: (progress) => progress.registrar !== null || (begun(progress) && !cancelled(progress)),
    may: ({ ballot_box }) => ballot_box !== null,
  },
  {
    title: msg("run.step"),
    text: msg("run.step-text"),
    place: "desk/run",
    done: over,
    may: ({ ballot_box }) => ballot_box !== null,
  },
  {
    title: msg("desk.step-count"),
    text: msg("desk.step-count-text"),
    place: "desk/run",
    done: (progress) => over(progress) && progress.phase !== "closed",
    may: over,
  },
  {
    title: msg("finish.step"),
    text: msg("finish.step-text"),
    place: "desk/finish",
    done: ({ papers, phase }) => papers && phase === "published",
    may: ({ phase }) => phase === "published",
  },
  {
    title: msg("next.step"),
    text: msg("next.step-text"),
    place: "desk/next-year",
    done: () => false,
    may: ({ phase }) => phase === "published",
  },
];

/**
 * The steps of the whole work, and the one that is next.
 * @extends {Screen<import("../main.js").DeskApp>}
 */
export class DeskHomeScreen extends Screen {
  #trouble = new TroubleNotice(this.t);

  connectedCallback() {
    this.#show();
    void this.#look();
  }

  /** What the folder remembers is painted at once; how far the vote is by now, the ballot box says. */
  async #look() {
    const { progress } = this.app.desk;
    if (!progress?.ballot_box) return;
    try {
      const now = await this.app.desk.lookAtBox();
      if (this.isConnected && JSON.stringify(now) !== JSON.stringify(progress)) this.#show();
    } catch {
      // The ballot box is away: the page Run says so, where something depends on it.
    }
  }

  #show() {
    const progress = /** @type {Progress} */ (this.app.desk.progress);
    const left = STEPS.filter(({ done, passed }) => !done(progress) && !passed?.(progress));
    const next = cancelled(progress) ? undefined : left[0];
    const lock = /** @type {HTMLButtonElement} */ (
      h("button", { type: "button", class: "button secondary" }, this.t("desk.lock"))
    );
    lock.addEventListener("click", () => void this.#lock(lock));
    fill(
      this,
      heading(this.t("desk.home-heading")),
      h("p", { class: "lead" }, this.t("desk.home-text")),
      cancelled(progress) && h("p", { class: "callout" }, this.t("run.cancelled")),
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
            (done || !cancelled(progress)) && h("span", { class: "state" }, this.t(key)),
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
