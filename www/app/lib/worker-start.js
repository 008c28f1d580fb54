/** @typedef {"voter" | "observer"} Which  of the two workers, by the name of its module */

/** The only addresses that a worker may be started from; under Trusted Types nothing else on the page can make one. */
const ADDRESSES = {
  voter: new URL("../worker/voter.js", import.meta.url).href,
  observer: new URL("../worker/observer.js", import.meta.url).href,
};

/** @type {{ createScriptURL(address: string): string } | null} */
let policy = null;

/**
 * @param {string} address
 * @returns {string}
 */
function trusted(address) {
  const types = /** @type {any} */ (globalThis).trustedTypes;
  if (!types) return address;
  policy ??= types.createPolicy("veche-worker", {
    createScriptURL(/** @type {string} */ wanted) {
      if (!Object.values(ADDRESSES).includes(wanted)) throw new TypeError("not the address of a worker");
      return wanted;
    },
  });
  return /** @type {{ createScriptURL(address: string): string }} */ (policy).createScriptURL(address);
}

/**
 * Starts a worker, or returns null in a browser that has no module workers: such a browser never reads `type`.
 * @param {Which} which
 * @param {string} name what developers see it as
 * @returns {Worker | null}
 */
export function startWorker(which, name) {
  let asked = false;
  const options = {
    name,
    get type() {
      asked = true;
      return /** @type {const} */ ("module");
    },
  };
  try {
    const worker = new Worker(trusted(ADDRESSES[which]), options);
    if (asked) return worker;
    worker.terminate();
  } catch {
    // Firefox before 114 refuses the constructor itself.
  }
  return null;
}
