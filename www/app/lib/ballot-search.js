import { openFromBundles } from "./bundles.js";
import { checkpointSize } from "./encoding.js";
import { Trouble } from "./trouble.js";

/** @typedef {import("./api.js").Api} Api */
/** @typedef {import("./engine.js").ObserverEngine} Engine */
/** @typedef {import("./record-files.js").RecordFiles} RecordFiles */
/** @typedef {import("../../veche-wasm-observer.js").Manifest} Manifest */
/** @typedef {import("../../veche-wasm-observer.js").Finding} Finding */
/** @typedef {import("../../veche-wasm-observer.js").ShownReceipt} ShownReceipt */
/** What is looked for: a receipt's bytes or its link, or a code. @typedef {{ receipt: Uint8Array } | { code: string }} Sought */
/**
 * @typedef {object} Answer
 * @property {Finding} finding
 * @property {ShownReceipt | null} receipt  what the receipt proves by itself
 * @property {string} note                  the record's signed checkpoint
 * @property {number} bytes                 what was read for it
 */
/**
 * What an earlier search by this receipt has seen, and who keeps what this one sees.
 * @typedef {{ saved: Uint8Array | null, keep: (saved: Uint8Array, checkedTo: number) => Promise<void> }} Memory
 */

/** How long, in milliseconds, a search waits for a ballot box that may shorten it. */
const PATIENCE = 3_000;

/** How often, in milliseconds, what was seen is kept. */
const KEEP_MS = 2_000;

/** Troubles that leave a receipt to be checked by itself. */
const OUT_OF_REACH = new Set(["offline", "timeout", "server", "no-record"]);

/** Looks for ballots in the record's static files. Every file is verified in the worker before anything is read from it. */
export class BallotSearch {
  /**
   * @param {RecordFiles} record
   * @param {Engine} engine
   * @param {string} fingerprint the election that the site is pinned to
   * @param {Api | null} api     the ballot box, which may shorten a search by a code and is never believed
   */
  constructor(record, engine, fingerprint, api) {
    this.record = record;
    this.api = api;
    this.engine = engine;
    this.fingerprint = fingerprint;
    this.note = "";
    /** @type {Trouble | null} why the record cannot be asked, when the election was opened without it */
    this.unreachable = null;
  }

  /**
   * @param {string} path
   * @param {AbortSignal | null} [signal]
   */
  async #file(path, signal = null) {
    const bytes = await this.record.file(path, signal);
    if (!bytes) throw new Trouble("no-record", { detail: `${path} is missing` });
    return bytes;
  }

  /**
   * Opens the election: from the record, or where that is out of reach from what this browser kept of it.
   * @returns {Promise<Manifest>}
   */
  async open() {
    try {
      this.unreachable = null;
      return await this.openRecord(true);
    } catch (error) {
      if (!(error instanceof Trouble && OUT_OF_REACH.has(error.code))) throw error;
      const kept = await this.engine.call("reopen", { fingerprint: this.fingerprint });
      if (!kept) throw error;
      this.unreachable = error;
      return kept.manifest;
    }
  }

  /**
   * Opens the election from the record.
   * @param {boolean} keep whether this browser keeps what it takes to do so again without the record
   */
  async openRecord(keep) {
    const [note, bytes] = await Promise.all([this.#file("checkpoint"), this.#file("manifest.json")]);
    this.note = new TextDecoder().decode(note);
    const size = checkpointSize(this.note);
    if (size === 0) throw new Trouble("record-unreadable", { detail: "checkpoint states no size" });
    const { engine, fingerprint } = this;
    const { manifest } = await openFromBundles(
      size,
      (path) => this.#file(path),
      (bundles) => engine.call("open", { manifest: bytes, bundles, size, fingerprint, keep }),
    );
    return manifest;
  }

  /**
   * What a receipt proves by itself.
   * @param {Uint8Array} receipt
   * @returns {Promise<ShownReceipt>}
   */
  check(receipt) {
    return this.engine.call("findCheck", { receipt });
  }

  /**
   * Where the ballot box says that a ballot is. Most of what is published has no box beside it any more.
   * @param {string} code
   */
  async #place(code) {
    if (!this.api) return undefined;
    try {
      const slow = /** @type {Promise<never>} */ (
        new Promise((_, late) => {
          setTimeout(late, PATIENCE);
        })
      );
      const { index } = await Promise.race([this.api.findBallot(code), slow]);
      return Number.isSafeInteger(index) && index >= 0 ? index : undefined;
    } catch {
      return undefined;
    }
  }

  /**
   * Looks for a ballot, and tells what was found so far after every file. It ends when nothing more can change the answer,
   * or when it is stopped.
   * @param {Sought} sought
   * @param {(answer: Answer) => void} told
   * @param {AbortSignal} signal
   * @param {Memory | null} [memory] of a search by a receipt
   * @returns {Promise<Answer>}
   */
  async find(sought, told, signal, memory = null) {
    const { note } = this;
    const [receipt, code] = "receipt" in sought ? [sought.receipt, null] : [null, sought.code];
    const from = code === null ? undefined : await this.#place(code);
    const saved = memory?.saved ?? null;
    const begun = await this.engine.call("findBegin", { note, receipt, code, from, saved });
    const files = await Promise.all(begun.tiles.map((path) => this.#file(path, signal)));
    let { next, finding } = await this.engine.call("findTiles", { files });
    let bytes = files.reduce((sum, { length }) => sum + length, 0);
    /** @type {Map<string, Promise<Uint8Array>>} on their way */
    const coming = new Map();
    const answer = () => ({ finding, receipt: begun.receipt, note, bytes });
    const keep = async () => {
      const seen = memory && (await this.engine.call("findSaved", undefined));
      if (seen) await memory.keep(seen, finding.checkedTo);
    };
    let kept = Date.now();
    told(answer());
    while (next.length > 0 && !signal.aborted) {
      for (const path of next) {
        if (coming.has(path)) continue;
        const fetched = this.#file(path, signal);
        // Met below, when its turn has come.
        fetched.catch(() => undefined);
        coming.set(path, fetched);
      }
      const path = next[0] ?? "";
      try {
        const bundle = await /** @type {Promise<Uint8Array>} */ (coming.get(path));
        coming.delete(path);
        bytes += bundle.length;
        ({ next, finding } = await this.engine.call("findBundle", { bundle }));
      } catch (error) {
        if (signal.aborted) break;
        await keep();
        throw error;
      }
      if (Date.now() - kept >= KEEP_MS) {
        kept = Date.now();
        await keep();
      }
      told(answer());
    }
    await keep();
    return answer();
  }
}
