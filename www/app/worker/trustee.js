import { Trustee, TrusteeBoard } from "../../veche-wasm-observer.js";
import { Database } from "../lib/idb.js";

/**
 * What the worker does for a trustee. The secret is made, kept and used in the program's memory and nowhere else: the
 * 24 words leave it once, to be written down. What is stored is what the trustee has signed, so that no second version
 * of it is ever signed, and the last board seen; neither is secret.
 */

/** @typedef {{ size: number, root: string }} Seen */

/** @type {TrusteeBoard | null} */
let board = null;
/** @type {Trustee | null} */
let trustee = null;
/** @type {Database} */
let database;

/** A board that is open, or an error for a page that asks in the wrong order. */
function opened() {
  if (!board) throw Object.assign(new Error("no board is open"), { code: "not-prepared" });
  return board;
}

/** The trustee at work here, or an error. */
function present() {
  if (!trustee) throw Object.assign(new Error("no trustee is here"), { code: "not-prepared" });
  return trustee;
}

/** This device's clock, as the program reads it. */
const seconds = () => Math.floor(Date.now() / 1_000);

/** @param {number} number */
const keptKey = (number) => `trustee-${number}`;

/** @param {() => Promise<unknown>} program the module, on its way */
export const trusteeOperations = (program) => ({
  /**
   * Begins to replay a board, from its first bundle.
   * @param {{ manifest: Uint8Array, bundle: Uint8Array, count: number, fingerprint: string | null }} args
   */
  async trusteeOpen({ manifest, bundle, count, fingerprint }) {
    await program();
    board?.free();
    board = null;
    const fresh = TrusteeBoard.open(manifest, bundle, count, fingerprint ?? undefined);
    database = await Database.open(`trustee-${fresh.genesis()}`);
    /** @type {Seen | undefined} */
    const seen = await database.get("kept", "seen");
    if (seen) fresh.remember(seen.size, seen.root);
    board = fresh;
    return { manifest: board.manifest(), genesis: board.genesis() };
  },

  /** @param {{ bundle: Uint8Array, count: number }} args */
  trusteeAdd: async ({ bundle, count }) => opened().add(bundle, count),

  /** @param {{ bundle: Uint8Array, count: number, first: number }} args */
  trusteeSettle: async ({ bundle, count, first }) => opened().settle(bundle, count, first),

  /**
   * Compares the board with what the log has signed, and remembers it.
   * @param {{ note: string }} args
   */
  async trusteeCheck({ note }) {
    const { size, root } = opened().check(note);
    await database.put("kept", "seen", { size, root });
    return opened().status();
  },

  /**
   * Makes a secret. Its words are in the answer and in no other.
   * @param {{ number: number }} args
   */
  async trusteeCreate({ number }) {
    trustee?.free();
    trustee = null;
    const made = Trustee.create(opened(), number);
    const words = made.words();
    trustee = made;
    return { words };
  },

  /** @param {{ place: number, word: string }} args */
  trusteeIsWord: async ({ place, word }) => present().isWord(place, word),

  /**
   * Takes up a secret from its words, with what this browser keeps of what was signed with it.
   * @param {{ number: number, words: string }} args
   */
  async trusteeRecover({ number, words }) {
    /** @type {string | undefined} */
    const kept = await database.get("kept", keptKey(number));
    const recovered = Trustee.recover(opened(), number, words, kept);
    trustee?.free();
    trustee = recovered;
  },

  /**
   * What comes next by this device's clock. That the board says a vote is over before its hour is on disk before anybody
   * is told.
   * @param {{ number: number }} args
   */
  async trusteeNext({ number }) {
    const now = seconds();
    if (present().see(opened(), now)) await database.put("kept", keptKey(number), present().kept());
    return { ...present().next(opened(), now), early: present().early() };
  },

  /**
   * Signs what comes next, if that is what the trustee was shown. What was signed is on disk before the message leaves.
   * @param {{ number: number, what: string, shown: string | null }} args
   */
  async trusteeAct({ number, what, shown }) {
    const { bytes, kept } = present().act(opened(), what, shown ?? undefined, seconds());
    await database.put("kept", keptKey(number), kept);
    return { bytes };
  },

  /**
   * This trustee's signature under the end of a vote whose organiser is gone, if the board and the hour allow it.
   * @param {{ kind: string, time: number, note: string }} args
   */
  trusteeEndVote: async ({ kind, time, note }) => present().endVote(opened(), kind, time, note, seconds()),

  /** Forgets the secret. */
  async trusteeForget() {
    trustee?.free();
    trustee = null;
  },
});
