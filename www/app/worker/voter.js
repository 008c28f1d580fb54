import init, { openElection, qrCode } from "../../veche-wasm-voter.js";
import { Database, at, result } from "../lib/idb.js";
import { loader, serve } from "./serve.js";

/**
 * The worker of a voter's page. Everything that touches a voter's secret happens here, off the page's thread: the key is
 * made, kept and used in this worker and never sent to the page.
 */

/** @typedef {import("../../veche-wasm-voter.js").Election} Election */
/** @typedef {import("../../veche-wasm-voter.js").Credential} Credential */
/** @typedef {import("../../veche-wasm-voter.js").PreparedBallot} PreparedBallot */
/** @typedef {{ pseudonym: string, key: string, secret: Uint8Array, attempt: number, before?: { key: string, secret: Uint8Array } }} VoterRecord */
/** @typedef {{ manifest: Uint8Array, card: Uint8Array, fingerprint: string }} OpenArguments */

const { load, ready } = loader(init);

/** @type {Election} */
let election;
/** @type {Database} */
let database;
/** @type {PreparedBallot | null} */
let prepared = null;

/**
 * Counts this attempt to seal, on disk before any randomness is used: the number goes into the ballot's seed, so that
 * even a random source that repeats itself never gives the same seed twice.
 * @param {string} pseudonym
 * @returns {Promise<VoterRecord>}
 */
function nextAttempt(pseudonym) {
  return database.transact(["voters"], "readwrite", async (stores) => {
    const record = await result(at(stores, "voters").get(pseudonym));
    if (!record) throw new Error("no key for this pseudonym");
    record.attempt += 1;
    at(stores, "voters").put(record, pseudonym);
    return record;
  });
}

/** The operations the page may ask for. */
const operations = {
  load,

  /** @param {OpenArguments} args */
  async open({ manifest, card, fingerprint }) {
    await ready();
    election = openElection(manifest, card, fingerprint);
    database ??= await Database.open(election.fingerprint());
    return { manifest: election.manifest(), fingerprint: election.fingerprint() };
  },

  /**
   * What the organiser says to everybody, if it is the organiser's and on the board.
   * @param {{ entry: Uint8Array, receipt: import("../../veche-wasm-voter.js").Receipt }} args
   */
  statement: async ({ entry, receipt }) => election.statement(entry, receipt),

  /**
   * The browser's key for a voter, made if there is none or if the old one was replaced elsewhere. Where the voter's
   * active key is this browser's own, it hands over to the new one: then nobody has to revoke it.
   * @param {{ pseudonym: string, style: string, route: string, number: number, active: string | null, fresh: boolean }} args
   */
  async key({ pseudonym, style, route, number, active, fresh }) {
    /** @type {VoterRecord | undefined} */
    const known = await database.get("voters", pseudonym);
    const credential = known && !fresh ? election.restoreCredential(known.secret) : election.newCredential();
    const secret = credential.secret();
    const key = credential.key();
    // The key before it, which is kept until the new one is registered: should that fail, it can still hand over.
    const before = known && known.key !== key ? known : known?.before;
    const handsOver = before && before.key === active ? election.restoreCredential(before.secret) : null;
    // On disk before anyone hears of it: a key registered and then lost would lock the voter out of this browser.
    await database.put("voters", pseudonym, {
      pseudonym,
      key,
      secret,
      attempt: known?.attempt ?? 0,
      ...(handsOver && before && { before: { key: before.key, secret: before.secret } }),
    });
    secret.fill(0);
    const possession = credential.provePossession(election, pseudonym, style, route, number);
    const handover = handsOver?.handOver(election, pseudonym, style, route, number, credential);
    return { key, possession, ...(handover !== undefined && { handover }) };
  },

  /** @param {{ pseudonym: string, style: string, sequence: number, previous: string }} args */
  async prepare({ pseudonym, style, sequence, previous }) {
    prepared?.free();
    prepared = null;
    const record = await nextAttempt(pseudonym);
    const credential = election.restoreCredential(record.secret);
    record.secret.fill(0);
    prepared = election.prepare(credential, style, sequence, previous, record.attempt);
    credential.free();
  },

  /** @param {{ selections: Record<string, { values: Record<string, number>, blank: boolean }> }} args */
  async seal({ selections }) {
    const ballot = prepared;
    prepared = null;
    if (!ballot) throw Object.assign(new Error("nothing is prepared"), { code: "not-prepared" });
    return ballot.seal(selections);
  },

  /** @param {{ contest: string, selection: { values: Record<string, number>, blank: boolean } }} args */
  check: async ({ contest, selection }) => election.check(contest, selection),

  /** @param {{ ballot: Uint8Array, receipt: import("../../veche-wasm-voter.js").Receipt }} args */
  checkReceipt: async ({ ballot, receipt }) => election.checkReceipt(ballot, receipt),

  /** @param {{ receipt: import("../../veche-wasm-voter.js").Receipt }} args */
  receiptText: async ({ receipt }) => election.receiptText(receipt),

  /** @param {{ text: string }} args */
  qrCode: async ({ text }) => qrCode(text),

  /** @param {{ note: string }} args */
  checkCheckpoint: async ({ note }) => election.checkCheckpoint(note),

  /** @param {{ older: string, newer: string, proof: string[] }} args */
  checkConsistency: async ({ older, newer, proof }) => election.checkConsistency(older, newer, proof),

  /**
   * The public key that this browser holds for a voter.
   * @param {{ pseudonym: string }} args
   * @returns {Promise<string | null>}
   */
  async keyOf({ pseudonym }) {
    /** @type {VoterRecord | undefined} */
    const record = await database.get("voters", pseudonym);
    return record?.key ?? null;
  },

  /** Forgets the prepared ballot, before the page wipes the database. */
  async forget() {
    prepared?.free();
    prepared = null;
  },
};

/** @typedef {typeof operations} Operations */

serve(operations);
