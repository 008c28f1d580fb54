import { fill, h, svg } from "../lib/dom.js";
import { msg } from "../lib/text.js";
import { Part } from "./part.js";

/** @typedef {import("../lib/text.js").Texts} Texts */
/** @typedef {import("../lib/text.js").Key} Key */
/** @typedef {import("../../veche-wasm-observer.js").TrusteeBoardStatus} Status */
/** @typedef {import("../../veche-wasm-observer.js").TrusteeDid} Did */
/** @typedef {"done" | "half" | "waiting" | "blamed" | "resting"} Mark */

/** @type {Record<string, Key>} what each trustee has done, in words */
const NAMES = {
  blamed: msg("trustees.blamed"),
  "share done": msg("trustees.committed"),
  "share waiting": msg("trustees.not-committed"),
  "exchange done": msg("trustees.dealt"),
  "exchange waiting": msg("trustees.not-dealt"),
  "confirm done": msg("trustees.confirmed"),
  "confirm waiting": msg("trustees.not-confirmed"),
  "rehearse done": msg("trustees.rehearsed"),
  "rehearse half": msg("trustees.rehearsal-agreed"),
  "rehearse waiting": msg("trustees.not-rehearsed"),
  "rehearse resting": msg("trustees.ready"),
  "decrypt done": msg("trustees.decrypted"),
  "decrypt half": msg("trustees.agreed"),
  "decrypt waiting": msg("trustees.not-decrypted"),
  "decrypt resting": msg("trustees.ready"),
};

/**
 * The stage that the picture is about, and how far a trustee is in it.
 * @param {Status} status
 * @param {Did} did
 * @returns {{ stage: string, mark: Mark }}
 */
function standing({ course, round, failed, rehearsing }, did) {
  /** @type {(stage: string, done: boolean, half?: boolean) => { stage: string, mark: Mark }} */
  const at = (stage, done, half = false) => ({ stage, mark: done ? "done" : half ? "half" : "waiting" });
  if (course === "founded") {
    if (failed === did.number) return { stage: "exchange", mark: "blamed" };
    if (round === "commit") return at("share", did.committed);
    return round === "confirm" ? at("confirm", did.confirmed) : at("exchange", did.dealt);
  }
  if (course === "setup") {
    return rehearsing
      ? at("rehearse", did.rehearsalDecrypted, did.rehearsalAgreed)
      : { stage: "rehearse", mark: "resting" };
  }
  if (course === "open" || course === "closed") return { stage: "decrypt", mark: "resting" };
  const standing = at("decrypt", did.decrypted, did.agreed);
  // Not everybody is needed: whoever was not is not waited for any more.
  return course === "published" && standing.mark === "waiting"
    ? { stage: "decrypt", mark: "resting" }
    : standing;
}

/** A key, and on it a sign that says by its shape how far its holder is. @param {Mark} mark */
const key = (mark) =>
  svg(
    "svg",
    { viewBox: "0 0 64 40", class: `trustee-key ${mark}`, "aria-hidden": "true", focusable: "false" },
    svg("circle", { cx: 16, cy: 20, r: 11, class: "bow" }),
    svg("path", { d: "M27 20h30m-6 0v8m-9-8v6", class: "shaft" }),
    mark === "done" && svg("path", { d: "m10.500 20.500 4 4 7.500-8.500", class: "sign" }),
    mark === "half" && svg("path", { d: "M16 14v6h5", class: "sign" }),
    mark === "waiting" &&
      svg(
        "g",
        { class: "dots" },
        [11, 16, 21].map((cx) => svg("circle", { cx, cy: 20, r: 1.6 })),
      ),
    mark === "blamed" && svg("path", { d: "M16 13.500v8m0 4v.500", class: "sign" }),
  );

/** Who holds the keys, and who is waited for: by shape and in words, not by colour alone. */
export class TrusteesPicture extends Part {
  /**
   * @param {Texts} t
   * @param {Status} status
   * @param {number} own this trustee's number
   */
  constructor(t, status, own) {
    super(t);
    const cards = status.trustees.map((did) => {
      const { stage, mark } = standing(status, did);
      const name = mark === "blamed" ? mark : `${stage} ${mark}`;
      return h(
        "li",
        { class: `${mark}${did.number === own ? " own" : ""}` },
        key(mark),
        h(
          "div",
          null,
          h(
            "strong",
            null,
            did.number === own
              ? this.t("trustees.own", { n: String(did.number) })
              : this.t("trustees.number", { n: String(did.number) }),
          ),
          h("span", null, this.t(NAMES[name] ?? msg("trustees.ready"))),
        ),
      );
    });
    fill(this, h("h2", null, this.t("trustees.heading")), h("ul", { class: "trustee-keys" }, cards));
  }
}

customElements.define("veche-trustees", TrusteesPicture);
