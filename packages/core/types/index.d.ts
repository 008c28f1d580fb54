import type { Address, Bytes, Program, RecordPlace } from "./common.js";
import type { Finding, Legality, Manifest, Receipt, ReceiptPlace, Selection } from "./shapes.js";

export * from "./common.js";
export type { Finding, Legality, Receipt, ReceiptPlace, Selection } from "./shapes.js";

/**
 * Loads the voter's WebAssembly module, once; call it first and await it. The observer's, which only `lookUp` and a
 * record without a card need, is loaded when it is needed. Both are found by themselves; pass them where your server
 * keeps them elsewhere.
 *
 * @throws VecheError `not-loaded`
 */
export declare function initialise(programs?: { voter?: Program; observer?: Program }): Promise<void>;

/** What an election is opened by. */
export interface OpenOptions {
  /** Where the published record is: of a ballot box, its address with `record/`. */
  record: RecordPlace;
  /**
   * The election's fingerprint as it was announced, 64 hexadecimal digits in small letters. Ship it with your page: one
   * that comes from the ballot box protects nobody.
   */
  fingerprint: string;
  /**
   * The election's card, where your page has it. Without it `v1/card` of the ballot box beside the record is asked for
   * it, and where nobody answers it is made from the record, with the observer's module.
   */
  card?: Bytes | undefined;
}

/**
 * Opens the election that the fingerprint names: fetches manifest, checkpoint and card, and checks that they are its own.
 *
 * @throws VecheError `not-initialised`, `wrong-election`, `checkpoint-wrong`, `record-unreachable`, `record-unreadable`
 */
export declare function openElection(options: OpenOptions): Promise<Election>;

/** A checkpoint of the log whose signature was checked. */
export interface CheckedCheckpoint {
  /** The signed text. */
  readonly note: string;
  /** How many entries it is of. */
  readonly size: number;
  /** Their root hash, in base64. */
  readonly root: string;
}

/** An election whose fingerprint is the announced one. */
export interface Election {
  readonly fingerprint: string;
  /** Contests, options and rules, as published. */
  readonly manifest: Manifest;
  /** The record's newest checkpoint when the election was opened. */
  readonly checkpoint: CheckedCheckpoint;
  /** Whether a selection may be sealed in a contest, and why not. */
  check(contest: string, selection: Selection): Promise<Legality>;
  /**
   * Takes up a voter on this device: the key that the storage has under this name, or a new one.
   *
   * @throws VecheError `bad-argument`, `storage-failed`, `no-randomness`
   */
  openVoter(options: VoterOptions): Promise<Voter>;
  /**
   * Checks that a receipt proves this very ballot to be in the box, under the log's signature.
   *
   * @throws VecheError `receipt-wrong`
   */
  checkReceipt(ballot: Bytes, receipt: Receipt): Promise<ReceiptPlace>;
  /** A receipt as short text, to keep, to put behind `#find=` of the vote's page, and for `lookUp`. */
  receiptText(receipt: Receipt): Promise<string>;
  /**
   * Checks that the log of the newer checkpoint begins with the whole log of the older one. The ballot box has the proof
   * at `v1/consistency`.
   *
   * @throws VecheError `checkpoint-wrong`
   */
  checkConsistency(older: string, newer: string, proof: string[]): Promise<void>;
  /**
   * Looks a ballot up in the published record, by a receipt (its text, its link or the saved file's bytes) or by a code
   * as somebody typed it. By a code the whole record is read; `from` is the entry to begin at, if you know one.
   *
   * @throws VecheError `not-a-receipt`, `other-election`, `file-wrong`, `record-unreachable`, `record-unreadable`
   */
  lookUp(sought: { receipt: string | Bytes } | { code: string; from?: number }): Promise<Finding>;
  /** Lets go of the memory that it takes. Its voters seal no more. */
  close(): void | Promise<void>;
}

/** Where a voter's secret is kept between visits. */
export interface VoterStorage {
  /**
   * Reads what is kept under a name, has `change` make of it what is to be kept, and keeps that before it resolves: as one
   * step, which no other of the same name comes between. What `change` throws, it throws, and keeps nothing new. The
   * bytes are a secret of this voter: on this device only, never in a log.
   */
  update(name: string, change: (kept: Bytes | null) => Bytes): Promise<void>;
}

/** Keeps secrets for as long as the program runs: for trials and tests. */
export declare function memoryStorage(): VoterStorage;

/** Where a voter is in their chain of ballots. */
export interface Place {
  /** How many ballots of the voter are on the board. */
  readonly sequence: number;
  /** The hash of the last of them; 64 zeros before the first. */
  readonly previous: string;
}

/** Which voter, and where their secret is kept. */
export interface VoterOptions {
  /** What the voter is kept under on this device, for example the pseudonym that the registrar gave. */
  name: string;
  /** The ballot style's id: the voter's district, or `<style>+<contest>`. */
  style: string;
  /** Without it: IndexedDB of this origin, where there is one. */
  storage?: VoterStorage | undefined;
  /** Where the ballot box says the voter is: on the first visit from a device, and whenever you have asked it. */
  place?: Place | undefined;
}

/** What a registrar gives a key for. */
export interface Registration {
  /** 32 hexadecimal digits. */
  pseudonym: string;
  /** A route of the manifest, by its id: how the voter was identified. */
  route: string;
  /** How many keys the voter had before. */
  number: number;
}

/** A sealed ballot, with the code to recognise it by. */
export interface SealedBallot {
  /** What is posted. The same bytes sent again count once. */
  bytes: Bytes;
  /** Five groups of four characters, joined by dashes. */
  code: string;
  /** 64 hexadecimal digits. */
  hash: string;
  /** The place that it was sealed for. */
  sequence: number;
  previous: string;
}

/**
 * One voter on this device. It counts its attempts to seal, in the storage before each one, and moves on by itself when a
 * receipt was checked.
 */
export interface Voter {
  /** The public key, in hexadecimal. */
  readonly key: string;
  readonly style: string;
  readonly place: Place;
  /** Proves to the registrar that this device has the key; in hexadecimal. */
  provePossession(registration: Registration): Promise<string>;
  /** Hands over to the key of another voter of this device, which is registered in this one's place; in hexadecimal. */
  handOver(next: Voter, registration: Registration): Promise<string>;
  /** Does everything of sealing that needs no choices: while the voter reads. `seal` does it where you did not. */
  prepare(): Promise<void>;
  /**
   * Seals the choices, by contest id, and checks the sealed ballot as the ballot box will.
   *
   * @throws VecheError `illegal-selection`, `bad-argument`, `key-lost`, `storage-failed`, `no-randomness`
   */
  seal(selections: { [contestId: string]: Selection }): Promise<SealedBallot>;
  /**
   * Checks the receipt of this voter's ballot; the next one is then sealed for the place after it. Say "cast" only when
   * this has resolved.
   *
   * @throws VecheError `receipt-wrong`
   */
  checkReceipt(ballot: Bytes, receipt: Receipt): Promise<ReceiptPlace>;
  /** Moves the voter to where the ballot box says they are: after a ballot from another device, or an answer lost. */
  moveTo(place: Place): Promise<void>;
}

export type { Address };
