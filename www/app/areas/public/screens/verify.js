import { fill, h, heading, said, uniqueId, woven } from "../../../lib/dom.js";
import { saveJson } from "../../../lib/download.js";
import { chosenRecord, droppedRecord } from "../../../lib/dropped.js";
import { grouped } from "../../../lib/encoding.js";
import { msg } from "../../../lib/text.js";
import { CheckList, demand, failureText, sign } from "../../../parts/check-list.js";
import { hexValue, verbatim } from "../../../parts/copy.js";
import { named } from "../../../parts/named.js";
import { Screen } from "../../../parts/screen.js";
import { TroubleNotice } from "../../../parts/trouble.js";
import { Verification } from "../model/verification.js";
import { noticeText } from "./notice.js";

/** @typedef {import("../main.js").PublicApp} PublicApp */
/** @typedef {import("../../../lib/text.js").Key} Key */
/** @typedef {import("../../../worker/audit/source.js").Place} Place */
/** @typedef {import("../../../../veche-wasm-observer.js").AuditReport} AuditReport */
/** @typedef {import("../../../../veche-wasm-observer.js").AuditFailure} AuditFailure */

/** @type {Record<AuditReport["outcome"], { title: Key, text: Key, standing: import("../../../parts/check-list.js").Standing }>} */
const OUTCOMES = {
  verified: { title: msg("verify.verified"), text: msg("verify.verified-text"), standing: "passed" },
  consistent: { title: msg("verify.consistent"), text: msg("verify.consistent-text"), standing: "passed" },
  "not-finished": {
    title: msg("verify.not-finished"),
    text: msg("verify.not-finished-text"),
    standing: "working",
  },
  cancelled: {
    title: msg("verify.cancelled"),
    text: msg("verify.cancelled-text"),
    standing: "not-applicable",
  },
  failed: { title: msg("verify.wrong"), text: msg("verify.wrong-text"), standing: "failed" },
  unreadable: {
    title: msg("verify.unreadable"),
    text: msg("verify.unreadable-text"),
    standing: "not-reached",
  },
};

/** Notices that say what the outcome says already. */
const SAID = ["unpinned", "not-finished"];

/** @type {Partial<Record<import("../../../parts/check-list.js").Standing, string>>} How the outcome's card is drawn. */
const CARDS = { passed: "counts", failed: "missing" };

/**
 * Verifies a whole record in the reader's browser: the published one, or a copy on this device.
 * @extends {Screen<PublicApp>}
 */
export class VerifyScreen extends Screen {
  #verification;
  #trouble = new TroubleNotice(this.t);
  #form = h("section", { class: "verify-form" });
  #outcome = h("section", { class: "verify-outcome" });
  #back = h("section", { class: "verify-back" });
  #bar = h("progress", { "aria-label": this.t("verify.progress") });
  #reached = h("p", { class: "verify-reached" });
  #speed = h("p", { class: "hint" });
  #actions = h("p", { class: "actions" });
  #run = h("section", { class: "verify-run" });
  #checks = h("section", { class: "verify-checks" });
  /** @type {CheckList | null} */
  #list = null;
  #fingerprint;
  /** What the buttons were drawn for. */
  #drawn = "";

