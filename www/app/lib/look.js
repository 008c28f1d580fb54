/**
 * How somebody looks at a contest: what they search for, which options they leave out, how they sort them, and how far
 * they have come. Kept for Back and for a reload, in this tab only; and no longer than the choices, which it hints at.
 * @typedef {{ words: string, category: string, place: string, sort: "" | "cost" | "name", at: string, top: number }} Look
 */

/** @type {Look} */
export const NO_LOOK = { words: "", category: "", place: "", sort: "", at: "", top: 0 };

/** The looks at the contests of one election. */
export class Looks {
  #name;
  /** @type {Record<string, Look>} */
  #looks = {};

  /** @param {string} fingerprint */
  constructor(fingerprint) {
    this.#name = `veche-look-${fingerprint}`;
    try {
      const kept = JSON.parse(sessionStorage.getItem(this.#name) ?? "{}");
      if (typeof kept === "object" && kept !== null) this.#looks = kept;
    } catch {
      // Nothing can be kept here.
    }
  }

  /**
   * @param {string} contest
   * @returns {Look}
   */
  of(contest) {
    const kept = new Map(Object.entries(this.#looks)).get(contest);
    return { ...NO_LOOK, ...kept };
  }

  /**
   * @param {string} contest
   * @param {Partial<Look>} look
   */
  keep(contest, look) {
    this.#looks = { ...this.#looks, [contest]: { ...this.of(contest), ...look } };
    try {
      sessionStorage.setItem(this.#name, JSON.stringify(this.#looks));
    } catch {
      // It holds for this page.
    }
  }

  forget() {
    this.#looks = {};
    try {
      sessionStorage.removeItem(this.#name);
    } catch {
      // Nothing was kept.
    }
  }
}
