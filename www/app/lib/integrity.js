/**
 * The published site carries an import map with the hash of every module, which browsers enforce for the page's own
 * modules. Workers do not read import maps, and older browsers know no such hashes; so the worker's modules are
 * fetched once with their hashes before the worker starts. What the cache or the host hands out must be what was
 * published, or nothing starts. (A host that lies in its index.html is beyond what a page can notice about itself.)
 */

/** Every module that worker.js loads, itself included, relative to the site's root. */
export const WORKER_MODULES = [
  "app/worker.js",
  "veche-wasm.js",
  "app/lib/idb.js",
  "app/lib/results-operations.js",
  "app/lib/trustee-operations.js",
  "app/lib/find-operations.js",
  "app/lib/trouble.js",
];

/** Every module that verify/worker.js loads, itself included. */
export const VERIFY_MODULES = [
  "app/verify/worker.js",
  "app/verify/coordinator.js",
  "app/verify/source.js",
  "app/lib/encoding.js",
  "app/lib/tiles.js",
  "veche-wasm.js",
];

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
 * @param {string[]} names the modules of one worker
 * @returns {Promise<void>}
 */
export async function checkWorkerModules(page, names) {
  const hashes = publishedHashes(page);
  if (hashes.size === 0) return;
  await Promise.all(
    names.map(async (path) => {
      const address = new URL(path, page.baseURI).href;
      const integrity = hashes.get(address);
      if (!integrity) throw new Error(`no published hash for ${path}`);
      const response = await fetch(address, { integrity, credentials: "same-origin" });
      await response.arrayBuffer();
    }),
  );
}
