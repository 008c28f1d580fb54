import { Trustee, TrusteeBoard } from "../../veche-wasm-observer.js";
import { at, Database, result } from "../lib/idb.js";
import { Hold } from "./hold.js";

/**
 * What the worker does for a trustee. The secret is made, kept and used in the program's memory and nowhere else: the
 * 24 words leave it once, to be written down. What is stored is what the trustee has signed, so that no second version
 * of it is ever signed, and the last board seen; neither is secret. One tab acts at a time, and what it has signed is on
 * disk before anybody hears of it.
 */

/** @typedef {{ size: number, root: string }} Seen */

/** @type {TrusteeBoard | null} */
let board = null;
/** @type {Trustee | null} */
let trustee = null;
/** @type {Hold | null} */
let hold = null;
/** @type {Database} */
let database;

/** @param {string} code @param {string} detail */
const failure = (code, detail) => Object.assign(new Error(detail), { code });

/** A board that is open, or an error for a page that asks in the wrong order. */
function opened() {
  if (!board) throw failure("not-prepared", "no board is open");
  return board;
}

/** The trustee at work here, or an error. */
function present() {
  if (hold?.lost) void forget();
  if (!trustee) throw failure(hold?.lost ? "trustee-elsewhere" : "not-prepared", "no trustee is here");
  return trustee;
}

/** Wipes the secret, and lets another tab act. */
async function forget() {
  trustee?.free();
  trustee = null;
  await hold?.release();
}

/**
 * Takes the right to act as a trustee of this board.
 * @param {number} number
 * @param {boolean} steal
 */
async function take(number, steal) {
  await forget();
  hold = await Hold.take(`veche-trustee-${opened().genesis()}-${number}`, steal);
  if (!hold) throw failure("trustee-elsewhere", "another tab acts for this trustee");
}

/** This device's clock, as the program reads it. */
const seconds = () => Math.floor(Date.now() / 1_000);

/** Where the memory of a secret is. @param {number} number @param {string} name */
const keptKey = (number, name) => `trustee-${number}-${name}`;

/**
 * Has the new memory on disk, in the place of the one that this tab began with. Where another tab has gone on meanwhile
 * nothing is changed, and what was signed here leaves nowhere.
 * @param {number} number
 * @param {string | null} previous
 */
async function remember(number, previous) {
  const acting = present();
  if (await database.swap("kept", keptKey(number, acting.name()), previous, acting.kept())) return;
  await forget();
  throw failure("trustee-elsewhere", "another tab has gone on");
}

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
    /** What this browser has seen, and each memory in it: @type {(Seen | string | undefined)[]} */
    const kept = await database.all("kept");
    for (const one of kept) {
      const seen = typeof one === "string" ? /** @type {{ seen?: Seen }} */ (JSON.parse(one)).seen : one;
      if (seen) fresh.remember(seen.size, seen.root);
    }
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
    // Another tab may have seen more meanwhile.
    await database.transact(["kept"], "readwrite", async (stores) => {
      const kept = at(stores, "kept");
      /** @type {Seen | undefined} */
      const seen = await result(kept.get("seen"));
      if (!seen || seen.size <= size) await result(kept.put({ size, root }, "seen"));
    });
    return opened().status();
  },

  /**
   * Makes a secret. Its words are in the answer and in no other.
   * @param {{ number: number, steal: boolean }} args
   */
  async trusteeCreate({ number, steal }) {
    await take(number, steal);
    trustee = Trustee.create(opened(), number);
    await remember(number, null);
    return { words: trustee.words() };
  },

  /** @param {{ place: number, word: string }} args */
  trusteeIsWord: async ({ place, word }) => present().isWord(place, word),

  /**
   * Takes up a secret from its words, with what this browser keeps of what was signed with it.
   * @param {{ number: number, words: string, steal: boolean }} args
   */
  async trusteeRecover({ number, words, steal }) {
    const name = Trustee.nameOf(opened(), number, words);
    await take(number, steal);
    /** @type {string | undefined} */
    const kept = await database.get("kept", keptKey(number, name));
    trustee = Trustee.recover(opened(), number, words, kept);
    if (kept === undefined) await remember(number, null);
  },

  /**
   * What comes next by this device's clock. What there is to remember of the board is on disk before anybody is told.
   * @param {{ number: number }} args
   */
  async trusteeNext({ number }) {
    const previous = present().kept();
    if (present().see(opened(), seconds())) await remember(number, previous);
    const step = present().next(opened(), seconds());
    const counts = step.what === "consent" && step.of === "vote" ? opened().counts() : undefined;
    return { ...step, counts, remembers: present().remembers(), early: present().early() };
  },

  /**
   * Signs what comes next, if that is what the trustee was shown. What was signed is on disk before the message leaves.
   * @param {{ number: number, what: string, shown: string | null }} args
   */
  async trusteeAct({ number, what, shown }) {
    const previous = present().kept();
    const { bytes } = present().act(opened(), what, shown ?? undefined, seconds());
    await remember(number, previous);
    return { bytes };
  },

  /**
   * This trustee's signature under the end of a vote whose organiser is gone, if the board and the hour allow it.
   * @param {{ number: number, kind: string, time: number, note: string }} args
   */
  async trusteeEndVote({ number, kind, time, note }) {
    const previous = present().kept();
    if (present().see(opened(), seconds())) await remember(number, previous);
    return present().endVote(opened(), kind, time, note, seconds());
  },

  /** An error where another tab acts for the trustee by now. */
  trusteeStay: async () => void present(),

  /** Forgets the secret. */
  async trusteeForget() {
    await forget();
    hold = null;
  },
});
