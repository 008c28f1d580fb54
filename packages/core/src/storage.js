import { VecheError } from "./errors.js";

/** Where a voter's secret is kept between visits: what `openVoter` takes as `storage`. */

/**
 * Keeps things for as long as the program runs.
 * @returns {{ update(name: string, change: (kept: Uint8Array | null) => Uint8Array): Promise<void> }}
 */
export function memoryStorage() {
  /** @type {Map<string, Uint8Array>} */
  const kept = new Map();
  return {
    async update(name, change) {
      kept.set(name, change(kept.get(name) ?? null));
    },
  };
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
const answer = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** @param {unknown} [cause] */
const unkept = (cause) =>
  new VecheError(
    "storage-failed",
    "device",
    "This browser did not keep the voter's key: storage is switched off or full, or this is a private window.",
    { cause },
  );

/** Keeps things in this browser, for this origin: one transaction for each change, so that two tabs never meet. */
export function browserStorage() {
  if (!globalThis.indexedDB)
    throw new VecheError(
      "bad-argument",
      "caller",
      "There is no IndexedDB here: pass openVoter() a `storage` of your own, or memoryStorage() for a trial.",
    );
  /** @type {Promise<IDBDatabase> | null} */
  let opening = null;
  const database = () => {
    opening ??= new Promise((resolve, reject) => {
      const request = indexedDB.open("veche-core", 1);
      request.onupgradeneeded = () => request.result.createObjectStore("voters");
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    return opening;
  };
  return {
    /** @param {string} name @param {(kept: Uint8Array | null) => Uint8Array} change */
    async update(name, change) {
      /** @type {unknown} */
      let refused;
      try {
        const transaction = (await database()).transaction("voters", "readwrite");
        const done = new Promise((resolve, reject) => {
          transaction.oncomplete = resolve;
          transaction.onabort = () => reject(transaction.error);
        });
        done.catch(() => undefined);
        const store = transaction.objectStore("voters");
        const kept = await answer(store.get(name));
        try {
          store.put(change(kept ?? null), name);
        } catch (error) {
          refused = error;
          transaction.abort();
        }
        await done;
      } catch (error) {
        if (refused) throw refused;
        opening = null;
        throw unkept(error);
      }
    },
  };
}
