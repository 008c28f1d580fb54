import { Finder, readCode } from "../../veche-wasm-observer.js";
import { opened } from "./opened.js";

/** What the worker does to find a ballot in a published record. Nothing here is secret. */

/** Bundles that are fetched ahead of the one that is looked through. */
const AHEAD = 6;

/** @type {Finder | null} */
let finder = null;

/** The search under way, or an error. */
function begun() {
  if (!finder) throw Object.assign(new Error("nothing is looked for"), { code: "not-prepared" });
  return finder;
}

const step = () => ({ next: begun().next(AHEAD), finding: begun().finding() });

/** @param {() => Promise<unknown>} program the module, on its way */
export const findOperations = (program) => ({
  /** @param {{ receipt: Uint8Array }} args */
  findCheck: async ({ receipt }) => opened().checkShown(receipt),

  /**
   * Begins to look for the ballot of a receipt, or for one with a code.
   * @param {{ note: string, receipt: Uint8Array | null, code: string | null, from?: number | undefined, saved: Uint8Array | null }} args
   *   `from` is where it may be; `saved` is what an earlier search by this receipt has seen
   */
  async findBegin({ note, receipt, code, from, saved }) {
    finder?.free();
    finder = null;
    finder = receipt
      ? Finder.byReceipt(opened(), note, receipt)
      : Finder.byCode(opened(), note, code ?? "", from);
    if (saved) finder.goOnFrom(saved);
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

  /** What was seen, for a later search to go on from. */
  findSaved: async () => begun().saved() ?? null,

  /** @param {{ typed: string }} args */
  async readCode({ typed }) {
    await program();
    return readCode(typed) ?? null;
  },
});
