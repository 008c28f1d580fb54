import { Trouble } from "./trouble.js";

/**
 * A small promise face for IndexedDB, shared by the page and the worker. One database per election, so that two
 * elections on one host never mix.
 *
 * - `voters`: one record per pseudonym with the secret key as bytes; read and written by the worker only
 * - `drafts`: choices not cast yet, by pseudonym
 * - `pending`: at most one sealed ballot on its way, by pseudonym
 * - `receipts`: what was cast, by ballot hash
 * - `kept`: single values: who is voting here, and the last checkpoint seen
 */
const STORES = ["voters", "drafts", "pending", "receipts", "kept"];

/** @typedef {{ [store: string]: IDBObjectStore }} Opened */

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
export function result(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

export class Database {
  /** @param {IDBDatabase} db */
  constructor(db) {
    this.db = db;
    // Another tab with a newer page must not wait for this one.
    db.onversionchange = () => db.close();
  }

  /**
   * @param {string} fingerprint
   * @returns {Promise<Database>}
   */
  static async open(fingerprint) {
    try {
      const request = indexedDB.open(`veche-${fingerprint}`, 1);
      request.onupgradeneeded = () => STORES.forEach((name) => request.result.createObjectStore(name));
      return new Database(await result(request));
    } catch (error) {
      throw new Trouble("storage", { detail: String(error) });
    }
  }

  /**
   * Runs `work` in one transaction and resolves when it is on disk, or changes nothing.
   * @template T
   * @param {string[]} names
   * @param {IDBTransactionMode} mode
   * @param {(stores: Opened) => T | Promise<T>} work
   * @param {IDBTransactionOptions} [options]
   * @returns {Promise<T>}
   */
  async transact(names, mode, work, options) {
    /** @type {IDBTransaction | null} */
    let transaction = null;
    try {
      const opened = (transaction = this.db.transaction(names, mode, options));
      const done = new Promise((resolve, reject) => {
        opened.oncomplete = () => resolve(undefined);
        opened.onabort = () => reject(opened.error);
      });
      const stores = Object.fromEntries(names.map((name) => [name, opened.objectStore(name)]));
      const outcome = work(stores);
      // Said at once where nothing is read first: a page reloaded in this very moment does not lose the write.
      if (mode === "readwrite" && !(outcome instanceof Promise)) opened.commit();
      // Both are awaited together, so that an aborted transaction never becomes an unhandled rejection.
      const [value] = await Promise.all([outcome, done]);
      return value;
    } catch (error) {
      try {
        transaction?.abort();
      } catch {
        // It had ended already.
      }
      throw new Trouble("storage", { detail: String(error) });
    }
  }

  /**
   * @param {string} store
   * @param {IDBValidKey} key
   * @returns {Promise<any>}
   */
  get(store, key) {
    return this.transact([store], "readonly", (s) => result(at(s, store).get(key)));
  }

  /**
   * @param {string} store
   * @returns {Promise<any[]>}
   */
  all(store) {
    return this.transact([store], "readonly", (s) => result(at(s, store).getAll()));
  }

  /**
   * @param {string} store
   * @param {IDBValidKey} key
   * @param {unknown} value
   */
  put(store, key, value) {
    return this.transact([store], "readwrite", (s) => void at(s, store).put(value, key));
  }

  /**
   * Puts a text in the place of the one that was there, null for none, in one transaction: however many tabs do it at
   * once, one of them does. It is on disk, and not only on its way there, when this resolves.
   * @param {string} store
   * @param {IDBValidKey} key
   * @param {string | null} previous
   * @param {string} next
   * @returns {Promise<boolean>} false, and nothing has changed, where something else was there
   */
  swap(store, key, previous, next) {
    return this.transact(
      [store],
      "readwrite",
      async (s) => {
        const found = await result(at(s, store).get(key));
        if ((found ?? null) !== previous) return false;
        await result(at(s, store).put(next, key));
        return true;
      },
      { durability: "strict" },
    );
  }

  /**
   * @param {string} store
   * @param {IDBValidKey} key
   */
  remove(store, key) {
    return this.transact([store], "readwrite", (s) => void at(s, store).delete(key));
  }

  /** Forgets everything this browser keeps of the election. */
  wipe() {
    return this.transact(STORES, "readwrite", (s) => STORES.forEach((name) => at(s, name).clear()));
  }
}

/**
 * @param {Opened} stores
 * @param {string} name
 * @returns {IDBObjectStore}
 */
export function at(stores, name) {
  const store = stores[name];
  if (!store) throw new Error(`store ${name} is not part of this transaction`);
  return store;
}
