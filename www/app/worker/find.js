import { Finder, openElection, readCode } from "../../veche-wasm.js";
import { Database } from "../lib/idb.js";

/** What the worker does to find a ballot in a published record. Nothing here is secret. */

/** Bundles that are fetched ahead of the one that is looked through. */
const AHEAD = 6;

/** @typedef {{ manifest: Uint8Array, bundles: Uint8Array[], size: number }} Opening */

/** @type {import("../../veche-wasm.js").Election | null} */
let election = null;
/** @type {Finder | null} */
let finder = null;

/** The election that is open, or an error for a page that asks in the wrong order. */
function opened() {
  if (!election) throw Object.assign(new Error("no election is open"), { code: "not-prepared" });
  return election;
}

/** The search under way, or an error. */
function begun() {
  if (!finder) throw Object.assign(new Error("nothing is looked for"), { code: "not-prepared" });
  return finder;
}

const step = () => ({ next: begun().next(AHEAD), finding: begun().finding() });

/** @param {() => Promise<unknown>} program the module, on its way */
export const findOperations = (program) => ({
  /**
   * Opens the election that the site is pinned to, from the record's first files, and keeps them: with them a receipt
   * can be checked later, when the record is out of reach.
   * @param {Opening & { fingerprint: string }} args
   */
  async findOpen({ manifest, bundles, size, fingerprint }) {
    await program();
    const fresh = openElection(manifest, bundles, size, fingerprint);
    election?.free();
    election = fresh;
    try {
      const database = await Database.open(fingerprint);
      await database.put("kept", "opening", { manifest, bundles, size });
    } catch {
      // A browser that keeps nothing can find a ballot all the same.
    }
    return { manifest: fresh.manifest() };
  },

  /**
   * Opens the election from what this browser kept; null when it kept nothing. The fingerprint is computed anew.
   * @param {{ fingerprint: string }} args
   */
  async findReopen({ fingerprint }) {
    await program();
    try {
      const database = await Database.open(fingerprint);
      /** @type {Opening | undefined} */
      const kept = await database.get("kept", "opening");
      if (!kept) return null;
      const fresh = openElection(kept.manifest, kept.bundles, kept.size, fingerprint);
      election?.free();
      election = fresh;
      return { manifest: fresh.manifest() };
    } catch {
      return null;
    }
  },

  /** @param {{ receipt: Uint8Array }} args */
  findCheck: async ({ receipt }) => opened().checkShown(receipt),

  /**
   * Begins to look for the ballot of a receipt, or for one with a code.
   * @param {{ note: string, receipt: Uint8Array | null, code: string | null, from?: number | undefined }} args  `from` is where it may be
   */
  async findBegin({ note, receipt, code, from }) {
    finder?.free();
    finder = null;
    finder = receipt
      ? Finder.byReceipt(opened(), note, receipt)
      : Finder.byCode(opened(), note, code ?? "", from);
    return { tiles: finder.tiles(), receipt: finder.receipt() ?? null };
  },

  /** @param {{ files: Uint8Array[] }} args */
  async findTiles({ files }) {
    begun().open(files);
    return step();
  },

  /** @param {{ bundle: Uint8Array }} args */
  async findBundle({ bundle }) {
    begun().add(bundle);
    return step();
  },

  /** @param {{ typed: string }} args */
  async readCode({ typed }) {
    await program();
    return readCode(typed) ?? null;
  },
});
