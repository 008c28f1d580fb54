import type { Address, Program } from "./common.js";
import type { Election, OpenOptions, VoterOptions } from "./index.js";
import type { BallotVerifier, Progress } from "./server.js";
import type { AuditReport } from "./shapes.js";

export * from "./common.js";
export type { Election, OpenOptions, Place, Registration, SealedBallot, Voter, VoterOptions } from "./index.js";
export type { Finding, Legality, Receipt, ReceiptPlace, Selection } from "./shapes.js";
export type { BallotVerifier, Progress, VerifiedBallot } from "./server.js";
export type { AuditCheckReport, AuditFailure, AuditNotice, AuditReport, BallotVerdict } from "./shapes.js";

/**
 * Starts a Web Worker in which all of `@veche/core` runs, off the page's thread. Its script and the WebAssembly modules are
 * found by themselves; pass them where your server keeps them elsewhere. A page under a content security policy needs
 * `worker-src 'self'`, `script-src 'wasm-unsafe-eval'` and, with `require-trusted-types-for 'script'`,
 * `trusted-types veche-worker`.
 *
 * @throws VecheError `worker-not-started`, `not-loaded`
 */
export declare function startWorker(options?: {
  /** `veche-worker.js` of this package. */
  script?: Address;
  voter?: Program;
  observer?: Program;
}): Promise<VecheWorker>;

/** A running worker. The voter's key is made, kept and used in it, and never sent to the page. */
export interface VecheWorker {
  /** The same as `openElection` of `@veche/core`; `record` is an address. */
  openElection(options: OpenOptions & { record: Address }): Promise<WorkerElection>;
  /** The same as `openElection` of `@veche/core/server`; `record` is an address. */
  openVerifier(options: { record: Address; fingerprint: string }): Promise<WorkerVerifier>;
  /** The same as `verifyRecord` of `@veche/core/server`; `record` is an address. */
  verifyRecord(options: {
    record: Address;
    fingerprint: string;
    onProgress?: (progress: Progress) => void;
  }): Promise<AuditReport>;
  /** Stops the worker. What it holds of secrets goes with it. */
  close(): void;
}

/** An election in the worker. Voters are kept in IndexedDB of this origin, out of the page's hands. */
export interface WorkerElection extends Omit<Election, "openVoter"> {
  openVoter(options: Omit<VoterOptions, "storage">): ReturnType<Election["openVoter"]>;
}

/** Ballots verified in the worker. */
export interface WorkerVerifier extends Omit<BallotVerifier, "close"> {
  /** Lets go of the memory that it takes. */
  close(): Promise<void>;
}
