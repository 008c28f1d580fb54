/** The only addresses that a worker may be started from; under Trusted Types nothing else on the page can make one. */
const ADDRESSES = ["../worker.js", "../verify/worker.js"].map((path) => new URL(path, import.meta.url).href);

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
      if (!ADDRESSES.includes(wanted)) throw new TypeError("not the address of a worker");
      return wanted;
    },
  });
  return /** @type {{ createScriptURL(address: string): string }} */ (policy).createScriptURL(address);
}

/**
 * Starts a worker, or returns null in a browser that has no module workers: such a browser never reads `type`.
 * @param {string} path relative to this module
 * @param {string} name what developers see it as
 * @returns {Worker | null}
 */
export function startWorker(path, name) {
  let asked = false;
  const options = {
    name,
    get type() {
      asked = true;
      return /** @type {const} */ ("module");
    },
  };
  try {
    const worker = new Worker(trusted(new URL(path, import.meta.url).href), options);
    if (asked) return worker;
    worker.terminate();
  } catch {
    // Firefox before 114 refuses the constructor itself.
  }
  return null;
}
