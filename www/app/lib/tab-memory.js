/** @typedef {{ expires: number }} Passing */

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
    const value = JSON.parse(sessionStorage.getItem(this.#name) ?? "null");
    if (value && value.expires > Date.now()) return value;
    // Whoever uses a shared device next must not find it.
    if (value) sessionStorage.removeItem(this.#name);
    return null;
  }

  set value(value) {
    if (value) sessionStorage.setItem(this.#name, JSON.stringify(value));
    else sessionStorage.removeItem(this.#name);
    this.#endInTime(value);
  }

  /** @param {T | null} value */
  #endInTime(value) {
    clearTimeout(this.#timer);
    if (value) this.#timer = Number(setTimeout(() => this.value, value.expires - Date.now() + 1));
  }
}
