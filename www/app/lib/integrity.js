import { Trouble } from "./trouble.js";

/**
 * The published site carries an import map with the hash of every module, which browsers enforce for the page's own
 * modules. Workers do not read import maps, and older browsers know no such hashes; so the worker's modules are
 * fetched once with their hashes before the worker starts. What the cache or the host hands out must be what was
 * published, or nothing starts. (A host that lies in its index.html is beyond what a page can notice about itself.)
 */

/**
 * Every module that a worker loads, itself included, relative to the site's root.
 * @type {Record<import("./worker-start.js").Which, string[]>}
 */
export const WORKER_MODULES = {
  voter: [
    "app/worker/voter.js",
    "app/worker/serve.js",
    "app/lib/idb.js",
    "app/lib/trouble.js",
    "veche-wasm.js",
  ],
  observer: [
    "app/worker/observer.js",
    "app/worker/serve.js",
    "app/worker/opened.js",
    "app/worker/find.js",
    "app/worker/results.js",
    "app/worker/trustee.js",
    "app/worker/audit.js",
    "app/worker/audit/coordinator.js",
    "app/worker/audit/source.js",
    "app/lib/encoding.js",
    "app/lib/idb.js",
    "app/lib/tiles.js",
    "app/lib/trouble.js",
    "veche-wasm.js",
  ],
};

/**
 * The hashes of the import map, by absolute address; empty when the site was built without.
 * @param {Document} page
 * @returns {Map<string, string>}
 */
function publishedHashes(page) {
  const map = page.querySelector('script[type="importmap"]');
  /** @type {Record<string, string>} */
  const integrity = map ? (JSON.parse(map.textContent ?? "{}").integrity ?? {}) : {};
  return new Map(Object.entries(integrity).map(([path, hash]) => [new URL(path, page.baseURI).href, hash]));
}

/**
 * @param {Document} page
 * @param {import("./worker-start.js").Which} which
 * @returns {Promise<void>}
 * @throws {Trouble} when a module is not what was published
 */
export async function checkWorkerModules(page, which) {
  const hashes = publishedHashes(page);
  if (hashes.size === 0) return;
  try {
    await Promise.all(
      WORKER_MODULES[which].map(async (path) => {
        const address = new URL(path, page.baseURI).href;
        const integrity = hashes.get(address);
        if (!integrity) throw new Error(`no published hash for ${path}`);
        const response = await fetch(address, { integrity, credentials: "same-origin" });
        await response.arrayBuffer();
      }),
    );
  } catch (error) {
    throw new Trouble("engine", { detail: String(error) });
  }
}
