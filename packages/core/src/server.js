import { bytes, checkedFingerprint } from "./checked.js";
import { VecheError, argument, inside } from "./errors.js";
import { observerProgram } from "./observer-program.js";
import { openObserved } from "./observer.js";
import { compiled } from "./programs.js";
import { Record } from "./record.js";
import { audit } from "./audit.js";

export { VecheError } from "./errors.js";

/** @type {any} */
let program = null;

/** @param {{ observer?: unknown }} [programs] */
export async function initialise({ observer } = {}) {
  program ??= await observerProgram(() => compiled("observer", observer));
}

/** @param {string} what */
function ready(what) {
  if (program) return program;
  throw new VecheError(
    "not-initialised",
    "caller",
    `${what}() was called before initialise() was done: await that first.`,
  );
}

/** An election whose ballots are verified as they come in. */
export class BallotVerifier {
  /** @type {any} */
  #election;

  /** @param {any} election */
  constructor(election) {
    this.#election = election;
    this.fingerprint = election.fingerprint();
    this.manifest = election.manifest();
  }

  /** @param {Uint8Array} ballot */
  async verifyBallot(ballot) {
    const [verdict] = await this.verifyBallots([ballot]);
    if (verdict.valid) return verdict;
    throw new VecheError("ballot-invalid", "ballot", `The ballot does not hold: ${verdict.reason}.`);
  }

  /** @param {Uint8Array[]} ballots @returns {Promise<any[]>} */
  async verifyBallots(ballots) {
    if (!this.#election)
      throw new VecheError(
        "closed",
        "caller",
        "verifyBallots() was called on an election that was closed: open it again.",
      );
    if (!Array.isArray(ballots)) throw argument("verifyBallots() takes a list of ballots.");
    const all = ballots.map((ballot) => bytes(ballot, "ballot"));
    return inside(() => this.#election.verifyBallots(all));
  }

  /** Lets go of what the module holds of it. */
  close() {
    this.#election?.free();
    this.#election = null;
  }
}

/** @param {any} options */
export async function openElection({ record: place, fingerprint } = {}) {
  ready("openElection");
  checkedFingerprint(fingerprint);
  const record = new Record(place);
  const manifest = await record.needed("manifest.json");
  const { election } = await openObserved(async () => program, { record, manifest, fingerprint });
  return new BallotVerifier(election);
}

/** @param {any} options */
export async function verifyRecord(options) {
  return audit(ready("verifyRecord"), options);
}
