import type { Bytes, Program, RecordPlace } from "./common.js";
import type { AuditReport, BallotVerdict, Manifest } from "./shapes.js";

export * from "./common.js";
export type { AuditCheckReport, AuditFailure, AuditNotice, AuditReport, BallotVerdict } from "./shapes.js";

/**
 * Loads the observer's WebAssembly module, once; call it first and await it. It is found by itself; pass it where you
 * keep it elsewhere.
 *
 * @throws VecheError `not-loaded`
 */
export declare function initialise(programs?: { observer?: Program }): Promise<void>;

/** What a ballot that holds says of itself. */
export type VerifiedBallot = Extract<BallotVerdict, { valid: true }>;

/**
 * Opens the election that the fingerprint names from its record, the trustees' key ceremony included. Keep it open for
 * as long as ballots come in.
 *
 * @throws VecheError `not-initialised`, `wrong-election`, `record-unreachable`, `record-unreadable`
 */
export declare function openElection(options: { record: RecordPlace; fingerprint: string }): Promise<BallotVerifier>;

/** An election whose ballots are verified as they come in. It holds no secret. */
export interface BallotVerifier {
  readonly fingerprint: string;
  readonly manifest: Manifest;
  /**
   * Verifies form, signature and proofs of a sealed ballot. Whether its key was registered, and which of a voter's ballots
   * counts, only the board says.
   *
   * @throws VecheError `ballot-invalid`, with the fault `ballot`
   */
  verifyBallot(ballot: Bytes): Promise<VerifiedBallot>;
  /** The same for several as one batch, which costs much less than one after the other. One answer a ballot, in order. */
  verifyBallots(ballots: Bytes[]): Promise<BallotVerdict[]>;
  /** Lets go of the memory that it takes. */
  close(): void;
}

/** How far an audit has come. */
export interface Progress {
  entries: number;
  total: number;
  ballots: number;
}

/**
 * Verifies a whole record, on this thread, and gives the report that `veche verify --json` prints. Whatever is wrong with
 * the record is in the report: look at its `outcome`.
 *
 * @throws VecheError `not-initialised`, `record-unreachable`
 */
export declare function verifyRecord(options: {
  record: RecordPlace;
  fingerprint: string;
  onProgress?: (progress: Progress) => void;
}): Promise<AuditReport>;
