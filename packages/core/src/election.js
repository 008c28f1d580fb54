import { bytes, checkedFingerprint, text } from "./checked.js";
import { VecheError, argument, inside } from "./errors.js";
import { Record } from "./record.js";
import { browserStorage } from "./storage.js";
import { voterProgram } from "./voter-program.js";
import { Voter } from "./voter.js";

/** An election whose fingerprint is the announced one. */
export class Election {
  /** @type {any} */
  #inner;
  #pinned;
  #module;

  /**
   * @param {any} inner
   * @param {import("./observer.js").Pinned} pinned
   * @param {() => Promise<WebAssembly.Module>} module the observer's
   * @param {{ note: string, size: number, root: string }} checkpoint
   */
  constructor(inner, pinned, module, checkpoint) {
    this.#inner = inner;
    this.#pinned = pinned;
    this.#module = module;
    this.fingerprint = inner.fingerprint();
    this.manifest = inner.manifest();
    this.checkpoint = Object.freeze(checkpoint);
  }

  /** The module's election, while it is open. @param {string} what is to be done with it */
  inner(what) {
    if (!this.#inner)
      throw new VecheError(
        "closed",
        "caller",
        `${what}() was called on an election that was closed: open it again.`,
      );
    return this.#inner;
  }

  /** The ids of all ballot styles. @returns {string[]} */
  styles() {
    return this.manifest.styles.flatMap((/** @type {any} */ { id, plus_one_of = [] }) => [
      id,
      ...plus_one_of.map((/** @type {string} */ contest) => `${id}+${contest}`),
    ]);
  }

  /** @param {string} contest @param {unknown} selection */
  async check(contest, selection) {
    const inner = this.inner("check");
    return inside(() => inner.check(text(contest, "contest"), selection));
  }

  /** @param {any} options */
  async openVoter({ storage = undefined, ...options } = {}) {
    this.inner("openVoter");
    return Voter.open(this, { ...options, storage: storage ?? browserStorage() });
  }

  /** @param {Uint8Array} ballot @param {unknown} receipt @returns {Promise<any>} */
  async checkReceipt(ballot, receipt) {
    const inner = this.inner("checkReceipt");
    return inside(() => inner.checkReceipt(bytes(ballot, "ballot"), receipt));
  }

  /** @param {unknown} receipt */
  async receiptText(receipt) {
    const inner = this.inner("receiptText");
    return inside(() => inner.receiptText(receipt));
  }

  /** @param {string} older @param {string} newer @param {string[]} proof */
  async checkConsistency(older, newer, proof) {
    const inner = this.inner("checkConsistency");
    if (typeof older !== "string" || typeof newer !== "string" || !Array.isArray(proof))
      throw argument("Two checkpoints are compared as texts, with a list of hashes between them.");
    inside(() => inner.checkConsistency(older, newer, proof));
  }

  /** @param {any} sought */
  async lookUp(sought) {
    this.inner("lookUp");
    const { lookUp } = await import("./observer.js");
    return lookUp(this.#module, this.#pinned, sought ?? {});
  }

  /** Lets go of what the module holds of it. */
  close() {
    this.#inner?.free();
    this.#inner = null;
  }
}

/**
 * @param {any} options
 * @param {() => Promise<WebAssembly.Module>} module the observer's
 */
export async function open({ record: place, fingerprint, card } = {}, module) {
  const program = voterProgram("openElection()");
  checkedFingerprint(fingerprint);
  const record = new Record(place);
  const handed = card === undefined ? null : bytes(card, "card");
  const [manifest, { note }, asked] = await Promise.all([
    record.needed("manifest.json"),
    record.checkpoint(),
    handed ?? record.card(),
  ]);
  const pinned = { record, manifest, fingerprint };
  const fromRecord = async () => {
    const { cardFromRecord } = await import("./observer.js");
    return cardFromRecord(module, pinned);
  };
  /** @param {Uint8Array} found */
  const by = (found) => inside(() => program.openElection(manifest, found, fingerprint));
  let inner;
  try {
    inner = by(asked ?? (await fromRecord()));
  } catch (error) {
    // Beside a record on a host of its own something else may answer in the box's place.
    if (handed || !asked || /** @type {VecheError} */ (error).code !== "record-unreadable") throw error;
    inner = by(await fromRecord());
  }
  try {
    const checkpoint = inside(() => inner.checkCheckpoint(note));
    return new Election(inner, pinned, module, { note, ...checkpoint });
  } catch (error) {
    inner.free();
    throw error;
  }
}
