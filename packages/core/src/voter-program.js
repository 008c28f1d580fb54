import init, * as glue from "./veche-voter.js";
import { VecheError } from "./errors.js";

let ready = false;

/** @param {WebAssembly.Module} module */
export async function startVoter(module) {
  await init({ module_or_path: module });
  ready = true;
}

/** What initialise() must have been awaited for. @param {string} what */
export const tooEarly = (what) =>
  new VecheError(
    "not-initialised",
    "caller",
    `${what} was called before initialise() was done: await that first.`,
  );

/** The voter's module. @param {string} what is asked of it */
export function voterProgram(what) {
  if (!ready) throw tooEarly(what);
  return glue;
}
