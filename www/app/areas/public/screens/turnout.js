import { fill, h, heading, said, technical } from "../../../lib/dom.js";
import { asTrouble } from "../../../lib/trouble.js";
import { whileBusy } from "../../../parts/busy.js";
import { TurnoutHours } from "../../../parts/results/turnout-hours.js";
import { Screen } from "../../../parts/screen.js";
import { SMALL, newest, readTurnout } from "../model/turnout.js";

/** @typedef {import("../main.js").PublicApp} PublicApp */
/** @typedef {import("../model/turnout.js").Read} Read */

/** How often an open page looks whether the board has grown, in milliseconds. */
const PAUSE = 300_000;

/**
 * How many people have signed in and voted, by district and route, at every hour that the board has.
 * @extends {Screen<PublicApp>}
 */
export class TurnoutScreen extends Screen {
  /** What is drawn, with the district that is looked at. @type {TurnoutHours | null} */
  #hours = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  connectedCallback() {
    const { turnout } = this.app;
    if (turnout) this.#show(turnout);
    else this.#waiting(this.t("turnout.loading"), null);
    void this.#look(false);
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  /**
   * Reads the board where it has grown since it was read.
   * @param {boolean} asked whether somebody has asked for it, however long it takes
   */
  async #look(asked) {
    clearTimeout(this.#timer);
    const { app } = this;
    try {
      const board = await newest(app.means);
      if (!this.isConnected) return;
      if (app.turnout?.checkpoint !== board.checkpoint) {
        if (board.size > SMALL && !asked) {
          if (!app.turnout) this.#ask(board.size);
          return;
        }
        const read = await this.#read(board);
        if (!this.isConnected) return;
        app.turnout = read;
        this.#show(read);
      }
      const { turnout } = app;
      if (turnout?.turnout.open) this.#timer = setTimeout(() => void this.#look(false), PAUSE);
    } catch (error) {
      if (this.isConnected) this.#refuse(error);
    }
  }

  /** @param {{ checkpoint: string, size: number }} board */
  async #read(board) {
    const { app } = this;
    const bar = app.turnout ? null : this.#waiting(this.t("turnout.loading"), board.size);
    const progress = (/** @type {number} */ entries) => {
      if (bar) bar.value = entries;
    };
    try {
      return await readTurnout(app.means, board, progress);
    } catch (error) {
      // A board that grows while its files are read no longer has the ones that were asked for.
      if (asTrouble(error).code !== "record-unreadable") throw error;
      return readTurnout(app.means, await newest(app.means), progress);
    }
  }

  /**
   * @param {string} words
   * @param {number | null} most
   */
  #waiting(words, most) {
    const bar = h("progress", { "aria-label": words, max: most });
    fill(this, this.#heading(), h("div", { class: "opening", role: "status" }, bar, h("p", null, words)));
    return bar;
  }

  #heading() {
    return heading(this.t("turnout.heading"));
  }

  /** Before a long board is read. @param {number} entries */
  #ask(entries) {
    fill(
      this,
      this.#heading(),
      h("p", { class: "lead" }, this.t("turnout.large", { n: entries })),
      h(
        "p",
        { class: "actions" },
        h(
          "button",
          { type: "button", class: "button primary", on: { click: () => void this.#look(true) } },
          this.t("turnout.read"),
        ),
      ),
    );
    this.querySelector("h1")?.focus({ preventScroll: true });
  }

  /** @param {unknown} error */
  #refuse(error) {
    const trouble = asTrouble(error);
    const grave = ["result-wrong", "wrong-election"].includes(trouble.code);
    const words = grave
      ? this.t("turnout.refused")
      : trouble.code === "setup"
        ? this.t("turnout.setup")
        : this.t("turnout.unreachable");
    fill(
      this,
      this.#heading(),
      h(
        "div",
        { class: `result-refused ${grave ? "grave" : ""}`, role: "alert" },
        h("p", { class: "lead" }, words),
        trouble.code !== "setup" &&
          h(
            "p",
            { class: "actions" },
            h(
              "button",
              { type: "button", class: "button primary", on: { click: () => this.connectedCallback() } },
              this.t("app.retry"),
            ),
          ),
        h(
          "details",
          { class: "fold" },
          h("summary", null, this.t("stop.detail")),
          h("p", { class: "detail" }, technical(`${trouble.code}: ${trouble.message}`)),
        ),
      ),
    );
  }

  /** @param {Read} read */
  #show(read) {
    const { manifest, turnout } = read;
    const focused = document.activeElement === this.querySelector("h1");
    const again = h(
      "button",
      {
        type: "button",
        class: "button secondary",
        on: { click: () => void whileBusy(again, this.t("app.working"), () => this.#look(true)) },
      },
      this.t("turnout.again"),
    );
    const hours = new TurnoutHours(this.t, read, {
      district: this.#hours?.district ?? null,
      again: turnout.open && h("p", { class: "actions" }, again),
    });
    this.#hours = hours;
    fill(
      this,
      h("p", { class: "kicker" }, said(this.t, manifest.title)),
      this.#heading(),
      hours,
      h(
        "section",
        { class: "turnout-about" },
        h("h2", null, this.t("turnout.about")),
        h("p", null, this.t("turnout.hours")),
        h("p", null, this.t("turnout.signed-in-text")),
        h("p", null, this.t("turnout.checked")),
        h(
          "p",
          { class: "actions" },
          h("a", { class: "button secondary", href: "#verify" }, this.t("results.verify")),
        ),
      ),
    );
    if (focused) this.querySelector("h1")?.focus({ preventScroll: true });
  }
}

customElements.define("veche-turnout-course", TurnoutScreen);
