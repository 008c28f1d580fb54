import { audit } from "./audit.js";
import { VecheError } from "./errors.js";
import { observerProgram } from "./observer-program.js";
import { compiled } from "./programs.js";
import { openVerifier } from "./verifier.js";

export { VecheError } from "./errors.js";
export { BallotVerifier } from "./verifier.js";

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

/** @param {any} options */
export async function openElection(options) {
  const started = ready("openElection");
  return openVerifier(async () => started, options);
}

/** @param {any} options */
export async function verifyRecord(options) {
  return audit(ready("verifyRecord"), options);
}
