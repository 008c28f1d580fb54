import { keepInTab, keptInTab } from "./tab-memory.js";

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
  /** @type {Record<string, Look> | null} read when there is a list to look at */
  #looks = null;

  /** @param {string} fingerprint */
  constructor(fingerprint) {
    this.#name = `veche-look-${fingerprint}`;
  }

  /** @returns {Record<string, Look>} */
  get #all() {
    if (this.#looks) return this.#looks;
    const kept = keptInTab(this.#name);
    return (this.#looks = typeof kept === "object" && kept !== null ? kept : {});
  }

  /**
   * @param {string} contest
   * @returns {Look}
   */
  of(contest) {
    const kept = new Map(Object.entries(this.#all)).get(contest);
    return { ...NO_LOOK, ...kept };
  }

  /**
   * @param {string} contest
   * @param {Partial<Look>} look
   */
  keep(contest, look) {
    this.#looks = { ...this.#all, [contest]: { ...this.of(contest), ...look } };
    keepInTab(this.#name, this.#looks);
  }

  forget() {
    this.#looks = {};
    keepInTab(this.#name, null);
  }
}
