/** Shared by the entries of this package. */

import type { Localised } from "./shapes.js";

export type {
  ApprovalRule,
  Contest,
  ContestOption,
  CumulativeRule,
  DeclaredStyle,
  Funding,
  KnapsackRule,
  Localised,
  Manifest,
  QuadraticRule,
  RankedRule,
  Route,
  Rule,
} from "./shapes.js";

/** `Uint8Array<ArrayBuffer>`; in TypeScript before 5.7, whose arrays are not generic, `Uint8Array`. */
export type Bytes = ReturnType<Uint8ArrayConstructor["of"]>;

/** An address, as text or as a `URL`. */
export type Address = string | { readonly href: string };

/**
 * The files of a record: its address (that of the folder with `checkpoint` and `manifest.json`, over http or https), or
 * whoever hands them out, null for a file that is not there.
 */
export type RecordPlace = Address | { file(path: string): Promise<Bytes | null> };

/** A WebAssembly module: its address, bytes, a `Response` with them, or a `WebAssembly.Module`. */
export type Program = Address | ArrayBuffer | Bytes | { arrayBuffer(): Promise<ArrayBuffer> } | object;

/** Whose fault an error is: the calling script's, the ballot's, that of a server that answered, or the device's. */
export type Fault = "caller" | "ballot" | "server" | "device";

/** A short name to act on. */
export type ErrorCode =
  /** Something was handed over that cannot be used; the sentence says what. */
  | "bad-argument"
  /** initialise() was not awaited. */
  | "not-initialised"
  /** A WebAssembly module did not come. */
  | "not-loaded"
  /** The worker did not start. */
  | "worker-not-started"
  /** The election or the worker was closed before. */
  | "closed"
  /** A file of the record did not come. */
  | "record-unreachable"
  /** What came is no record. */
  | "record-unreadable"
  /** The record is that of another election than the fingerprint's. */
  | "wrong-election"
  /** The record's checkpoint is not the log's, or has lost what an older one had. */
  | "checkpoint-wrong"
  /** The receipt does not prove that this ballot is in the box. */
  | "receipt-wrong"
  /** What was given to lookUp() is no receipt, a receipt of another election, or one that does not hold. */
  | "not-a-receipt"
  | "other-election"
  | "file-wrong"
  /** The choices break the contest's rule. */
  | "illegal-selection"
  /** The election has no such ballot style. */
  | "unknown-style"
  /** Sequence and previous hash fit no ballot. */
  | "chain-wrong"
  /** Sealing failed its own check. */
  | "not-sealed"
  /** A ballot's form, signature or proofs are wrong. */
  | "ballot-invalid"
  /** The storage did not keep the voter's key, or gave back something else. */
  | "storage-failed"
  /** The voter's key is no longer in the storage. */
  | "key-lost"
  | "no-key"
  /** The device's random source is dead. */
  | "no-randomness"
  /** A prepared ballot was used twice. */
  | "already-used"
  /** A defect of this package. */
  | "defect";

/** What everything here throws. The message is a sentence, in English, for developers. */
export declare class VecheError extends Error {
  readonly name: "VecheError";
  readonly code: ErrorCode;
  readonly fault: Fault;
  private constructor();
}

/** A title or a text, by language tag. */
export type Texts = Localised;
