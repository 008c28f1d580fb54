import { fill, h, heading } from "../../../lib/dom.js";
import { grouped } from "../../../lib/encoding.js";
import { dateAndTime, localised, t } from "../../../lib/text.js";
import { SecretPicture } from "../../../parts/secret-picture.js";

/** @typedef {import("../main.js").App} App */

/** The first page: what is voted on, until when, how it stays secret, and one button. */
export class WelcomeScreen extends HTMLElement {
  static step = null;
  static title = () => t("welcome.name");
  static guard = () => null;

  /** @param {App} app */
  constructor(app) {
    super();
    this.app = app;
    this.manifest = app.election.manifest;
  }

  async connectedCallback() {
    const casts = await this.app.ballot.casts();
    fill(
      this,
      h(
        "div",
        { class: "welcome-lead" },
        heading(localised(this.manifest.title)),
        this.manifest.text && h("p", { class: "lead" }, localised(this.manifest.text)),
        this.#dates(),
        this.#actions(casts.length > 0),
      ),
      h("p", null, h("a", { class: "link", href: "#find" }, t("find.link"))),
      new SecretPicture(this.manifest.trustees),
      this.#limits(),
      this.#fingerprint(),
    );
  }

  #dates() {
    const { opens, closes } = this.manifest;
    const { stage } = this.app.election;
    const early = stage === "closed" && Date.parse(closes) > Date.now() + this.app.election.clockOffset;
    const [state, when] = {
      before: [t("welcome.before"), t("welcome.before-from", { date: dateAndTime(opens) })],
      open: [t("welcome.open"), t("welcome.open-until", { date: dateAndTime(closes) })],
      closed: [
        t("welcome.closed"),
        early ? t("welcome.closed-early") : t("welcome.closed-at", { date: dateAndTime(closes) }),
      ],
    }[stage];
    return h("p", { class: `dates ${stage}` }, h("strong", null, state), " ", h("span", null, when));
  }

  /** @param {boolean} voted */
  #actions(voted) {
    const { stage } = this.app.election;
    const { me } = this.app.voter;
    const mine = h("a", { class: "button secondary", href: "#mine" }, t("welcome.look-up"));
    if (stage === "before") return voted ? h("p", { class: "actions" }, mine) : null;
    if (stage === "closed") {
      return h(
        "p",
        { class: "actions" },
        h("a", { class: "button primary", href: "#results" }, t("welcome.results")),
        voted && mine,
      );
    }
    if (voted && me) {
      const may = this.manifest.revote;
      return h(
        "div",
        null,
        h("p", null, may ? t("welcome.again") : t("welcome.again-final")),
        h(
          "p",
          { class: "actions" },
          h("a", { class: "button primary", href: "#mine" }, t("welcome.look-up")),
          may && h("a", { class: "button secondary", href: "#choose" }, t("welcome.change")),
        ),
      );
    }
    return h(
      "div",
      null,
      h(
        "p",
        { class: "actions" },
        h(
          "a",
          { class: "button primary wide", href: me ? "#choose" : "#phone" },
          me ? t("welcome.continue") : t("welcome.start"),
        ),
        voted && mine,
      ),
      !me && h("p", { class: "hint" }, t("welcome.needs")),
    );
  }

  #limits() {
    const { trustees, revote } = this.manifest;
    return h(
      "details",
      { class: "fold" },
      h("summary", null, t("welcome.limits")),
      h(
        "ul",
        null,
        h("li", null, revote ? t("welcome.limits-watch") : t("welcome.limits-watch-final")),
        h("li", null, t("welcome.limits-device")),
        h("li", null, t("welcome.limits-phone")),
        h("li", null, t("welcome.limits-box")),
        h("li", null, t("welcome.limits-trustees", { n: trustees.threshold })),
      ),
    );
  }

  #fingerprint() {
    return h(
      "details",
      { class: "fold" },
      h("summary", null, t("welcome.fingerprint")),
      h("p", { class: "fingerprint" }, grouped(this.app.election.config.fingerprint)),
      h("p", null, t("welcome.fingerprint-text")),
    );
  }
}

customElements.define("veche-welcome", WelcomeScreen);
