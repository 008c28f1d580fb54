import { fill, h, heading } from "../../../lib/dom.js";
import { sentence } from "../../../lib/sentences.js";
import { msg } from "../../../lib/text.js";
import { asTrouble, isFatal } from "../../../lib/trouble.js";
import { ConfirmationCode } from "../../../parts/confirmation-code.js";
import { evidenceButton } from "../../../parts/evidence.js";
import { Screen } from "../../../parts/screen.js";

/** @typedef {import("../main.js").App} App */
/** @typedef {import("../../../lib/trouble.js").Trouble} Trouble */

/** Refusals after which the very same ballot can never be taken. */
const FINAL = new Set([
  "not-open",
  "ballot-invalid",
  "credential-revoked",
  "credential-unknown",
  "sequence-behind",
  "too-large",
]);

/** Troubles that pass: the same ballot is sent again by itself. */
const PASSING = new Set([
  "offline",
  "timeout",
  "too-slow",
  "server",
  "server-fault",
  "busy",
  "box-unreachable",
  "not-witnessed",
  "too-many-requests",
  "too-many-ballots",
]);

/** After how many seconds the ballot is sent again, the first time and so on. */
const PAUSES = [2, 4, 8, 15];

/** From then on, and while the device knows that it has no network. */
const LONG_PAUSE = 30;

/** A request that is younger than this, in milliseconds, is not given up for another one. */
const YOUNG = 2_000;

/**
 * Sends the sealed ballot until the box has answered, and shows the receipt once that answer has been checked. Also where
 * a reload resumes.
 * @extends {Screen<App>}
 */
export class CastScreen extends Screen {
  static step = /** @type {const} */ ("cast");
  static title = msg("cast.name");
  /** @param {App} app */
  static guard = (app) => (app.voter.me ? null : "welcome");

  /** What is going on, read out when it changes. */
  #now = h("p", { class: "hint", role: "status" });
  /** @type {AbortController | null} the request under way */
  #flight = null;
  #began = 0;
  #failures = 0;
  #timer = 0;

  /** @param {App} app */
  constructor(app) {
    super(app);
  }

