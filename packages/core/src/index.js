import { open } from "./election.js";
import { compiled } from "./programs.js";
import { startVoter } from "./voter-program.js";

export { VecheError } from "./errors.js";
export { memoryStorage } from "./storage.js";

/** @type {Promise<void> | null} */
let started = null;
/** @type {unknown} */
let observer;

/** @param {{ voter?: unknown, observer?: unknown }} [programs] */
export function initialise(programs = {}) {
  observer = programs.observer ?? observer;
  started ??= compiled("voter", programs.voter).then(startVoter);
  const starting = started;
  // What did not load may be tried again.
  starting.catch(() => (started = started === starting ? null : started));
  return starting;
}

/** @param {any} options */
export const openElection = (options) => open(options, () => compiled("observer", observer));
