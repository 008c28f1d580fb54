import { fill, h, heading, uniqueId } from "../../../lib/dom.js";
import { msg } from "../../../lib/text.js";
import { whileBusy } from "../../../parts/busy.js";
import { Screen } from "../../../parts/screen.js";
import { TroubleNotice } from "../../../parts/trouble.js";
import { sameCommand } from "../command.js";
import { labelled } from "../field.js";
import { TestMessage } from "../trial-message.js";
import { Turnout } from "../turnout.js";
import { announcement, checklist, health, left } from "./run-state.js";
import { extendForm, noticeForm } from "./run-forms.js";

/** @typedef {import("../../../lib/text.js").Key} Key */
/**
 * How the vote stands, as `GET /desk/v1/run` says it.
 * @typedef {object} Stand
 * @property {"setup" | "open" | "closed" | "published" | "cancelled"} phase
 * @property {string | null} fingerprint
 * @property {string} now
 * @property {string} opens
 * @property {string} closes
 * @property {string | null} closes_latest
 * @property {boolean} early_close
 * @property {string} time_zone
 * @property {string[]} languages
 * @property {{ checks?: { name: string, ok: boolean, since: string, sentence: string | null }[] } | null} health
 * @property {{ name: string, ticked: string | null }[]} items
 * @property {{ items: string[], reason: string, at: string } | null} unticked what was left when the vote was opened, and why
 */

/**
 * What the verified board says, as `GET /desk/v1/run/board` says it: which step is next, and once the vote is closed how
 * many voters and ballots there are.
 * @typedef {object} Board
 * @property {string} next
 * @property {import("../../../../veche-wasm-observer.js").TrusteeCounts | null} counts
 * @property {import("../../../../veche-wasm-observer.js").Manifest | null} manifest
 * @property {number} ballots on the board, replaced ones included
 */

/** Looks again while the page is open. */
const AGAIN_MS = 30_000;

/**
 * What happens next and who must act, by the server's name for it, and what this page can do about it.
 * @type {Record<string, { text: Key, button?: Key, final?: Key, path?: string, title?: Key, place?: string }>}
 */
const NEXT = {
  keys: { text: msg("run.keys") },
  rehearse: { text: msg("run.rehearse"), button: msg("run.rehearse-button"), path: "run/rehearse" },
  rehearsal: { text: msg("run.rehearsal") },
  "wait-opening": { text: msg("run.wait-opening") },
  "too-late": { text: msg("run.too-late") },
  open: {
    text: msg("run.open"),
    final: msg("run.open-final"),
    button: msg("run.open-button"),
    path: "run/open",
  },
  voting: { text: msg("run.voting") },
  end: { text: msg("run.end"), button: msg("run.end-button"), path: "run/close" },
  papers: { text: msg("run.papers"), button: msg("run.close-button"), path: "run/close" },
  count: { text: msg("run.count") },
  draw: { text: msg("run.draw"), title: msg("finish.draw-button"), place: "desk/finish" },
  published: { text: msg("run.published") },
  cancelled: { text: msg("run.cancelled") },
};

/**
 * The day of the vote on one page: what is next, who must act, whether all is well.
 * @extends {Screen<import("../main.js").DeskApp>}
 */
