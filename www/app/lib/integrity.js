import { Trouble } from "./trouble.js";

/**
 * The published site carries an import map with the hash of every module, which browsers enforce for the page's own
 * modules. Workers do not read import maps, and older browsers know no such hashes; so the worker's modules are
 * fetched once with their hashes before the worker starts. What the cache or the host hands out must be what was
 * published, or nothing starts. (A host that lies in its index.html is beyond what a page can notice about itself.)
 */

/**
 * What stands in a script element of the page that is data, as the page was published.
 * @param {Document} page
 * @param {string} selector
 */
const published = (page, selector) => JSON.parse(page.querySelector(selector)?.textContent ?? "{}");

/**
 * The hashes of every script and WebAssembly module, by absolute address; empty when the site was built without.
 * @param {Document} page
 * @returns {Map<string, string>}
 */
export function publishedHashes(page) {
  /** @type {Record<string, string>} */
  const integrity = published(page, 'script[type="importmap"]').integrity ?? {};
  return new Map(Object.entries(integrity).map(([path, hash]) => [new URL(path, page.baseURI).href, hash]));
}

/**
 * Where a file of the site is that its source names: a bundled site calls it otherwise.
 * @param {Document} page
 * @param {string} path in the source
 * @returns {string} its path in the site
 */
export const publishedAs = (page, path) => published(page, "#names")[path] ?? path;

/**
 * Which build of the site this page is, as one hash: that of the published list of the hashes of all its modules. Null
 * where there is none, or where the browser does not hash.
 * @param {Document} page
 * @returns {Promise<string | null>}
 */
export async function buildOf(page) {
  const list = page.querySelector('script[type="importmap"]')?.textContent ?? "";
  if (publishedHashes(page).size === 0 || !globalThis.crypto?.subtle) return null;
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(list));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Loads the styles of all pages but a voter's, where the page has them not already: a bundled one leaves them out.
 * @param {Document} page
 * @returns {Promise<void>}
 */
export async function loadOtherStyles(page) {
  const source = "app/style/others.css";
  const path = publishedAs(page, source);
  if (path === source) return;
  const link = page.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL(path, page.baseURI).href;
  link.integrity = publishedHashes(page).get(link.href) ?? "";
  await new Promise((resolve, reject) => {
    link.addEventListener("load", resolve);
    link.addEventListener("error", reject);
    // Behind the page's own styles, but for those of printing.
    page.head.insertBefore(link, page.head.querySelector('link[media="print"]'));
  });
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
    /** @type {Record<string, string[] | undefined>} every module that a worker loads, itself included */
    const workers = published(page, "#workers");
    const modules = workers[`app/worker/${which}.js`];
    if (!modules) throw new Error(`no published list of the modules of ${which}`);
    await Promise.all(
      modules.map(async (path) => {
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
