import { fill, h, heading, svg, uniqueId } from "../../../lib/dom.js";
import { msg } from "../../../lib/text.js";
import { Trouble, asTrouble, isFatal } from "../../../lib/trouble.js";
import { ConfirmationCode } from "../../../parts/confirmation-code.js";
import { ForgetBox } from "../../../parts/forget-box.js";
import { Screen } from "../../../parts/screen.js";
import { TroubleNotice } from "../../../parts/trouble.js";
import { parseReceiptFile } from "../model/receipt-file.js";
import { saving } from "./saving.js";
import { unsent } from "./unsent.js";

/** @typedef {import("../main.js").App} App */
/** @typedef {import("../model/box.js").Cast} Cast */
/** @typedef {import("../model/box.js").Place} Place */

/** Nobody needs it to vote. */
const loadAftermath = () => import("./aftermath.js");

/** A state is a word and a shape, never a colour alone. */
const SIGNS = { recorded: "m9 16.500 5 5 9.500-10", followed: "M10 13h11a4 4 0 0 1 0 8h-3m-5-11-3 3 3 3" };

/**
 * The ballots cast from this browser, looked up again on the board.
 * @extends {Screen<App>}
 */
export class MineScreen extends Screen {
  static step = null;
  static back = "welcome";
  static title = msg("mine.name");
  static guard = () => null;

  #list = h("div", { class: "mine-list" });
  #trouble = new TroubleNotice(this.t);
  /** Every ballot shown here whose place was proved, by the hash of the ballot that it says it follows. @type {Map<string, Place>} */
  #followers = new Map();

