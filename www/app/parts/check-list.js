import { fill, h, svg, technical, woven } from "../lib/dom.js";
import { msg } from "../lib/text.js";
import { verbatim } from "./copy.js";
import { named } from "./named.js";
import { Part } from "./part.js";

/** @typedef {import("../lib/text.js").Texts} Texts */
/** @typedef {import("../lib/text.js").Key} Key */
/** @typedef {import("../../veche-wasm-observer.js").AuditFailure} AuditFailure */
/** @typedef {import("../../veche-wasm-observer.js").Manifest} Manifest */
/** @typedef {"waiting" | "working" | "passed" | "failed" | "not-applicable" | "not-reached"} Standing */

/** @type {Record<Standing, Key>} */
const NAMES = {
  waiting: msg("verify.waiting"),
  working: msg("verify.working"),
  passed: msg("verify.passed"),
  failed: msg("verify.failed"),
  "not-applicable": msg("verify.not-applicable"),
  "not-reached": msg("verify.not-reached"),
};

/** @type {Record<Standing, string>} A state is a word and a shape, never a colour alone. */
const SIGNS = {
  waiting: "M12 16h.010m3.980 0h.020m3.980 0h.010",
  working: "M16 9v7l5 3",
  passed: "m9 16.500 5 5 9.500-10",
  failed: "m11 11 10 10m0-10L11 21",
  "not-applicable": "M11 16h10",
  "not-reached": "M11 16h10",
};

/** So many failures of one check are written out; the saved report has all. */
const NAMED = 20;

/**
 * What a check demands. The verifier knows checks by their numbers; what they say is a text like any other.
 * @param {Texts} t
 * @param {number} check
 */
export const demand = (t, check) => t(/** @type {Key} */ (`check.${check}`));

/**
 * @param {Standing} standing
 * @returns {SVGElement}
 */
export const sign = (standing) =>
  svg(
    "svg",
    { viewBox: "0 0 32 32", class: "sign", "aria-hidden": "true" },
    svg("circle", { cx: 16, cy: 16, r: 14 }),
    svg("path", { d: SIGNS[standing] }),
  );

/**
 * Who is to blame.
 * @param {Texts} t
 * @param {AuditFailure} failure
 */
const blamed = (t, { role, trustees = [], voter = "" }) =>
  woven([verbatim(voter)], (mark) => {
    const list = t.listOf(trustees.map(t.number));
    const culprit = t(/** @type {Key} */ (`verify.blame.${role}`), { n: trustees.length, list, voter: mark });
    return t("verify.culprit", { culprit });
  });

/**
 * One failure: where, and who is to blame. What is wrong there the verifier says in words of its own.
 * @param {Texts} t
 * @param {AuditFailure} failure
 * @param {Manifest | null} manifest
 */
export function failureText(t, failure, manifest) {
  const { entry, file, contest, detail } = failure;
  const places = [
    typeof entry === "number" && h("strong", null, t("verify.entry", { n: entry })),
    contest !== undefined &&
      h(
        "span",
        null,
        woven([named(t, manifest?.contests, contest)], (name) => t("verify.contest", { contest: name })),
      ),
    file !== undefined && verbatim(file),
  ].filter((place) => place !== false);
  return h(
    "div",
    { class: "check-failure" },
    places.length > 0 &&
      h(
        "p",
        null,
        places.flatMap((place, at) => (at > 0 ? [" · ", place] : [place])),
      ),
    h("p", { class: "hint" }, blamed(t, failure)),
    h(
      "details",
      { class: "fold" },
      h("summary", null, t("verify.technical")),
      h("p", { class: "detail" }, technical(detail)),
    ),
  );
}

/** The numbered checks and how each of them stands. */
export class CheckList extends Part {
  /** @type {Map<number, { item: HTMLElement, state: HTMLElement, count: HTMLElement, failures: HTMLElement, shown: string, named: number }>} */
  #rows = new Map();

  /**
   * @param {Texts} t
   * @param {number[]} checks
   * @param {() => Manifest | null} manifest what the record's contests are called, as soon as it is known
   */
  constructor(t, checks, manifest) {
    super(t);
    this.manifest = manifest;
    const rows = checks.map((check) => {
      const [state, count, failures] = [
        h("span", { class: "check-state" }),
        h("span", { class: "check-count" }),
        h("div", { class: "check-failures" }),
      ];
      const item = h(
        "li",
        { class: "check" },
        h("span", { class: "check-number", "aria-hidden": "true" }, t.number(check)),
        h("div", { class: "check-text" }, h("p", null, demand(t, check)), failures),
        h("div", { class: "check-standing" }, state, count),
      );
      this.#rows.set(check, { item, state, count, failures, shown: "", named: 0 });
      this.set(check, "waiting", 0);
      return item;
    });
    fill(this, h("ol", { class: "checks" }, rows));
  }

  /**
   * @param {number} check
   * @param {Standing} standing
   * @param {number} examined how many things it was done for
   */
  set(check, standing, examined) {
    const row = this.#rows.get(check);
    if (!row) return;
    // Forty-odd rows, ten times a second: only what has changed is touched.
    if (row.shown !== standing) {
      row.shown = standing;
      row.item.className = `check ${standing}`;
      fill(row.state, sign(standing), h("span", null, this.t(NAMES[standing])));
    }
    const count = examined > 1 ? this.t.number(examined) : "";
    if (row.count.textContent !== count) row.count.textContent = count;
  }

  /**
   * @param {number} check
   * @param {AuditFailure[]} failures
   */
  name(check, failures) {
    const row = this.#rows.get(check);
    if (!row || row.named === failures.length) return;
    row.named = failures.length;
    fill(
      row.failures,
      failures.slice(0, NAMED).map((failure) => failureText(this.t, failure, this.manifest())),
      failures.length > NAMED &&
        h("p", { class: "hint" }, this.t("verify.more", { n: failures.length - NAMED })),
    );
  }
}

customElements.define("veche-checks", CheckList);
