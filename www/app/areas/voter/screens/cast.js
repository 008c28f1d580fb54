import { fill, h, heading } from "../../../lib/dom.js";
import { sentence } from "../../../lib/sentences.js";
import { msg } from "../../../lib/text.js";
import { asTrouble, isFatal } from "../../../lib/trouble.js";
import { evidenceButton } from "../../../parts/evidence.js";
import { Screen } from "../../../parts/screen.js";

/** @typedef {import("../main.js").App} App */

/** Refusals after which the very same ballot can never be taken. */
const FINAL = new Set([
  "not-open",
  "ballot-invalid",
  "credential-revoked",
  "credential-unknown",
  "sequence-behind",
  "too-large",
]);

/**
 * Sends the sealed ballot and waits until the box's answer has been checked. Also where a reload resumes.
 * @extends {Screen<App>}
 */
export class CastScreen extends Screen {
  static step = /** @type {const} */ ("cast");
  static title = msg("cast.name");
  /** @param {App} app */
  static guard = (app) => (app.voter.me ? null : "welcome");

  #slow = h("p", { class: "hint", role: "status" });

  /** @param {App} app */
  constructor(app) {
    super(app);
  }

  connectedCallback() {
    void this.#send();
  }

  async #send() {
    if (!(await this.app.ballot.pending())) return this.app.replace("mine");
    fill(this.#slow);
    fill(
      this,
      heading(this.t("cast.sending")),
      h("progress", { "aria-label": this.t("cast.sending") }),
      h("p", null, this.t("cast.sending-text")),
      this.#slow,
    );
    this.#focus();
    try {
      await this.app.ballot.send(() => {
        this.#slow.textContent = this.t("app.slow");
      });
      if (this.isConnected) this.app.replace("receipt");
    } catch (error) {
      const trouble = asTrouble(error);
      if (isFatal(trouble)) this.app.stop(trouble);
      else if (FINAL.has(trouble.code)) await this.#refused(trouble);
      else this.#failed(trouble);
    }
  }

  /** @param {import("../../../lib/trouble.js").Trouble} trouble */
  #failed(trouble) {
    fill(
      this,
      heading(trouble.code === "not-witnessed" ? this.t("cast.not-witnessed") : this.t("cast.failed")),
      h("p", { class: "trouble", role: "alert" }, sentence(this.t, trouble)),
      h("p", null, this.t("cast.kept")),
      h(
        "p",
        { class: "actions" },
        h(
          "button",
          { type: "button", class: "button primary wide", on: { click: () => this.#send() } },
          this.t("app.retry"),
        ),
        trouble.evidence !== null && evidenceButton(this.t, trouble),
      ),
    );
    this.#focus();
  }

  /** @param {import("../../../lib/trouble.js").Trouble} trouble */
  async #refused(trouble) {
    await this.app.ballot.withdraw();
    if (trouble.code === "credential-revoked") {
      this.app.voter.replaced = true;
      return this.app.replace("replaced");
    }
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
        again && h("a", { class: "button primary wide", href: "#review" }, this.t("cast.seal-again")),
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
