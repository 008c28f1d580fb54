import { bytes, text } from "./checked.js";
import { argument, inside, told } from "./errors.js";
import { observerProgram } from "./observer-program.js";
import { bundlePath } from "./record.js";

/** What is read of a record with the observer's module: nothing here is secret. */

/** Bundles that are fetched at the same time. */
const AHEAD = 6;

/** @typedef {() => Promise<WebAssembly.Module>} Module */
/** @typedef {{ record: import("./record.js").Record, manifest: Uint8Array, fingerprint: string }} Pinned */

/**
 * Opens the election from the beginning of its record. The keys' whole ceremony is verified on the way.
 * @param {Module} module
 * @param {Pinned} pinned
 */
export async function openObserved(module, { record, manifest, fingerprint }) {
  const program = await observerProgram(module);
  const { note, size } = await record.checkpoint();
  const bundles = [];
  for (;;) {
    bundles.push(await record.needed(bundlePath(bundles.length, size)));
    try {
      return { program, election: program.openElection(manifest, bundles, size, fingerprint), note };
    } catch (error) {
      if (/** @type {any} */ (error)?.code !== "more-bundles") throw told(error);
    }
  }
}

/**
 * The election's card, made from its record.
 * @param {Module} module
 * @param {Pinned} pinned
 */
export async function cardFromRecord(module, pinned) {
  const { election } = await openObserved(module, pinned);
  try {
    return inside(() => election.card());
  } finally {
    election.free();
  }
}

/**
 * Looks a ballot up in the published record.
 * @param {Module} module
 * @param {Pinned} pinned
 * @param {{ receipt?: string | Uint8Array, code?: string, from?: number }} sought
 */
export async function lookUp(module, pinned, { receipt, code, from }) {
  if ((receipt === undefined) === (code === undefined))
    throw argument("Look a ballot up by `receipt` or by `code`.");
  const shown =
    code === undefined && typeof receipt === "string" ? new TextEncoder().encode(receipt) : receipt;
  const typed = code === undefined ? "" : text(code, "code");
  const { program, election, note } = await openObserved(module, pinned);
  let finder;
  try {
    finder = inside(() =>
      code === undefined
        ? program.Finder.byReceipt(election, note, bytes(shown, "receipt"))
        : program.Finder.byCode(election, note, typed, from),
    );
    const found = finder;
    const all = (/** @type {string[]} */ paths) =>
      Promise.all(paths.map((path) => pinned.record.needed(path)));
    const tiles = await all(found.tiles());
    inside(() => found.open(tiles));
    for (let next = found.next(AHEAD); next.length > 0; next = found.next(AHEAD)) {
      for (const bundle of await all(next)) {
        // The search may be over before what was fetched ahead is.
        if (found.next(1).length > 0) inside(() => found.add(bundle));
      }
    }
    return inside(() => found.finding());
  } finally {
    finder?.free();
    election.free();
  }
}
