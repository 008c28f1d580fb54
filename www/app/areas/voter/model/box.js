import { at, result } from "../../../lib/idb.js";
import { Trouble } from "../../../lib/trouble.js";

/** @typedef {import("../../../lib/api.js").Api} Api */
/** @typedef {import("../../../lib/engine.js").VoterEngine} Engine */
/** @typedef {import("../../../lib/idb.js").Database} Database */
/** @typedef {import("../../../../veche-wasm-voter.js").Receipt} Receipt */
/** @typedef {{ note: string, size: number, root: string }} Checkpoint */
/** @typedef {import("../../../../veche-wasm-voter.js").ReceiptPlace} Place */
/**
 * A ballot that was cast and its receipt, as kept in this browser and in a downloaded receipt.
 * @typedef {object} Cast
 * @property {string} hash       of the whole ballot
 * @property {string} code       the confirmation code
 * @property {Uint8Array} bytes  the sealed ballot as it stands on the board
 * @property {string} key        the public key that signed it
 * @property {string} style
 * @property {string} [pseudonym]  of whoever cast it from this browser; a receipt from a file names none
 * @property {number} index      its place on the board
 * @property {string} castAt
 * @property {Receipt} receipt
 */

/**
 * The page's memory of the ballot box. A box that shows one past to one visitor and another to the next, or forgets
 * what it acknowledged, contradicts a checkpoint that some browser kept: this is where that is noticed.
 */
export class Box {
  /**
   * @param {Api} api
   * @param {Engine} engine
   * @param {Database} database
   */
  constructor(api, engine, database) {
    this.api = api;
    this.engine = engine;
    this.database = database;
  }

  /** The last checkpoint seen. @returns {Promise<Checkpoint | undefined>} */
  kept() {
    return this.database.get("kept", "checkpoint");
  }

  /**
   * Proves that the newer of two checkpoints contains the older.
   * @param {Checkpoint} one
   * @param {Checkpoint} other
   */
  async #extend(one, other) {
    const [older, newer] = one.size <= other.size ? [one, other] : [other, one];
    const { proof } =
      older.size === newer.size ? { proof: [] } : await this.api.consistency(older.size, newer.size);
    try {
      await this.engine.call("checkConsistency", { older: older.note, newer: newer.note, proof });
    } catch (error) {
      throw new Trouble("box-forked", {
        detail: String(error),
        evidence: { older: older.note, newer: newer.note, proof },
      });
    }
  }

  /**
   * Checks a checkpoint's signature and that it and the last kept one are two moments of one box, and keeps the later.
   * @param {string} note
   * @returns {Promise<{ checkpoint: Checkpoint, kept: Checkpoint | undefined }>}
   */
  async #check(note) {
    const checkpoint = { note, ...(await this.engine.call("checkCheckpoint", { note })) };
    const kept = await this.kept();
    if (kept) await this.#extend(kept, checkpoint);
    return { checkpoint, kept };
  }

  /**
   * Keeps a checkpoint unless another tab has kept a later one meanwhile.
   * @param {Checkpoint} checkpoint
   */
  keep(checkpoint) {
    return this.database.transact(["kept"], "readwrite", async (stores) => {
      /** @type {Checkpoint | undefined} */
      const kept = await result(at(stores, "kept").get("checkpoint"));
      if (!kept || kept.size < checkpoint.size) at(stores, "kept").put(checkpoint, "checkpoint");
    });
  }

  /**
   * The box's present state. It may never be older than what this browser has seen.
   * @param {string} note
   * @returns {Promise<Checkpoint>}
   */
  async see(note) {
    let { checkpoint, kept } = await this.#check(note);
    if (kept && checkpoint.size < kept.size) {
      // Another tab may have seen more since this note was fetched. Asked now, the box must know at least as much.
      const again = await this.#check((await this.api.election()).checkpoint);
      if (again.checkpoint.size < kept.size) {
        throw new Trouble("box-rolled-back", { evidence: { kept: kept.note, shown: again.checkpoint.note } });
      }
      checkpoint = again.checkpoint;
    }
    await this.keep(checkpoint);
    return checkpoint;
  }

  /**
   * Checks a receipt for these bytes completely: place, signature, and one history with what this browser has seen.
   * @param {Uint8Array} ballot
   * @param {Receipt} receipt
   * @returns {Promise<{ place: Place, newest: Checkpoint }>} with the later of the receipt's and the kept checkpoint
   */
  async accept(ballot, receipt) {
    /** @type {Place} */
    let place;
    try {
      place = await this.engine.call("checkReceipt", { ballot, receipt });
    } catch (error) {
      throw new Trouble("receipt-wrong", { detail: String(error), evidence: { receipt } });
    }
    const { checkpoint, kept } = await this.#check(receipt.checkpoint);
    return { place, newest: kept && kept.size > checkpoint.size ? kept : checkpoint };
  }

  /**
   * A receipt from a file, with everything it says of itself replaced by what its ballot really is.
   * @param {Cast} cast
   * @returns {Promise<Cast>}
   */
  async confirm(cast) {
    const {
      place: { index, hash, code, key },
    } = await this.accept(cast.bytes, cast.receipt).catch((error) => {
      throw error instanceof Trouble && error.code === "receipt-wrong"
        ? new Trouble("file-wrong", { detail: error.message })
        : error;
    });
    return { ...cast, index, hash, code, key };
  }

  /**
   * Proves that a cast ballot is on the board of now: it has its place under the receipt's checkpoint, and the board of
   * now goes on from that. What became of it since, this does not say, and no answer of the box could.
   * @param {Cast} cast
   * @returns {Promise<{ place: Place, size: number }>} with the board's number of entries
   */
  async prove(cast) {
    const { checkpoint: note } = await this.api.election();
    const { place, newest } = await this.accept(cast.bytes, cast.receipt);
    await this.keep(newest);
    const { size } = await this.see(note);
    return { place, size };
  }

  /**
   * Whether the published record and the box show one history, as far as both go.
   * @param {string} note the record's checkpoint
   */
  async agrees(note) {
    await this.#check(note);
  }
}
