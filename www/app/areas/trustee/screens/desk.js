import { fill, h, heading, uniqueId } from "../../../lib/dom.js";
import { saveBytes } from "../../../lib/download.js";
import { sentence } from "../../../lib/sentences.js";
import { msg } from "../../../lib/text.js";
import { Trouble } from "../../../lib/trouble.js";
import { whileBusy } from "../../../parts/busy.js";
import { CopyButton, hexValue } from "../../../parts/copy.js";
import { Screen } from "../../../parts/screen.js";
import { TroubleNotice } from "../../../parts/trouble.js";
import { TrusteeCounts } from "../../../parts/trustee-counts.js";
import { trusteeHelp } from "../../../parts/trustee-help.js";
import { TrusteesPicture } from "../../../parts/trustees-picture.js";

/** @typedef {import("../../../lib/text.js").Key} Key */
/** @typedef {import("../model/trustee.js").Next} Step */
/** @typedef {import("../model/trustee.js").Status} Status */
/** @typedef {import("../main.js").TrusteeApp} TrusteeApp */
/** What stands on the screen for a step: its heading, what it is, what cannot be undone, the button's words. */
/** @typedef {{ title: Key, text: Key, final?: Key, button?: Key }} Words */

/** The words of a step where no trustee may be missing at the count. @type {Partial<Record<Key, Key>>} */
const OF_ALL = { [msg("trustee.deal-text")]: msg("trustee.deal-text-all") };

/** How long the page waits before it looks at the board again: soon at first, then less and less often. */
const SOONEST_MS = 5_000;
const LATEST_MS = 60_000;

/** @type {Record<string, Words>} by turn, what, and what it is of */
const STEPS = {
  "act commit": {
    title: msg("trustee.commit"),
    text: msg("trustee.commit-text"),
    final: msg("trustee.commit-final"),
    button: msg("trustee.commit-button"),
  },
  "act deal": {
    title: msg("trustee.deal"),
    text: msg("trustee.deal-text"),
    final: msg("trustee.deal-final"),
    button: msg("trustee.deal-button"),
  },
  "act complain": {
    title: msg("trustee.complain"),
    text: msg("trustee.complain-text"),
    final: msg("trustee.complain-final"),
    button: msg("trustee.complain-button"),
  },
  "act confirm": {
    title: msg("trustee.confirm"),
    text: msg("trustee.confirm-text"),
    final: msg("trustee.confirm-final"),
    button: msg("trustee.confirm-button"),
  },
  "act consent rehearsal": {
    title: msg("trustee.rehearse"),
    text: msg("trustee.rehearse-text"),
    final: msg("trustee.rehearse-final"),
    button: msg("trustee.rehearse-button"),
  },
  "act decrypt rehearsal": {
    title: msg("trustee.rehearse-open"),
    text: msg("trustee.rehearse-open-text"),
    button: msg("trustee.rehearse-open-button"),
  },
  "act consent vote": {
    title: msg("trustee.consent"),
    text: msg("trustee.consent-text"),
    final: msg("trustee.consent-final"),
    button: msg("trustee.consent-button"),
  },
  "act decrypt vote": {
    title: msg("trustee.decrypt"),
    text: msg("trustee.decrypt-text"),
    final: msg("trustee.decrypt-final"),
    button: msg("trustee.decrypt-button"),
  },
  "wait commit": { title: msg("trustee.wait"), text: msg("trustee.wait-commit") },
  "wait deal": { title: msg("trustee.wait"), text: msg("trustee.wait-deal") },
  "wait confirm": { title: msg("trustee.wait"), text: msg("trustee.wait-confirm") },
  "wait restart": { title: msg("trustee.wait-restart"), text: msg("trustee.wait-restart-text") },
  "wait rehearsal": { title: msg("trustee.wait-rehearsal"), text: msg("trustee.wait-rehearsal-text") },
  "wait consents rehearsal": { title: msg("trustee.wait"), text: msg("trustee.wait-consents-rehearsal") },
  "wait consents vote": { title: msg("trustee.wait"), text: msg("trustee.wait-consents") },
  "wait others-consents rehearsal": {
    title: msg("trustee.wait"),
    text: msg("trustee.wait-others-rehearsal"),
  },
  "wait others-consents vote": { title: msg("trustee.wait"), text: msg("trustee.wait-others") },
  "wait too-few-others rehearsal": { title: msg("trustee.too-few"), text: msg("trustee.too-few-rehearsal") },
  "wait too-few-others vote": { title: msg("trustee.too-few"), text: msg("trustee.too-few-text") },
  "wait decryptions rehearsal": {
    title: msg("trustee.wait"),
    text: msg("trustee.wait-decryptions-rehearsal"),
  },
  "wait decryptions vote": { title: msg("trustee.wait"), text: msg("trustee.wait-decryptions") },
  "wait opening": { title: msg("trustee.wait-opening"), text: msg("trustee.wait-opening-text") },
  "wait closing": { title: msg("trustee.wait-closing"), text: msg("trustee.wait-closing-text") },
  "wait sums": { title: msg("trustee.wait-sums"), text: msg("trustee.wait-sums-text") },
  "wait hour": { title: msg("trustee.wait-hour"), text: msg("trustee.wait-hour-text") },
  "done cancelled": { title: msg("trustee.cancelled"), text: msg("trustee.cancelled-text") },
  "wait result": { title: msg("trustee.wait-result"), text: msg("trustee.wait-result-text") },
  "done done": {
    title: msg("trustee.done"),
    text: msg("trustee.done-text"),
    final: msg("trustee.done-final"),
  },
};