  #forget = new ForgetBox(this.t, {
    another: () => void this.app.voting.another(),
    wipe: () => this.app.voting.wipe(),
    met: (error, notice) => this.app.met(error, notice),
  });

  /** @param {App} app */
  constructor(app) {
    super(app);
    this.#forget.hidden = true;
    const id = uniqueId("file");
    fill(
      this,
      heading(this.t("mine.heading")),
      this.#list,
      h(
        "section",
        { class: "mine-more" },
        h("h2", null, this.t("mine.elsewhere")),
        h("p", null, this.t("mine.empty-text")),
        h(
          "p",
          { class: "actions" },
          h(
            "label",
            { for: id, class: "button secondary file" },
            this.t("receipt.open-file"),
            h("input", {
              id,
              type: "file",
              accept: ".json,application/json",
              class: "visually-hidden",
              on: {
                change: (/** @type {Event} */ event) =>
                  this.#openFile(/** @type {HTMLInputElement} */ (event.target)),
              },
            }),
          ),
        ),
        this.#trouble,
        h("p", null, h("a", { class: "link", href: "#find" }, this.t("mine.find"))),
      ),
    );
  }

  connectedCallback() {
    this.append(this.#forget);
    void this.#show();
  }

  /** Reads the board as it is now, of every ballot that has a receipt here. */
  async #show() {
    await this.app.voting.reread();
    const casts = await this.app.ballot.casts();
    if (casts.length === 0) {
      fill(this.#list, this.app.voting.unsent ? unsent(this.app) : this.#none());
      return;
    }
    this.#forget.hidden = false;
    this.#followers.clear();
    const entries = casts.map((cast) => this.#entry(cast));
    const [latest, ...earlier] = entries.map(({ entry }) => entry);
    fill(
      this.#list,
      this.app.voting.unsent && unsent(this.app),
      this.app.ballot.elsewhere && this.#elsewhere(),
      h("p", { class: "lead" }, this.t("mine.text")),
      this.app.voter.replaced &&
        h(
          "p",
          null,
          this.app.voter.struckOff ? this.t("mine.box-says-struck-off") : this.t("mine.box-says-replaced"),
        ),
      latest,
      this.#again(),
      earlier,
    );
    for (const { check } of entries) await check();
    this.#list.append(
      h(
        "p",
        null,
        h(
          "button",
          { type: "button", class: "link", "data-act": "again", on: { click: () => void this.#show() } },
          this.t("find.again"),
        ),
      ),
    );
  }

  /** Nothing was cast from here: whoever thinks so is led to where they stopped. */
  #none() {
    const { election, voter, ballot } = this.app;
    if (ballot.elsewhere) return this.#elsewhere();
    const [place, words] = voter.me
      ? ["choose", this.t("welcome.continue")]
      : ["phone", this.t("welcome.start")];
    return [
      h("p", { class: "lead" }, this.t("mine.empty")),
      election.stage === "open" &&
        !voter.replaced &&
        h("p", { class: "actions" }, h("a", { class: "button primary wide", href: `#${place}` }, words)),
    ];
  }

  #elsewhere() {
    return h("p", { class: "lead" }, this.t("mine.voted-elsewhere"));
  }

  #again() {
    const { stage, manifest } = this.app.election;
    const { voter } = this.app;
    if (stage !== "open" || !manifest.revote || !voter.me || voter.replaced || this.app.voting.unsent)
      return null;
    return h(
      "p",
      { class: "actions" },
      h("a", { class: "button secondary", href: "#choose" }, this.t("mine.again")),
      h("span", { class: "hint" }, this.t("mine.again-text")),
    );
  }

  /**
   * A ballot, and its check, which begins at once: the newest first, so that what it follows is known when its turn comes.
   * @param {Cast} cast
   */
  #entry(cast) {
    const state = h("div", { class: "mine-state", role: "status" });
    const save = saving(this.app, cast, "secondary");
    const entry = h(
      "section",
      { class: "mine-entry" },
      state,
      new ConfirmationCode(this.t, cast.code),
      h(
        "p",
        { class: "hint" },
        this.t.hour(cast.castAt, this.app.election.manifest.time_zone),
        " · ",
        this.t("receipt.place"),
        " ",
        this.t.number(cast.index),
      ),
      h(
        "details",
        { class: "fold" },
        h("summary", null, this.t("mine.show-receipt")),
        this.app.voting.receipt(cast),
        h("p", { class: "actions" }, save.button, save.said),
      ),
    );
    return { entry, check: () => this.#check(cast, state, entry) };
  }

  /**
   * @param {Cast} cast
   * @param {HTMLElement} state
   * @param {HTMLElement} entry
   */
  async #check(cast, state, entry) {
    fill(state, h("p", { class: "hint" }, this.t("mine.checking")));
    try {
      const { place, size } = await this.app.election.box.prove(cast);
      const { index, previous } = place;
      const later = this.#followers.get(place.hash);
      const after = later ? null : await this.#after(cast, size);
      this.#followers.set(previous, place);
      const standing = later ? "followed" : "recorded";
      entry.classList.add(standing);
      fill(
        state,
        h(
          "h2",
          { class: "mine-title" },
          svg(
            "svg",
            { viewBox: "0 0 32 32", class: "sign", "aria-hidden": "true" },
            svg("circle", { cx: 16, cy: 16, r: 15 }),
            svg("path", { d: SIGNS[standing] }),
          ),
          later ? this.t("mine.followed") : this.t("mine.recorded"),
        ),
        h(
          "p",
          null,
          later
            ? this.t("mine.followed-text", { index, later: later.index })
            : this.t("mine.recorded-text", { index, size }),
        ),
        after,
      );
    } catch (error) {
      const trouble = asTrouble(error);
      const notice = new TroubleNotice(this.t);
      fill(state, h("h2", { class: "mine-title" }, this.t("mine.unchecked")), notice);
      this.app.met(trouble, notice, () => this.#check(cast, state, entry));
    }
  }

  /**
   * @param {Cast} cast
   * @param {number} size of the board
   */
  async #after(cast, size) {
    const { election } = this.app;
    try {
      const { AftermathBox } = await loadAftermath();
      return new AftermathBox(this.t, election, cast, size, (error) => {
        const fatal = isFatal(asTrouble(error));
        if (fatal) this.app.stop(error);
        return fatal;
      });
    } catch (error) {
      // The ballot was looked up all the same.
      const notice = new TroubleNotice(this.t);
      notice.show(new Trouble("engine", { detail: String(error) }), { retry: () => location.reload() });
      return notice;
    }
  }

  /** @param {HTMLInputElement} input */
  async #openFile(input) {
    const file = input.files?.[0];
    if (!file) return;
    this.#trouble.clear();
    try {
      const cast = parseReceiptFile(await file.text(), this.app.election.config.fingerprint);
      this.#followers.clear();
      const { entry, check } = this.#entry(await this.app.election.box.confirm(cast));
      fill(this.#list, entry);
      this.#list.scrollIntoView({ block: "start" });
      await check();
    } catch (error) {
      this.app.met(error, this.#trouble);
    } finally {
      // The same file can then be chosen again.
      input.value = "";
    }
  }
}

customElements.define("veche-mine", MineScreen);
