import { fill, h, heading, said } from "../../../lib/dom.js";
import { msg } from "../../../lib/text.js";
import { hexValue } from "../../../parts/copy.js";
import { Screen } from "../../../parts/screen.js";
import { SecretPicture } from "../../../parts/secret-picture.js";
import { PhoneForm } from "./phone.js";
import { unsent } from "./unsent.js";

/** @typedef {import("../main.js").App} App */

/**
 * The first page: what is voted on, until when, how it stays secret, and one button.
 * @extends {Screen<App>}
 */
export class WelcomeScreen extends Screen {
  static step = null;
  static title = msg("welcome.name");
  static guard = () => null;

  /** @param {App} app */
  constructor(app) {
    super(app);
    this.manifest = app.election.manifest;
  }

  async connectedCallback() {
    await this.app.reread();
    const casts = await this.app.ballot.casts();
    fill(
      this,
      h(
        "div",
        { class: "welcome-lead" },
        heading(said(this.t, this.manifest.title)),
        this.manifest.text && h("p", { class: "lead" }, said(this.t, this.manifest.text)),
        this.#dates(),
        this.#actions(casts.length > 0),
      ),
      h("p", null, h("a", { class: "link", href: "#find" }, this.t("welcome.find"))),
      new SecretPicture(this.t, this.manifest.trustees),
      this.#limits(),
      this.#fingerprint(),
    );
  }

  #dates() {
    const { opens, time_zone: zone } = this.manifest;
    const { stage, closes, cancelled } = this.app.election;
    const early = stage === "closed" && closes > Date.now() + this.app.election.clockOffset;
    const [state, when] = {
      before: [this.t("welcome.before"), this.t("welcome.before-from", { date: this.t.hour(opens, zone) })],
      open: [this.t("welcome.open"), this.t("welcome.open-until", { date: this.t.hour(closes, zone) })],
      closed: [
        cancelled ? this.t("welcome.cancelled") : this.t("welcome.closed"),
        early
          ? this.t("welcome.closed-early")
          : this.t("welcome.closed-at", { date: this.t.hour(closes, zone) }),
      ],
    }[stage];
    return h("p", { class: `dates ${stage}` }, h("strong", null, state), " ", h("span", null, when));
  }

  /** @param {boolean} receipts whether this browser has some, perhaps of somebody else */
  #actions(receipts) {
    const { stage } = this.app.election;
    const { me } = this.app.voter;
    const { ballot } = this.app;
    if (this.app.unsent) return unsent(this.app);
    const mine = h("a", { class: "button secondary", href: "#mine" }, this.t("welcome.look-up"));
    if (stage === "before") return receipts ? h("p", { class: "actions" }, mine) : null;
    if (stage === "closed") {
      return h(
        "div",
        null,
        ballot.sealed && h("p", { class: "callout" }, this.t("welcome.never-cast")),
        h(
          "p",
          { class: "actions" },
          h("a", { class: "button primary", href: "#results" }, this.t("welcome.results")),
          receipts && mine,
        ),
      );
    }
    if (ballot.voted && me) {
      const may = this.manifest.revote;
      return h(
        "div",
        null,
        h("p", null, may ? this.t("welcome.again") : this.t("welcome.again-final")),
        h(
          "p",
          { class: "actions" },
          h("a", { class: "button primary", href: "#mine" }, this.t("welcome.look-up")),
          may && h("a", { class: "button secondary", href: "#choose" }, this.t("welcome.change")),
        ),
      );
    }
    if (!me) {
      return h(
        "section",
        { class: "welcome-start" },
        h("h2", null, this.t("welcome.start")),
        new PhoneForm(this.app),
        h("p", { class: "hint" }, this.t("welcome.needs")),
        receipts && h("p", { class: "actions" }, mine),
      );
    }
    return h(
      "p",
      { class: "actions" },
      h("a", { class: "button primary wide", href: "#choose" }, this.t("welcome.continue")),
      receipts && mine,
    );
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
        h("li", null, this.t("welcome.limits-phone")),
        h("li", null, this.t("welcome.limits-box")),
        h("li", null, this.t("welcome.limits-trustees", { n: trustees.threshold })),
      ),
    );
  }

  #fingerprint() {
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