  /** @param {PublicApp} app */
  constructor(app) {
    super(app);
    this.#verification = app.verification ??= new Verification();
    const id = uniqueId("fingerprint");
    this.#fingerprint = h("textarea", {
      id,
      rows: 3,
      autocomplete: "off",
      spellcheck: "false",
      class: "fingerprint-field",
      dir: "ltr",
      translate: "no",
      "aria-describedby": `${id}-hint`,
    });
    this.#fingerprint.value = app.config.fingerprint ? grouped(app.config.fingerprint) : "";
    fill(
      this,
      heading(this.t("verify.heading")),
      h("p", { class: "lead" }, this.t("verify.text")),
      this.#form,
      this.#trouble,
      this.#outcome,
      this.#back,
      this.#run,
      this.#checks,
    );
    this.#drawForm(id);
    this.#draw();
    void this.#lookBack();
    this.addEventListener("dragover", (event) => {
      event.preventDefault();
      this.classList.add("dragging");
    });
    this.addEventListener("dragleave", () => this.classList.remove("dragging"));
    this.addEventListener("drop", (event) => void this.#drop(event));
  }

  #changed = () => this.#draw();

  connectedCallback() {
    this.#verification.addEventListener("change", this.#changed);
  }

  disconnectedCallback() {
    this.#verification.removeEventListener("change", this.#changed);
    if (this.app.speaking) return;
    this.#verification.stop();
    this.app.verification = null;
  }

  get state() {
    return this.#verification.state;
  }
  get report() {
    return this.#verification.report;
  }
  get progress() {
    return this.#verification.progress;
  }

  /** @param {string} id of the field */
  #drawForm(id) {
    const folder = uniqueId("folder");
    fill(
      this.#form,
      h(
        "dl",
        { class: "verify-place" },
        h("dt", null, this.t("verify.record")),
        h("dd", { class: "detail" }, verbatim(this.app.record.base.href)),
      ),
      h(
        "div",
        { class: "verify-field" },
        h("label", { for: id }, this.t("verify.fingerprint")),
        h(
          "p",
          { class: "hint", id: `${id}-hint` },
          this.app.config.fingerprint ? this.t("verify.fingerprint-hint") : this.t("verify.fingerprint-none"),
        ),
        this.#fingerprint,
      ),
      h(
        "details",
        { class: "fold" },
        h("summary", null, this.t("verify.copy")),
        h("p", null, this.t("verify.copy-text")),
        h(
          "p",
          { class: "actions" },
          h(
            "label",
            { for: folder, class: "button secondary file" },
            this.t("verify.choose"),
            h("input", {
              id: folder,
              type: "file",
              webkitdirectory: true,
              multiple: true,
              class: "visually-hidden",
              on: {
                change: (/** @type {Event} */ event) =>
                  this.#choose(/** @type {HTMLInputElement} */ (event.target)),
              },
            }),
          ),
        ),
      ),
    );
  }

  /** @param {DragEvent} event */
  async #drop(event) {
    event.preventDefault();
    this.classList.remove("dragging");
    if (event.dataTransfer) this.#take(await droppedRecord(event.dataTransfer));
  }

  /** @param {HTMLInputElement} input */
  #choose(input) {
    if (input.files) this.#take(chosenRecord(input.files));
    // The same folder can then be chosen again.
    input.value = "";
  }

  /** @param {Map<string, File> | null} files */
  #take(files) {
    if (!files) return this.#trouble.say(this.t("verify.no-record"));
    this.#verification.copy = files;
    this.#start();
  }

  /** The fingerprint that the reader demands; undefined where what is typed is none. @returns {string | null | undefined} */
  #expected() {
    const typed = this.#fingerprint.value.replace(/\s/g, "").toLowerCase();
    if (typed === "") return null;
    return /^[0-9a-f]{64}$/.test(typed) ? typed : undefined;
  }

  /** @param {boolean} [anew] */
  #start(anew = false) {
    const expected = this.#expected();
    this.#fingerprint.setAttribute("aria-invalid", String(expected === undefined));
    if (expected === undefined) {
      this.#trouble.say(this.t("verify.fingerprint-wrong"));
      this.#fingerprint.focus();
      return;
    }
    this.#trouble.clear();
    /** @type {Place} */
    const place = this.#verification.copy
      ? { files: this.#verification.copy }
      : { url: this.app.record.base.href };
    void this.#verification.start(place, expected, anew);
  }

  /** Says how far an earlier visit has come, before anything is gone on with. */
  async #lookBack() {
    const kept = await this.#verification.kept({ url: this.app.record.base.href }, this.#expected() ?? null);
    if (kept === null || this.state !== "idle") return;
    fill(
      this.#back,
      h("p", null, this.t("verify.kept", { n: kept })),
      h("p", { class: "actions" }, this.#anew()),
    );
  }

  /** Refuses what an earlier visit has noted. */
  #anew() {
    return h(
      "button",
      {
        type: "button",
        class: "button secondary",
        "data-act": "anew",
        on: {
          click: () => {
            fill(this.#back);
            this.#start(true);
          },
        },
      },
      this.t("verify.anew"),
    );
  }

  #stop() {
    this.#verification.stop();
    this.#verification.copy = null;
    fill(this.#back);
    void this.#lookBack();
    this.querySelector("h1")?.focus();
  }

  #draw() {
    const { state, report, trouble } = this.#verification;
    const began = state !== "idle";
    this.#form.hidden = began;
    this.#run.hidden = false;
    this.#drawRun();
    if (began) void this.#drawChecks();
    const { resumed } = this.#verification;
    const what = `${state} ${report?.outcome ?? ""} ${trouble?.code ?? ""} ${resumed ?? ""}`;
    if (what === this.#drawn) return;
    this.#drawn = what;
    const said = document.activeElement instanceof HTMLButtonElement && this.contains(document.activeElement);
    this.#drawActions();
    this.#drawOutcome();
    if (began)
      fill(
        this.#back,
        resumed !== null &&
          state !== "failed" && [
            h("p", null, this.t("verify.resumed-text", { n: resumed })),
            h("p", { class: "actions" }, this.#anew()),
          ],
      );
    // A button that went away took the focus with it.
    if (said && !this.contains(document.activeElement)) this.querySelector("button")?.focus();
  }

  #drawRun() {
    const {
      state,
      progress: { entries, total, ballots },
      left,
      rate,
      waiting,
      resumed,
    } = this.#verification;
    const running = state === "running" || state === "paused";
    this.#bar.hidden = this.#reached.hidden = this.#speed.hidden = !running;
    if (!this.#run.firstChild) fill(this.#run, this.#bar, this.#reached, this.#speed, this.#actions);
    if (!running) return;
    if (total > 0) {
      this.#bar.max = total;
      this.#bar.value = entries;
    } else this.#bar.removeAttribute("value");
    this.#reached.textContent =
      total === 0
        ? this.t("verify.opening")
        : state === "paused"
          ? this.t("verify.paused-at", { entries, total })
          : [
              this.t("verify.reached", { entries, total, ballots }),
              left === null ? "" : this.t("verify.left", { time: this.t.duration(left) }),
            ]
              .filter(Boolean)
              .join(" · ");
    this.#speed.textContent = waiting
      ? this.t("verify.network")
      : [
          rate > 0 ? this.t("verify.rate", { n: Math.round(rate) }) : "",
          resumed === null ? "" : this.t("verify.resumed", { n: resumed }),
        ]
          .filter(Boolean)
          .join(" · ");
  }

  #drawActions() {
    const { state, trouble, report } = this.#verification;
    /** @param {string} act @param {string} label @param {string} weight @param {() => void} click */
    const button = (act, label, weight, click) =>
      h("button", { type: "button", class: `button ${weight}`, "data-act": act, on: { click } }, label);
    const verification = this.#verification;
    fill(
      this.#actions,
      state === "idle" && button("start", this.t("verify.start"), "primary", () => this.#start()),
      state === "running" &&
        button("pause", this.t("verify.pause"), "secondary", () => verification.pause(true)),
      state === "paused" &&
        button("resume", this.t("verify.resume"), "primary", () => verification.pause(false)),
      (state === "running" || state === "paused") &&
        button("stop", this.t("verify.stop"), "secondary", () => this.#stop()),
      state === "done" && [
        button("save", this.t("verify.save"), "primary", () =>
          saveJson(this.t("verify.file"), verification.report),
        ),
        button("print", this.t("results.print"), "secondary", () => window.print()),
        report?.outcome !== "failed" &&
          h("a", { class: "button secondary", href: "#results" }, this.t("verify.results")),
        button("again", this.t("verify.again"), "secondary", () => this.#again()),
      ],
      state === "failed" &&
        button(
          "start",
          trouble?.code === "record-unreachable" ? this.t("verify.go-on") : this.t("verify.again"),
          "primary",
          () => this.#start(),
        ),
    );
  }

  #again() {
    this.#verification.copy = null;
    this.#verification.state = "idle";
    this.#verification.report = null;
    fill(this.#checks);
    fill(this.#back);
    this.#list = null;
    this.#draw();
    this.querySelector("h1")?.focus();
  }

  #drawOutcome() {
    const { state, report, trouble, manifest } = this.#verification;
    if (trouble) this.#trouble.show(trouble);
    if (state === "running") this.#trouble.clear();
    if (!report) {
      fill(this.#outcome);
      this.#outcome.hidden = true;
      return;
    }
    this.app.report = report;
    const { title, text, standing } = OUTCOMES[report.outcome];
    const failed = report.checks.filter((check) => check.failure);
    this.#outcome.hidden = false;
    this.#outcome.className = `mine-entry verify-outcome ${CARDS[standing] ?? ""}`;
    fill(
      this.#outcome,
      manifest && h("p", { class: "kicker only-printed" }, said(this.t, manifest.title)),
      h("h2", { class: "mine-title", tabindex: "-1" }, sign(standing), this.t(title)),
      h("p", null, this.t(text)),
      failed.map((check) =>
        h(
          "div",
          { class: "verify-failed" },
          h("h3", null, this.t("verify.check", { n: check.number }), " ", demand(this.t, check.number)),
          check.failure && failureText(this.t, check.failure, manifest),
        ),
      ),
      h("p", null, this.t("verify.counted", { n: report.ballots, entries: report.entries })),
      report.fingerprint &&
        h(
          "dl",
          { class: "verify-place" },
          h("dt", null, this.t("verify.found")),
          h("dd", { class: "fingerprint" }, hexValue(this.t, this.t("verify.found"), report.fingerprint)),
        ),
      report.turnout.length > 0 &&
        h(
          "ul",
          { class: "verify-notices" },
          report.turnout.map(({ style, route, voters, ballots }) =>
            h(
              "li",
              null,
              woven(
                [named(this.t, manifest?.styles, style), named(this.t, manifest?.routes, route)],
                (style, route) => this.t("verify.turnout", { style, route, n: voters, ballots }),
              ),
            ),
          ),
        ),
      report.notices.length > 0 &&
        h(
          "ul",
          { class: "verify-notices" },
          report.notices
            .filter(({ code }) => !SAID.includes(code))
            .map((notice) => h("li", null, noticeText(this.t, notice, manifest))),
        ),
      report.notices.some(({ code }) => code === "keys-replaced") &&
        h("p", { class: "hint" }, this.t("results.keys-why")),
    );
    this.app.frame.announce(this.t(title));
  }

  async #drawChecks() {
    const { report, examined, failures } = this.#verification;
    if (!this.#list) {
      const checks = await this.app.engine.call("checks", undefined);
      if (this.#list) return;
      this.#list = new CheckList(this.t, checks, () => this.#verification.manifest);
      fill(
        this.#checks,
        h("h2", null, this.t("verify.checks", { n: checks.length })),
        h("p", { class: "hint" }, this.t("verify.checks-text")),
        this.#list,
      );
    }
    const list = this.#list;
    if (report) {
      for (const check of report.checks) {
        list.set(check.number, check.status, check.examined);
        list.name(
          check.number,
          [check.failure, ...check.more_failures].filter((failure) => failure !== null),
        );
      }
      return;
    }
    examined.forEach((count, check) => list.set(check, count > 0 ? "working" : "waiting", count));
    /** @type {Map<number, AuditFailure[]>} */
    const found = new Map();
    for (const failure of failures) found.set(failure.check, [...(found.get(failure.check) ?? []), failure]);
    for (const [check, named] of found) {
      list.set(check, "failed", examined[check] ?? 0);
      list.name(check, named);
    }
  }
}

customElements.define("veche-verify", VerifyScreen);
