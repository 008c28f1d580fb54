import { fill, h, heading, said } from "../../../lib/dom.js";
import { msg } from "../../../lib/text.js";
import { asTrouble } from "../../../lib/trouble.js";
import { whileBusy } from "../../../parts/busy.js";
import { Screen } from "../../../parts/screen.js";
import { searchOf } from "../../../parts/search-box.js";
import { TroubleNotice } from "../../../parts/trouble.js";

/** @typedef {import("../main.js").App} App */

/**
 * Where a district's voters may add one other contest to their ballot: which one, or none.
 * @extends {Screen<App>}
 */
export class ExtraScreen extends Screen {
  static step = /** @type {const} */ ("sign-in");
  static title = msg("extra.name");
  /** @param {App} app */
  static guard = (app) => (app.voting.addable.length > 0 ? null : app.voter.me ? "choose" : "phone");

  #trouble = new TroubleNotice(this.t);
  #again = h(
    "p",
    { hidden: true },
    h("a", { class: "button secondary", href: "#phone" }, this.t("replaced.again")),
  );
  #button = h("button", { class: "button primary wide" }, this.t("district.continue"));
  #form;

  /** @param {App} app */
  constructor(app) {
    super(app);
    this.back = app.voter.signedIn ? "phone" : "welcome";
    const { extra = app.voting.extra } = app.voter.marked;
    /**
     * @param {string} value
     * @param {string} title
     * @param {boolean} checked
     * @param {import("../../../lib/dom.js").Child} [shown]
     */
    const row = (value, title, checked, shown = title) => ({
      title,
      row: h(
        "label",
        { class: "row-choice" },
        h("input", { type: "radio", name: "extra", value, required: true, checked }),
        h("span", null, shown),
      ),
    });
    const rows = app.voting.addable.map((contest) =>
      row(contest.id, this.t.localised(contest.title), contest.id === extra, said(this.t, contest.title)),
    );
    this.#form = h(
      "form",
      {
        class: "form",
        novalidate: true,
        on: {
          submit: (/** @type {Event} */ event) => this.#submit(event),
          change: () => app.voter.mark({ extra: this.#marked() }),
        },
      },
      searchOf(this.t("district.search"), rows),
      h(
        "fieldset",
        { class: "rows" },
        h("legend", { class: "visually-hidden" }, this.t("extra.legend")),
        row("", this.t("extra.none"), extra === null).row,
        rows.map(({ row }) => row),
      ),
      this.#trouble,
      this.#again,
      this.#button,
    );
    fill(
      this,
      heading(this.t("extra.heading")),
      h("p", { class: "lead" }, this.t("extra.text")),
      h("p", { class: "callout" }, this.t("extra.visible")),
      this.#form,
      app.voter.me && h("p", { class: "hint" }, this.t("extra.whole")),
    );
  }

  /** What is marked: a contest, null for none, undefined while nothing is. */
  #marked() {
    const contest = new FormData(this.#form).get("extra");
    return typeof contest === "string" ? contest || null : undefined;
  }

  /** @param {Event} event */
  async #submit(event) {
    event.preventDefault();
    this.#trouble.clear();
    this.#again.hidden = true;
    const contest = this.#marked();
    if (contest === undefined) return this.#trouble.say(this.t("extra.undecided"));
    try {
      const next = await whileBusy(this.#button, this.t("district.registering"), () =>
        this.app.voting.add(contest),
      );
      if (next) this.app.go(next);
    } catch (error) {
      // The box takes another key only from someone who has just shown who they are.
      this.#again.hidden = asTrouble(error).code !== "sign-in-needed";
      this.app.met(error, this.#trouble);
    }
  }
}

customElements.define("veche-extra", ExtraScreen);