  connectedCallback() {
    fill(
      this,
      heading(this.t("cast.sending")),
      h("progress", { "aria-label": this.t("cast.sending") }),
      h("p", null, this.t("cast.sending-text")),
      this.#now,
    );
    this.#focus();
    window.addEventListener("online", this.#again);
    window.addEventListener("offline", this.#lost);
    document.addEventListener("visibilitychange", this.#again);
    void this.#send();
  }

  disconnectedCallback() {
    this.#end();
  }

  #end() {
    window.removeEventListener("online", this.#again);
    window.removeEventListener("offline", this.#lost);
    document.removeEventListener("visibilitychange", this.#again);
    clearTimeout(this.#timer);
    this.#flight?.abort();
    this.#flight = null;
  }

  /** The network is back, or the voter is: a request from before may hang, and none may be under way. */
  #again = () => {
    if (document.visibilityState !== "visible") return;
    if (this.#flight && Date.now() - this.#began < YOUNG) return;
    void this.#send();
  };

  #lost = () => {
    this.#now.textContent = this.t("cast.no-network");
  };

  async #send() {
    clearTimeout(this.#timer);
    this.#flight?.abort();
    const flight = (this.#flight = new AbortController());
    this.#began = Date.now();
    this.#now.textContent = navigator.onLine ? this.t("cast.asking") : this.t("cast.no-network");
    try {
      if (await this.app.ballot.pending()) {
        const onSlow = () => {
          if (this.#flight === flight && navigator.onLine) this.#now.textContent = this.t("app.slow");
        };
        await this.app.ballot.send({ onSlow, signal: flight.signal });
      }
      // What was searched for hints at what was chosen, which this browser has just forgotten.
      this.app.looks.forget();
      // Another request, or another tab, may have been faster.
      if (!this.isConnected) return;
      if (this.app.ballot.stored) this.#stored(this.app.ballot.stored.code);
      else this.app.replace(this.app.ballot.cast ? "receipt" : "mine");
    } catch (error) {
      if (this.#flight !== flight) return;
      this.#flight = null;
      const trouble = asTrouble(error);
      if (isFatal(trouble)) this.app.stop(trouble);
      else if (FINAL.has(trouble.code)) await this.#refused(trouble);
      else this.#failed(trouble);
    }
  }

  /**
   * The backend has the ballot, and no receipt for it: nothing here says that it is cast.
   * @param {string} code
   */
  #stored(code) {
    this.#end();
    fill(
      this,
      heading(this.t("stored.heading")),
      h("p", { class: "lead" }, this.t("stored.text")),
      h("h2", null, this.t("review.code")),
      new ConfirmationCode(this.t, code),
      h("p", null, this.t("stored.find")),
      h(
        "p",
        { class: "actions" },
        h(
          "button",
          { type: "button", class: "button primary wide", on: { click: () => this.connectedCallback() } },
          this.t("stored.again"),
        ),
        h("a", { class: "button secondary", href: "#find" }, this.t("find.name")),
        h(
          "button",
          { type: "button", class: "link", on: { click: () => this.app.voting.another() } },
          this.t("mine.other"),
        ),
      ),
    );
    this.#focus();
  }

  /** @param {Trouble} trouble */
  #failed(trouble) {
    const passing = PASSING.has(trouble.code);
    if (!passing) this.app.portal?.failed(trouble);
    fill(
      this,
      heading(trouble.code === "not-witnessed" ? this.t("cast.not-witnessed") : this.t("cast.failed")),
      h("p", { class: "trouble", role: "alert" }, sentence(this.t, trouble)),
      this.#now,
      h(
        "p",
        { class: "actions" },
        h(
          "button",
          { type: "button", class: "button primary wide", on: { click: () => this.#send() } },
          this.t("cast.try-now"),
        ),
        trouble.evidence !== null && evidenceButton(this.t, trouble),
      ),
      h("p", null, this.t("cast.kept")),
    );
    this.#now.textContent = "";
    if (passing) this.#sendAfter((navigator.onLine && PAUSES[this.#failures]) || LONG_PAUSE);
    // The voter is told once, and not thrown to the top of the page by every attempt.
    if (this.#failures === 0) this.#focus();
    this.#failures += 1;
  }

  /** @param {number} seconds */
  #sendAfter(seconds) {
    this.#now.textContent = navigator.onLine
      ? this.t("cast.again-in", { n: seconds })
      : this.t("cast.no-network");
    this.#timer = window.setTimeout(() => void this.#send(), seconds * 1_000);
  }

  /** @param {Trouble} trouble */
  async #refused(trouble) {
    this.#end();
    await this.app.ballot.withdraw();
    if (trouble.code === "credential-revoked") return this.app.replaced();
    this.app.portal?.failed(trouble);
    const again = trouble.code === "sequence-behind" || trouble.code === "ballot-invalid";
    if (again) await this.app.voter.refresh().catch(() => undefined);
    fill(
      this,
      heading(this.t("cast.refused")),
      h("p", { class: "trouble", role: "alert" }, sentence(this.t, trouble)),
      trouble.code === "not-open" && h("p", null, this.t("cast.closed-text")),
      h(
        "p",
        { class: "actions" },
        again && h("a", { class: "button primary wide", href: "#review" }, this.t("last.go")),
        trouble.code === "credential-unknown" &&
          h("a", { class: "button primary wide", href: "#phone" }, this.t("replaced.again")),
        h("a", { class: "button secondary", href: "#mine" }, this.t("app.mine")),
      ),
    );
    this.#focus();
  }

  #focus() {
    this.querySelector("h1")?.focus({ preventScroll: true });
  }
}

customElements.define("veche-cast", CastScreen);