/** @param {Step} step */
const nameOf = ({ turn, what, of }) => [turn, what, of].filter(Boolean).join(" ");

/**
 * One clear next step, who has done what, and why all this is done.
 * @extends {Screen<TrusteeApp>}
 */
export class TrusteeDeskScreen extends Screen {
  static title = msg("trustee.name");

  /** What an action met stays until the next one; what looking met, until it is looked again. */
  #trouble = new TroubleNotice(this.t);
  #unseen = new TroubleNotice(this.t);
  /** What the reader has said to have compared. */
  #compared = "";
  #next = h("section", { class: "next-step" });
  #rest = h("div", { class: "desk-rest" });
  #looked = h("p", { class: "hint" });
  #pause = SOONEST_MS;
  #timer = 0;
  #busy = false;
  /** What is on the screen, to say only what is new. */
  #drawn = "";
  #look = () => {
    if (!document.hidden) this.#again(0);
  };

  /** @param {TrusteeApp} app */
  constructor(app) {
    super(app);
    this.status = /** @type {Status} */ (app.desk.status);
    fill(this, this.#next, this.#trouble, this.#unseen, this.#rest);
  }

  connectedCallback() {
    document.addEventListener("visibilitychange", this.#look);
    void this.#draw();
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.#look);
    clearTimeout(this.#timer);
  }

  /** @param {number} pause */
  #again(pause) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#poll(), pause);
  }

  /** Asks for the newest checkpoint, a few hundred bytes; entries are fetched only where there are new ones. */
  async #poll() {
    if (this.#busy || document.hidden || !this.isConnected) return;
    try {
      await this.app.desk.stay();
      const news = await this.app.desk.refresh();
      this.#unseen.clear();
      this.#looked.textContent = "";
      this.#pause = news ? SOONEST_MS : Math.min(this.#pause * 1.5, LATEST_MS);
      if (news) return await this.#draw();
    } catch (error) {
      this.#pause = LATEST_MS;
      this.app.met(error, this.#unseen);
    }
    if (this.isConnected) this.#again(this.#pause);
  }

  async #draw() {
    try {
      const step = await this.app.desk.next();
      this.status = this.app.desk.status ?? this.status;
      this.app.advance();
      const name = nameOf(step);
      const before = this.#drawn;
      this.#drawn = name;
      this.#drawStep(step, name !== before && document.activeElement?.localName === "h1");
      if (step.early) this.#next.append(this.#early(step.early));
      if (before !== "" && before !== name)
        this.app.frame.announce(this.querySelector("h1")?.textContent ?? "");
      fill(
        this.#rest,
        new TrusteesPicture(this.t, this.status, this.app.desk.number),
        step.turn !== "done" && h("p", null, this.t("trustee.leave")),
        h("p", { class: "actions" }, this.#leave()),
        this.#abandoned(),
        trusteeHelp(this.t, this.status),
      );
      if (step.turn === "wait") this.#again(this.#pause);
    } catch (error) {
      this.app.met(error, this.#trouble, () => this.#draw());
    }
  }

  /** Where the organiser has not ended the vote three days after its last hour: the trustees may. */
  #abandoned() {
    const { abandonedHour } = this.status;
    if (abandonedHour === undefined || Date.now() < abandonedHour * 1_000) return null;
    const done = h("p", { class: "hint", role: "status" });
    const button = h(
      "button",
      {
        type: "button",
        class: "button secondary",
        on: {
          click: () =>
            whileBusy(button, this.t("trustee.working"), async () => {
              this.#trouble.clear();
              try {
                const { signed, needed, index } = await this.app.desk.endVote();
                done.textContent = this.t("trustee.ended-signed", { n: needed - signed.length });
                if (index !== null) await this.#draw();
              } catch (error) {
                this.app.met(error, this.#trouble);
              }
            }),
        },
      },
      this.t("trustee.end-button"),
    );
    return h(
      "section",
      { class: "callout" },
      h("h2", null, this.t("trustee.end")),
      h("p", null, this.t("trustee.end-text", { hour: this.#hour(abandonedHour), n: this.status.quorum })),
      h("p", { class: "actions" }, button),
      done,
    );
  }

  #leave() {
    return h(
      "button",
      {
        type: "button",
        class: "button secondary",
        on: {
          click: async () => {
            await this.app.desk.leave();
            this.app.door();
          },
        },
      },
      this.t("trustee.leave-button"),
    );
  }

  /**
   * @param {Step} step
   * @param {boolean} focused whether the reader stands at the heading, and shall again
   */
  #drawStep(step, focused) {
    this.#next.className = `next-step ${step.turn}`;
    if (step.turn === "refused") {
      const title = heading(this.t("trustee.refused"));
      fill(
        this.#next,
        title,
        h(
          "p",
          { class: "lead" },
          sentence(this.t, new Trouble(step.what, { data: { n: this.app.desk.number } })),
        ),
        h("p", null, this.t("trustee.refused-text")),
      );
      return;
    }
    const {
      title,
      text: usual,
      final,
      button,
    } = STEPS[nameOf(step)] ?? { title: msg("trustee.wait"), text: msg("trustee.wait-other") };
    const { trustees, threshold, quorum, ballots } = this.status;
    const facts = {
      n: step.needed ?? step.who?.[0] ?? 0,
      who: this.#names(step.who ?? []),
      needed: step.needed ?? 0,
      all: trustees.length,
      threshold,
      quorum,
      ballots,
      hour: step.until === undefined ? "" : this.#hour(step.until),
    };
    const head = heading(this.t(title, facts));
    const text = (quorum === trustees.length && OF_ALL[usual]) || usual;
    fill(
      this.#next,
      h(
        "p",
        { class: "kicker" },
        step.turn === "act"
          ? this.t("trustee.your-turn")
          : step.turn === "wait"
            ? this.t("trustee.not-your-turn")
            : this.t("trustee.finished"),
      ),
      head,
      h("p", { class: "lead" }, this.t(text, facts)),
      this.#memory(step),
      step.what === "confirm" && step.turn === "act" && this.#transcript(step),
      step.counts &&
        this.app.desk.manifest &&
        new TrusteeCounts(this.t, this.app.desk.manifest, step.counts, { ballots }),
      step.what === "consent" && this.#sums(step),
      final &&
        h(
          "p",
          { class: "callout" },
          step.turn === "act" && [h("strong", null, this.t("trustee.final")), " "],
          this.t(final, facts),
        ),
      button && this.#button(step, this.t(button)),
      step.turn === "wait" && h("div", null, this.#lookNow(), this.#looked),
    );
    if (focused) head.focus({ preventScroll: true });
  }

  /**
   * What this browser remembers, and whether it will: told while there is still something to be done about it.
   * @param {Step} step
   */
  #memory({ turn, what, remembers }) {
    if (turn === "done") return null;
    if (!remembers) {
      const text = this.status.recoverable ? msg("trustee.forgot-witnessed") : msg("trustee.forgot");
      return h("p", { class: "callout" }, this.t(text));
    }
    if (turn !== "act" || !["commit", "deal", "confirm"].includes(what)) return null;
    const { keeps } = this.app.desk;
    if (keeps) return h("p", { class: "hint" }, this.t("trustee.keeps"));
    if (keeps === null) return h("p", { class: "callout" }, this.t("trustee.keeps-unknown"));
    return h("p", { class: "callout" }, this.t("trustee.keeps-not"));
  }

  /**
   * What this device remembers of a vote that ended before its hour.
   * @param {[number, number]} early
   */
  #early([seen, hour]) {
    const [then, due] = [seen, hour].map((time) => this.#hour(time));
    return h(
      "p",
      { class: "callout", role: "alert" },
      this.t("trustee.early", { seen: then ?? "", hour: due ?? "" }),
    );
  }

  /** @param {number} seconds since 1970 */
  #hour(seconds) {
    return this.t.hour(seconds * 1_000, this.app.desk.manifest?.time_zone ?? "UTC");
  }

  /** @param {number[]} who */
  #names(who) {
    return who.length === 0
      ? ""
      : this.t.listOf(
          who.map((n) =>
            n === this.app.desk.number
              ? this.t("trustee.you")
              : this.t("trustee.of-number", { n: String(n) }),
          ),
        );
  }

  #lookNow() {
    const button = h(
      "button",
      {
        type: "button",
        class: "link",
        on: {
          click: () =>
            whileBusy(button, this.t("trustee.looking"), async () => {
              const before = this.app.desk.size;
              await this.#poll();
              if (this.app.desk.size === before) this.#looked.textContent = this.t("trustee.nothing-new");
            }),
        },
      },
      this.t("trustee.look"),
    );
    return button;
  }

  /** @param {Step} step */
  #transcript({ shown = "", fingerprint = "" }) {
    const groups = h(
      "p",
      { class: "hash-groups", dir: "ltr", translate: "no" },
      (shown.match(/.{4}/g) ?? []).flatMap((group) => [h("span", null, group), " "]),
    );
    return h(
      "div",
      { class: "transcript" },
      h("p", { class: "kicker" }, this.t("trustee.transcript")),
      groups,
      h("p", null, new CopyButton(this.t, this.t("trustee.transcript"), shown, groups)),
      h(
        "details",
        { class: "fold" },
        h("summary", null, this.t("trustee.fingerprint")),
        h("p", { class: "fingerprint" }, hexValue(this.t, this.t("trustee.fingerprint"), fingerprint)),
        h("p", null, this.t("trustee.fingerprint-text")),
      ),
    );
  }

  /** @param {Step} step */
  #sums({ shown = "" }) {
    return h(
      "details",
      { class: "fold" },
      h("summary", null, this.t("trustee.sums")),
      h("p", { class: "fingerprint" }, hexValue(this.t, this.t("trustee.sums"), shown)),
      h("p", null, this.t("trustee.sums-text")),
    );
  }

  /**
   * @param {Step} step
   * @param {string} label
   */
  #button(step, label) {
    const { text, title } =
      step.what === "confirm"
        ? { text: msg("trustee.compared"), title: msg("trustee.compare-first") }
        : step.counts
          ? { text: msg("trustee.counted"), title: msg("trustee.count-first") }
          : { text: null, title: null };
    // Another trustee's step draws the page anew: what was compared stays compared while it is the same.
    const what = `${nameOf(step)} ${step.shown ?? ""}`;
    const compared = text
      ? /** @type {HTMLInputElement} */ (
          h("input", {
            type: "checkbox",
            id: uniqueId("compared"),
            name: "compared",
            checked: this.#compared === what,
            on: { change: () => (this.#compared = compared?.checked ? what : "") },
          })
        )
      : null;
    const button = h(
      "button",
      {
        type: "button",
        class: "button primary wide",
        on: {
          click: () => {
            if (title && !compared?.checked) return this.#trouble.say(this.t(title));
            return this.#act(button, step);
          },
        },
      },
      label,
    );
    return [
      text &&
        compared &&
        h("label", { class: "row-choice", for: compared.id }, compared, h("span", null, this.t(text))),
      h("p", { class: "actions" }, button),
      step.what === "decrypt" && this.#asFile(step),
    ].filter((part) => part !== null && part !== false);
  }

  /**
   * For a trustee whose part the ballot box does not take: somebody else brings it, or shows that it is kept out.
   * @param {Step} step
   */
  #asFile(step) {
    const button = h(
      "button",
      {
        type: "button",
        class: "link",
        on: {
          click: () =>
            whileBusy(button, this.t("trustee.working"), async () => {
              this.#trouble.clear();
              try {
                const message = await this.app.desk.sign(step);
                saveBytes(`trustee-${this.app.desk.number}-${step.what}.entry`, message);
                saved.textContent = this.t("trustee.saved");
              } catch (error) {
                this.app.met(error, this.#trouble);
              }
            }),
        },
      },
      this.t("trustee.save"),
    );
    const saved = h("p", { class: "hint", role: "status" });
    return h("div", { class: "as-file" }, button, saved);
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {Step} step
   */
  async #act(button, step) {
    this.#trouble.clear();
    this.#busy = true;
    try {
      await whileBusy(button, this.t("trustee.working"), () => this.app.desk.act(step));
      this.#pause = SOONEST_MS;
      await this.#draw();
      this.querySelector("h1")?.focus();
    } catch (error) {
      // The board may have gone on meanwhile: look, and show what is true now beside what went wrong.
      await this.app.desk
        .refresh()
        .then(() => this.#draw())
        .catch(() => undefined);
      this.app.met(error, this.#trouble);
    } finally {
      this.#busy = false;
    }
  }
}

customElements.define("veche-trustee-desk", TrusteeDeskScreen);
