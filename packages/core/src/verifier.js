import { bytes, checkedFingerprint } from "./checked.js";
import { VecheError, argument, inside } from "./errors.js";
import { openObserved } from "./observer.js";
import { Record } from "./record.js";

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

/**
 * Opens the election that the fingerprint names for verifying ballots, with the observer's module: nothing here is secret.
 * @param {import("./observer.js").Module} module
 * @param {any} options
 */
export async function openVerifier(module, { record: place, fingerprint } = {}) {
  checkedFingerprint(fingerprint);
  const record = new Record(place);
  const manifest = await record.needed("manifest.json");
  const { election } = await openObserved(module, { record, manifest, fingerprint });
  return new BallotVerifier(election);
}
