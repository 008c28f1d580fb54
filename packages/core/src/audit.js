import { VecheError, argument, told } from "./errors.js";
import { checkedFingerprint } from "./checked.js";
import { Record } from "./record.js";

/** How often the caller hears of progress. */
const TELL_MS = 100;
const NOTHING = () => undefined;

/**
 * Verifies a whole record.
 * @param {any} program
 * @param {any} options
 */
export async function audit(program, { record: place, fingerprint, onProgress = NOTHING } = {}) {
  checkedFingerprint(fingerprint);
  if (typeof onProgress !== "function") throw argument("`onProgress` is a function.");
  const record = new Record(place);
  /** What did not come says nothing about the record. @type {unknown} */
  let unreachable = null;
  const source = {
    // A server lists nothing.
    list: async () => null,
    /** @param {string} path */
    async fetch(path) {
      try {
        return await record.file(path);
      } catch (error) {
        unreachable ??= error;
        throw error;
      }
    },
  };
  let heard = 0;
  const watch = {
    /** @param {number} entries @param {number} total @param {number} ballots */
    progress(entries, total, ballots) {
      if (entries !== total && Date.now() - heard < TELL_MS) return;
      heard = Date.now();
      onProgress({ entries, total, ballots });
    },
    examined: NOTHING,
    failed: NOTHING,
    election: NOTHING,
    wantsSnapshot: () => false,
    snapshot: NOTHING,
    resumed: NOTHING,
    discarded: NOTHING,
  };
  let report;
  try {
    report = await program.auditRecord(source, watch, undefined, fingerprint, undefined, "");
  } catch (error) {
    throw told(error);
  }
  if (unreachable instanceof VecheError) throw unreachable;
  if (unreachable)
    throw new VecheError("record-unreachable", "server", "A file of the record could not be read.", {
      cause: unreachable,
    });
  return JSON.parse(report);
}
