import { fill, h, heading, said } from "../../../lib/dom.js";
import { hexValue } from "../../../parts/copy.js";
import { Screen } from "../../../parts/screen.js";
import { SecretPicture } from "../../../parts/secret-picture.js";
import { CheckLine } from "./check-line.js";
import { showHours } from "./hours.js";
import { signInForm } from "./phone.js";
import { addressOf } from "./reading.js";
import { unsent } from "./unsent.js";

/** @typedef {import("../main.js").App} App */

/**
 * The first page: what is voted on, until when, how it stays secret, and one button. All but the button is there before
 * the election has been verified.
 * @extends {Screen<App>}
 */
export class WelcomeScreen extends Screen {
  back = null;
  name = this.t("welcome.name");
  #hours = h("p");
  #check;
  #actions = h("div", { class: "welcome-actions" });
  #fingerprint = h("div");
  #others = h("p", { class: "actions", hidden: true });
  /** @type {HTMLElement | null} one, so that what is typed before the election is verified stays as it is */
  #form = null;

  /** @param {App} app */
  constructor(app) {
    super(app);
    this.manifest = app.announcement.manifest;
    this.#check = new CheckLine(app);
    showHours(this.#hours, app);
    fill(this.#actions, this.#early());
    fill(
      this,
      h(
        "div",
        { class: "welcome-lead" },
        heading(said(this.t, this.manifest.title)),
        this.manifest.text && h("p", { class: "lead" }, said(this.t, this.manifest.text)),
        this.#hours,
        this.#projects(),
        this.#actions,
        this.#check,
      ),
      h(
        "section",
        { class: "welcome-contests" },
        // Named for the link above, which leads here a second time too.
        h("h2", { class: "contests", id: "contests" }, this.t("read.contests")),
        h(
          "ul",
          { class: "contest-list" },
          this.manifest.contests.map((contest) => this.#contest(contest)),
        ),
      ),
      h("p", null, h("a", { class: "link", href: "#find" }, this.t("welcome.find"))),
      new SecretPicture(this.t, this.manifest.trustees),
      this.#limits(),
      this.#fingerprint,
    );
  }

  connectedCallback() {
    if (this.app.ready) this.verified();
  }

  /** Takes over what is known now. */
  async verified() {
    this.#check.show();
    if (!this.app.ready) return;
    showHours(this.#hours, this.app);
    await this.app.voting.reread();
    const casts = await this.app.ballot.casts();
    const actions = this.#known(casts.length > 0);
    if (!actions || !this.#actions.contains(actions)) fill(this.#actions, actions);
    fill(this.#fingerprint, this.#printed());
  }

  /** The way to what can be read below, or to the one page of it. */
  #projects() {
    const { contests } = this.manifest;
    const n = contests.reduce((sum, { options }) => sum + options.length, 0);
    const [only] = contests.length === 1 ? contests : [];
    return h(
      "p",
      null,
      h(
        "a",
        { class: "link", href: only ? `#${addressOf(only.id)}` : "#contests" },
        this.t("read.all", { n }),
      ),
    );
  }

  /** @param {import("../../../../veche-wasm-voter.js").Contest} contest */
  #contest({ id, title, options, budget, currency }) {
    const facts = [this.t("read.projects", { n: options.length })];
    if (budget !== undefined) facts.push(this.t("choose.budget", { amount: this.t.money(budget, currency) }));
    return h(
      "li",
      null,
      h("a", { href: `#${addressOf(id)}` }, said(this.t, title)),
      h("span", { class: "hint" }, facts.join(" · ")),
    );
  }

  /** What can be done as far as the announced hours say. A browser that has begun to vote waits for more. */
  #early() {
    const { stage } = this.app.announcement;
    if (stage === "closed") return this.#results(null);
    return stage === "open" && !this.app.begun && this.#start([]);
  }

  /** @param {(HTMLElement | null | false)[]} others what else there is to do */
  #start(others) {
    this.#others.hidden = !others.some(Boolean);
    fill(this.#others, others);
    return (this.#form ??= h(
      "section",
      { class: "welcome-start" },
      h("h2", null, this.t("welcome.start")),
      signInForm(this.app),
      !this.app.portal?.form && h("p", { class: "hint" }, this.t("welcome.needs")),
      this.#others,
    ));
  }

  /** @param {HTMLElement | null} mine */
  #results(mine) {
    return h(
      "p",
      { class: "actions" },
      !this.app.announcement.cancelled &&
        h("a", { class: "button primary", href: "#results" }, this.t("welcome.results")),
      mine,
    );
  }

  /** @param {boolean} receipts whether this browser has some, perhaps of somebody else */
  #known(receipts) {
    const { stage } = this.app.election;
    const { me } = this.app.voter;
    const { ballot } = this.app;
    if (this.app.voting.unsent) return unsent(this.app);
    const mine = h("a", { class: "button secondary", href: "#mine" }, this.t("welcome.look-up"));
    if (stage === "before") return receipts ? h("p", { class: "actions" }, mine) : null;
    if (stage === "closed") {
      return h(
        "div",
        null,
        ballot.sealed && h("p", { class: "callout" }, this.t("welcome.never-cast")),
        this.#results(receipts ? mine : null),
      );
    }
    if (ballot.elsewhere) return h("p", null, this.t("mine.voted-elsewhere"));
    if (ballot.voted && me) {
      const may = this.manifest.revote;
      return h(
        "div",
        { class: "welcome-start" },
        h("p", null, may ? this.t("welcome.again") : this.t("welcome.again-final")),
        h(
          "p",
          { class: "actions" },
          h("a", { class: "button primary", href: "#mine" }, this.t("welcome.look-up")),
          may && h("a", { class: "button secondary", href: "#choose" }, this.t("welcome.change")),
        ),
      );
    }
    if (me) return h("p", { class: "actions" }, this.#goOn("choose", "primary wide"), receipts && mine);
    const { signedIn, codeRequest } = this.app.voter;
    return this.#start([(signedIn || codeRequest) && this.#goOn("code", "secondary"), receipts && mine]);
  }

  /**
   * @param {string} place
   * @param {string} look
   */
  #goOn(place, look) {
    return h("a", { class: `button ${look}`, href: `#${place}` }, this.t("welcome.continue"));
  }

  #limits() {
    const { trustees, revote } = this.manifest;
    return h(
      "details",
      { class: "fold" },
      h("summary", null, this.t("welcome.limits")),
      h(
        "ul",
        null,
        h("li", null, revote ? this.t("welcome.limits-watch") : this.t("welcome.limits-watch-final")),
        h("li", null, this.t("welcome.limits-device")),
        !this.app.portal?.form && h("li", null, this.t("welcome.limits-phone")),
        h("li", null, this.t("welcome.limits-box")),
        h("li", null, this.t("welcome.limits-trustees", { n: trustees.threshold })),
      ),
    );
  }

  #printed() {
    return h(
      "details",
      { class: "fold" },
      h("summary", null, this.t("welcome.fingerprint")),
      h(
        "p",
        { class: "fingerprint" },
        hexValue(this.t, this.t("welcome.fingerprint"), this.app.election.config.fingerprint),
      ),
      h("p", null, this.t("welcome.fingerprint-text")),
    );
  }
}

customElements.define("veche-welcome", WelcomeScreen);
