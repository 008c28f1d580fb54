import { fill, h, heading, svg, uniqueId } from "../../../lib/dom.js";
import { msg } from "../../../lib/text.js";
import { asTrouble } from "../../../lib/trouble.js";
import { ConfirmationCode } from "../../../parts/confirmation-code.js";
import { ForgetBox } from "../../../parts/forget-box.js";
import { Screen } from "../../../parts/screen.js";
import { TroubleNotice } from "../../../parts/trouble.js";
import { parseReceiptFile } from "../model/receipt-file.js";

/** @typedef {import("../main.js").App} App */
/** @typedef {import("../model/box.js").Cast} Cast */
/** @typedef {import("../model/box.js").Standing} Standing */
/** @typedef {import("../../../lib/text.js").Key} Key */

/** @type {Record<Standing, { title: Key, text: Key, sign: string }>} A state is a word and a shape, never a colour alone. */
const STANDINGS = {
  counts: { title: msg("mine.counts"), text: msg("mine.counts-text"), sign: "m9 16.500 5 5 9.500-10" },
  replaced: {
    title: msg("mine.replaced"),
    text: msg("mine.replaced-text"),
    sign: "M10 13h11a4 4 0 0 1 0 8h-3m-5-11-3 3 3 3",
  },
  missing: { title: msg("mine.missing"), text: msg("mine.missing-text"), sign: "M16 8v10m0 4.500v1" },
};

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

  /** @param {App} app */
  constructor(app) {
    super(app);
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

  async connectedCallback() {
    const casts = await this.app.ballot.casts();
    if (casts.length === 0) {
      fill(this.#list, h("p", { class: "lead" }, this.t("mine.empty")));
      return;
    }
    const [latest, ...earlier] = casts.map((cast) => this.#entry(cast));
    fill(this.#list, h("p", { class: "lead" }, this.t("mine.text")), latest, this.#again(), earlier);
    this.append(
      new ForgetBox(this.t, {
        another: () => void this.app.another(),
        wipe: () => this.app.wipe(),
        met: (error, notice) => this.app.met(error, notice),
      }),
    );
  }

  #again() {
    const { stage, manifest } = this.app.election;
    if (stage !== "open" || !manifest.revote || !this.app.voter.me || this.app.voter.replaced) return null;
    return h(
      "p",
      { class: "actions" },
      h("a", { class: "button secondary", href: "#choose" }, this.t("mine.again")),
      h("span", { class: "hint" }, this.t("mine.again-text")),
    );
  }

  /** @param {Cast} cast */
  #entry(cast) {
    const state = h("div", { class: "mine-state", role: "status" });
    const entry = h(
      "section",
      { class: "mine-entry" },
      state,
      new ConfirmationCode(this.t, cast.code),
      h(
        "p",
        { class: "hint" },
        this.t.dateAndTime(cast.castAt),
        " · ",
        this.t("receipt.place"),
        " ",
        this.t.number(cast.index),
      ),
      h(
        "details",
        { class: "fold" },
        h("summary", null, this.t("mine.show-receipt")),
        this.app.receipt(cast),
        h("p", { class: "actions" }, this.#save(cast, "secondary")),
      ),
    );
    void this.#check(cast, state, entry);
    return entry;
  }

  /**
   * @param {Cast} cast
   * @param {"primary" | "secondary"} weight
   */
  #save(cast, weight) {
    const click = () => this.app.saveReceipt(cast);
    return h(
      "button",
      { type: "button", class: `button ${weight}`, on: { click } },
      this.t("receipt.download"),
    );
  }

  /**
   * @param {Cast} cast
   * @param {HTMLElement} state
   * @param {HTMLElement} entry
   */
  async #check(cast, state, entry) {
    fill(state, h("p", { class: "hint" }, this.t("mine.checking")));
    try {
      const standing = await this.app.election.box.find(cast);
      const { title, text, sign } = STANDINGS[standing];
      entry.classList.add(standing);
      const closed = standing === "counts" && this.app.election.stage === "closed";
      fill(
        state,
        h(
          "h2",
          { class: "mine-title" },
          svg(
            "svg",
            { viewBox: "0 0 32 32", class: "sign", "aria-hidden": "true" },
            svg("circle", { cx: 16, cy: 16, r: 15 }),
            svg("path", { d: sign }),
          ),
          this.t(title),
        ),
        h("p", null, closed ? this.t("mine.counted-text") : this.t(text)),
        standing === "missing" && h("p", null, this.#save(cast, "primary")),
      );
    } catch (error) {
      const trouble = asTrouble(error);
      const notice = new TroubleNotice(this.t);
      fill(state, h("h2", { class: "mine-title" }, this.t("mine.unchecked")), notice);
      this.app.met(trouble, notice, () => this.#check(cast, state, entry));
    }
  }

  /** @param {HTMLInputElement} input */
  async #openFile(input) {
    const file = input.files?.[0];
    if (!file) return;
    this.#trouble.clear();
    try {
      const cast = parseReceiptFile(await file.text(), this.app.election.config.fingerprint);
      fill(this.#list, this.#entry(await this.app.election.box.confirm(cast)));
      this.#list.scrollIntoView({ block: "start" });
    } catch (error) {
      this.app.met(error, this.#trouble);
    } finally {
      // The same file can then be chosen again.
      input.value = "";
    }
  }
}

customElements.define("veche-mine", MineScreen);