export class DeskRunScreen extends Screen {
  /** What a step met stays until the next one; what looking met, until it is looked again. */
  #trouble = new TroubleNotice(this.t);
  #unseen = new TroubleNotice(this.t);
  #said = h("p", { class: "callout", role: "status", hidden: true });
  #next = h("section", { class: "next-step" });
  #announced = h("section", { class: "run-announced" });
  #state = h("div", { class: "run-state" });
  #turnout = h("div");
  #forms = h("div", { class: "run-forms" });
  /** Why the vote is opened although something is not ticked. */
  #reason = labelled(
    this.t("run.left-reason"),
    { name: "unticked", maxlength: 500 },
    this.t("run.left-reason-hint"),
  );
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;
  #test = new TestMessage(this.app, () => void this.#look());
  /** What the turnout and the forms were made for: they are left alone while somebody types in them. */
  #phase = "";
  #offered = "";

  connectedCallback() {
    fill(
      this,
      heading(this.t("run.heading")),
      this.#unseen,
      this.#trouble,
      this.#said,
      this.#next,
      this.#announced,
      this.#state,
      this.#turnout,
      this.#forms,
    );
    void this.#look();
    this.#timer = setInterval(() => void this.#look(), AGAIN_MS);
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
  }

  async #look() {
    try {
      const stand = /** @type {Stand} */ (await this.app.desk.get("run"));
      if (!this.isConnected) return;
      this.#unseen.clear();
      this.#show(stand);
      // While people vote the board is long, and what is next is known without it.
      if (stand.phase === "open" && Date.parse(stand.now) < Date.parse(stand.closes)) {
        return this.#lead("voting", stand);
      }
      if (stand.phase === "cancelled") return this.#lead(stand.phase, stand);
      if (stand.phase === "published") {
        if (this.#next.dataset.next === "published") return;
        // Equal totals are known with the result: a lot is drawn then.
        const { draws } = /** @type {{ draws: unknown[] }} */ (await this.app.desk.get("finish/draws"));
        if (this.isConnected) this.#lead(draws.length > 0 ? "draw" : "published", stand);
        return;
      }
      const board = /** @type {Board} */ (await this.app.desk.get("run/board"));
      if (!this.isConnected) return;
      this.#lead(board.next, stand);
      // It stays while somebody copies from it.
      if (!this.#announced.hasChildNodes()) fill(this.#announced, announcement(this.t, stand, board));
    } catch (error) {
      if (this.isConnected) this.app.met(error, this.#unseen, () => void this.#look());
    }
  }

  /** @param {Stand} stand */
  #show(stand) {
    const { t } = this;
    const before = stand.phase === "setup";
    // Nothing moves while somebody types in it.
    if (!(
      before &&
      this.#test.contains(document.activeElement) &&
      document.activeElement?.matches("input")
    )) {
      fill(
        this.#state,
        before && checklist(t, stand, (name, done) => this.#tick(name, done), this.#test),
        !before && stand.unticked && left(t, stand.unticked, stand.time_zone),
        health(t, stand),
      );
    }
    this.#reason.row.hidden = stand.items.every(({ ticked }) => ticked !== null);
    if (!before) this.#offer(stand);
    if (stand.phase === this.#phase) return;
    this.#phase = stand.phase;
    const counted = ["open", "closed", "published"].includes(stand.phase);
    fill(this.#turnout, counted && new Turnout(this.app));
  }

  /**
   * What the organiser can say to everybody. Before the trustees have made the keys the board takes nothing of it.
   * @param {Stand} stand
   */
  #offer(stand) {
    const { t } = this;
    if (stand.phase === this.#offered) return;
    this.#offered = stand.phase;
    const act = (
      /** @type {string} */ path,
      /** @type {unknown} */ form,
      /** @type {HTMLButtonElement} */ button,
    ) => this.#act(path, form, button);
    fill(
      this.#forms,
      stand.phase === "open" && extendForm(t, stand, act),
      ["setup", "open", "closed"].includes(stand.phase) && noticeForm(t, stand, act),
    );
  }

  /**
   * @param {string} name
   * @param {Stand} stand
   */
  #lead(name, stand) {
    const { t } = this;
    const { text, button, final, path, title, place } = NEXT[name] ?? { text: msg("run.unknown") };
    if (stand.phase === "setup" && name !== "keys") this.#offer(stand);
    // What somebody is about to press stays where it is.
    if (this.#next.dataset.next === name) return;
    this.#next.dataset.next = name;
    const hours = {
      opens: t.hour(Date.parse(stand.opens), stand.time_zone),
      closes: t.hour(Date.parse(stand.closes), stand.time_zone),
    };
    const sure = /** @type {HTMLInputElement} */ (
      h("input", { type: "checkbox", name: "sure", id: uniqueId("sure") })
    );
    const press =
      button &&
      /** @type {HTMLButtonElement} */ (h("button", { type: "button", class: "button primary" }, t(button)));
    // What is missing is said beside the button: the page is long.
    const near = new TroubleNotice(t);
    press?.addEventListener("click", () => {
      near.clear();
      if (final && !sure.checked) {
        near.say(t("run.tick-first"));
        return sure.focus();
      }
      const { row, field } = this.#reason;
      void this.#act(path ?? "", final && !row.hidden ? { reason: field.value } : {}, press);
    });
    fill(
      this.#next,
      h("h2", null, t("run.next")),
      h("p", null, t(text, hours)),
      final && [
        this.#reason.row,
        h("label", { class: "row-choice" }, sure, h("span", null, t(final, hours))),
      ],
      near,
      press && h("div", { class: "actions" }, press),
      title && h("p", null, h("a", { href: `#${place}` }, t(title))),
    );
  }

  /**
   * @param {string} name
   * @param {boolean} done
   */
  async #tick(name, done) {
    try {
      await this.app.desk.post("run/item", { name, done });
    } catch (error) {
      this.app.met(error, this.#trouble);
    }
    await this.#look();
  }

  /**
   * @param {string} path
   * @param {unknown} form
   * @param {HTMLButtonElement} button
   */
  async #act(path, form, button) {
    this.#trouble.clear();
    this.#said.hidden = true;
    try {
      const done = await whileBusy(button, this.t("app.working"), () => this.app.desk.post(path, form));
      if (!done) return;
      fill(this.#said, this.t("run.done"), sameCommand(this.t, done.command));
      this.#said.hidden = false;
      button.form?.reset();
      button.closest("details")?.removeAttribute("open");
      delete this.#next.dataset.next;
      await this.#look();
    } catch (error) {
      this.app.met(error, this.#trouble);
    }
  }
}

customElements.define("veche-desk-run", DeskRunScreen);
