import { openElection } from "../../veche-wasm-observer.js";
import { Database } from "../lib/idb.js";

/** The election that the observer's worker has open: opened once, looked into by whoever reads its result or finds a ballot. */

/** @typedef {import("../../veche-wasm-observer.js").Election} Election */
/** @typedef {{ manifest: Uint8Array, bundles: Uint8Array[], size: number }} Opening */

/** @type {Election | null} */
let election = null;

/** The election that is open, or an error for a page that asks in the wrong order. */
export function opened() {
  if (!election) throw Object.assign(new Error("no election is open"), { code: "not-prepared" });
  return election;
}

/**
 * @param {Opening} opening
 * @param {string} fingerprint
 */
function take({ manifest, bundles, size }, fingerprint) {
  const fresh = openElection(manifest, bundles, size, fingerprint);
  election?.free();
  election = fresh;
  return { manifest: fresh.manifest() };
}

/** @param {() => Promise<unknown>} program the module, on its way */
export const openOperations = (program) => ({
  /**
   * Opens the election that the site is pinned to, from the record's first files. Kept in this browser, they allow a
   * receipt to be checked later, when the record is out of reach.
   * @param {Opening & { fingerprint: string, keep?: boolean }} args
   */
  async open({ fingerprint, keep = false, ...opening }) {
    await program();
    const answer = take(opening, fingerprint);
    if (!keep) return answer;
    try {
      const database = await Database.open(fingerprint);
      await database.put("kept", "opening", opening);
    } catch {
      // A browser that keeps nothing can find a ballot all the same.
    }
    return answer;
  },

  /**
   * Opens the election from what this browser kept; null when it kept nothing. The fingerprint is computed anew.
   * @param {{ fingerprint: string }} args
   */
  async reopen({ fingerprint }) {
    await program();
    try {
      const database = await Database.open(fingerprint);
      /** @type {Opening | undefined} */
      const kept = await database.get("kept", "opening");
      return kept ? take(kept, fingerprint) : null;
    } catch {
      return null;
    }
  },
});
