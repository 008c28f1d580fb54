import { fill, h, heading } from "../../../lib/dom.js";
import { CopyButton } from "../../../parts/copy.js";
import { Screen } from "../../../parts/screen.js";
import { CheckLine } from "./check-line.js";
import { showHours } from "./hours.js";

/** @typedef {import("../main.js").App} App */

/**
 * Where a contest, or one of its projects, is read.
 * @param {string} contest
 * @param {string} [option]
 */
export const addressOf = (contest, option) =>
  option === undefined
    ? `contest/${encodeURIComponent(contest)}`
    : `project/${encodeURIComponent(contest)}/${encodeURIComponent(option)}`;

/**
 * A page for everybody to read and to link to; the election may not be verified yet.
 * @extends {Screen<App>}
 */
export class ReadingScreen extends Screen {
  #hours = h("p");
  #check;
  #vote = h("div", { class: "read-vote" });
  #link = h("a", { class: "button primary" }, this.t("read.vote"));

  /** @param {App} app */
  constructor(app) {
    super(app);
    this.back = "welcome";
    this.name = this.t("read.missing");
    this.#check = new CheckLine(app);
  }

  /** What the address names is not there. */
  missing() {
    fill(this, heading(this.name), h("p", { class: "lead" }, this.t("read.missing-text")));
  }

  /**
   * What stands at the end of the page's head: until when, the way to vote, whether it was checked, and a link to pass on.
   * @param {string} contest
   * @param {string} address of the page
   */
  foot(contest, address) {
    this.contest = contest;
    this.#link.setAttribute("href", `#vote/${encodeURIComponent(contest)}`);
    this.verified();
    const link = h("span", { class: "visually-hidden", translate: "no", dir: "ltr" });
    link.textContent = new URL(`./#${address}`, document.baseURI).href;
    return h(
      "div",
      { class: "read-foot" },
      this.#hours,
      this.#vote,
      this.#check,
      h(
        "p",
        { class: "hint" },
        this.t("read.link"),
        " ",
        link,
        new CopyButton(this.t, this.t("read.link"), link.textContent, link),
      ),
    );
  }

  /** Takes over what is known now. */
  verified() {
    this.#check.show();
    showHours(this.#hours, this.app);
    const way = this.#mayVote() ? this.#link : null;
    // Under a finger it stays the same link.
    if (this.#vote.firstChild !== way) fill(this.#vote, way);
  }

  /** Whether this reader can vote on the contest: where that is not known yet, it is found out on the way. */
  #mayVote() {
    const { app, contest } = this;
    if (app.announcement.stage !== "open") return false;
    const voter = app.ready ? app.voter : null;
    const elsewhere = voter?.me && !app.ballot.contests.some(({ id }) => id === contest);
    return !voter?.replaced && !elsewhere;
  }
}
