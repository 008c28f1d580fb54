/** @typedef {{ expires: number }} Passing */

/**
 * What this tab keeps under a name; null where it keeps nothing, or can keep nothing.
 * @param {string} name
 */
export function keptInTab(name) {
  try {
    return JSON.parse(sessionStorage.getItem(name) ?? "null");
  } catch {
    return null;
  }
}

/**
 * @param {string} name
 * @param {unknown} value null for nothing
 */
export function keepInTab(name, value) {
  try {
    if (value === null) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, JSON.stringify(value));
  } catch {
    // It holds for this page.
  }
}

/**
 * What a tab remembers over a reload, for as long as it is good and no longer: phones drop a page while its owner reads
 * an SMS. It ends with the tab, and another tab never sees it.
 * @template {Passing} T
 */
export class TabMemory {
  #name;
  #timer = 0;

  /** @param {string} name */
  constructor(name) {
    this.#name = name;
    this.#endInTime(this.value);
  }

  /** @returns {T | null} */
  get value() {
    /** @type {T | null} */
    const value = keptInTab(this.#name);
    if (value && value.expires > Date.now()) return value;
    // Whoever uses a shared device next must not find it.
    if (value) keepInTab(this.#name, null);
    return null;
  }

  set value(value) {
    keepInTab(this.#name, value);
    this.#endInTime(value);
  }

  /** @param {T | null} value */
  #endInTime(value) {
    clearTimeout(this.#timer);
    if (value) this.#timer = Number(setTimeout(() => this.value, value.expires - Date.now() + 1));
  }
}
