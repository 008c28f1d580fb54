/** The right to act, which one tab of a browser has at a time. It ends with the tab, and when another one takes it. */
export class Hold {
  #lost = false;
  /** @type {() => void} */
  #free = () => undefined;
  /** @type {Promise<unknown>} */
  #ended = Promise.resolve();

  /**
   * @param {string} name
   * @param {boolean} steal whether another tab that has it loses it
   * @returns {Promise<Hold | null>} null where another tab has it
   */
  static take(name, steal) {
    const hold = new Hold();
    // Without locks, in an old browser, what is stored still changes in one transaction: two tabs never sign from one.
    if (!navigator.locks) return Promise.resolve(hold);
    return new Promise((resolve, reject) => {
      const held = (/** @type {Lock | null} */ lock) => {
        resolve(lock && hold);
        return lock && new Promise((free) => (hold.#free = () => free(undefined)));
      };
      const options = steal ? { steal } : { ifAvailable: true };
      hold.#ended = navigator.locks.request(name, options, held).catch((error) => {
        hold.#lost = true;
        reject(error);
      });
    });
  }

  /** Whether another tab has taken it. */
  get lost() {
    return this.#lost;
  }

  /** Lets another tab have it, and resolves when it can. */
  release() {
    this.#free();
    return this.#ended;
  }
}
