import { h, technical } from "../../../lib/dom.js";
import { msg } from "../../../lib/text.js";
import { hexValue } from "../../../parts/copy.js";
import { TrusteeCounts } from "../../../parts/trustee-counts.js";

/** @typedef {import("../../../lib/text.js").Key} Key */
/** @typedef {import("../../../lib/text.js").Texts} Texts */
/** @typedef {import("./run.js").Stand} Stand */

/** What a person looks at before the opening, by the server's names. @type {Record<string, Key>} */
const ITEMS = {
  words: msg("run.item-words"),
  sms: msg("run.item-sms"),
  backup: msg("run.item-backup"),
  site: msg("run.item-site"),
  languages: msg("run.item-languages"),
  fingerprint: msg("run.item-fingerprint"),
};

/** What the ballot box watches, by its names (`/v1/health`). @type {Record<string, Key>} */
const CHECKS = {
  write: msg("run.check-write"),
  disk: msg("run.check-disk"),
  clock: msg("run.check-clock"),
  gateway: msg("run.check-gateway"),
  guesses: msg("run.check-guesses"),
  witnesses: msg("run.check-witnesses"),
  copy: msg("run.check-copy"),
  mirrors: msg("run.check-mirrors"),
  writer: msg("run.check-writer"),
  box: msg("run.check-box"),
  log: msg("run.check-log"),
  limits: msg("run.check-limits"),
  proxy: msg("run.check-proxy"),
};

/**
 * What is looked at by a person before the vote opens, to be ticked.
 * @param {Texts} t
 * @param {Stand} stand
 * @param {(name: string, done: boolean) => void} tick
 * @param {HTMLElement} test the form that sends a test message
 */
export const checklist = (t, { items, fingerprint }, tick, test) =>
  h(
    "section",
    { class: "run-items" },
    h("h2", null, t("run.items")),
    h("p", { class: "hint" }, t("run.items-text")),
    h(
      "ul",
      { class: "rows" },
      items.map(({ name, ticked }) => {
        const title = ITEMS[name];
        if (!title) return null;
        const box = /** @type {HTMLInputElement} */ (
          h("input", { type: "checkbox", name: `item-${name}`, checked: ticked !== null })
        );
        box.addEventListener("change", () => tick(name, box.checked));
        return h(
          "li",
          null,
          h("label", { class: "row-choice" }, box, h("span", null, t(title))),
          name === "sms" && test,
          name === "fingerprint" && shownFingerprint(t, fingerprint),
        );
      }),
    ),
  );

/**
 * What everybody knows the vote by, to be copied into the announcement.
 * @param {Texts} t
 * @param {string | null} fingerprint nothing before the keys are made
 */
const shownFingerprint = (t, fingerprint) =>
  fingerprint
    ? h("p", { class: "fingerprint" }, hexValue(t, t("run.fingerprint"), fingerprint))
    : h("p", { class: "hint" }, t("run.fingerprint-later"));

/**
 * What the town announces when the vote is closed: the trustees compare it before they agree.
 * @param {Texts} t
 * @param {Stand} stand
 * @param {import("./run.js").Board} board
 */
export const announcement = (t, { fingerprint }, { counts, manifest, ballots }) =>
  counts &&
  manifest && [
    h("h2", null, t("run.announce")),
    h("p", null, t("run.announce-text")),
    shownFingerprint(t, fingerprint),
    new TrusteeCounts(t, manifest, counts, { ballots, announced: true }),
  ];

/**
 * What was left of it when the vote was opened, and why.
 * @param {Texts} t
 * @param {NonNullable<Stand["unticked"]>} unticked
 * @param {string} zone the town's
 */
export const left = (t, { items, reason, at }, zone) =>
  h(
    "section",
    { class: "run-items" },
    h("h2", null, t("run.left")),
    h("p", null, t("run.left-text", { when: t.hour(at, zone) })),
    h(
      "ul",
      { class: "run-left" },
      items.map((name) => {
        const title = ITEMS[name];
        return title && h("li", null, t(title));
      }),
    ),
    h("p", null, t("run.left-why"), " ", h("bdi", null, reason)),
  );

/**
 * What the ballot box watches of itself, in words and shape.
 * @param {Texts} t
 * @param {Stand} stand
 */
export function health(t, { health, time_zone }) {
  const checks = health?.checks ?? [];
  return h(
    "section",
    { class: "run-health" },
    h("h2", null, t("run.health")),
    checks.length === 0 && h("p", null, t("run.health-none")),
    h(
      "ul",
      { class: "health" },
      checks.map(({ name, ok, since, sentence }) => {
        const title = CHECKS[name];
        const about = title ? t(title) : name;
        return h(
          "li",
          { class: ok ? "well" : "ill" },
          h("span", { class: "mark", "aria-hidden": "true" }, ok ? "✓" : "✕"),
          h("span", { class: "what" }, about),
          h(
            "span",
            { class: "state" },
            ok ? t("run.well") : t("run.ill", { since: t.hour(Date.parse(since), time_zone) }),
          ),
          !ok && sentence && h("p", { class: "hint" }, technical(sentence)),
        );
      }),
    ),
  );
}
