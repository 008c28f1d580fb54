import { openFromBundles } from "../../../lib/bundles.js";
import { checkpointSize } from "../../../lib/encoding.js";
import { Database } from "../../../lib/idb.js";
import { Trouble } from "../../../lib/trouble.js";

/** @typedef {import("../../../../veche-wasm-observer.js").Manifest} Manifest */
/** @typedef {import("../../../../veche-wasm-observer.js").TurnoutByHour} TurnoutByHour */
/** @typedef {import("./results.js").Means} Means */
/** What was read, under which checkpoint. @typedef {{ checkpoint: string, manifest: Manifest, turnout: TurnoutByHour }} Read */
/** A look of this browser at the board: its size, and the hour in seconds since 1970. @typedef {[number, number]} Look */

/** So many bundles are asked for together. */
const TOGETHER = 8;
/** Looks at one size are not noted more often than this, in seconds. */
const APART = 600;
/** More looks are not kept: the oldest go. */
const MOST = 1_000;
/** A board of up to so many entries is read without asking. */
export const SMALL = 5_000;

/** @param {Means} means @param {string} path */
async function need({ record }, path) {
  const bytes = await record.file(path);
  if (!bytes) throw new Trouble("record-unreadable", { detail: `${path} is missing` });
  return bytes;
}

/** The signed checkpoint as it is now, and how many entries it is about. @param {Means} means */
export async function newest(means) {
  const checkpoint = new TextDecoder().decode(await need(means, "checkpoint"));
  return { checkpoint, size: checkpointSize(checkpoint) };
}

/**
 * Reads every entry of the board, counts voters and ballots at each of its sizes that has an hour, and notes that this
 * browser has seen it now.
 * @param {Means} means
 * @param {{ checkpoint: string, size: number }} board
 * @param {(entries: number) => void} [progress]
 * @returns {Promise<Read>}
 */
export async function readTurnout(means, { checkpoint, size }, progress = () => undefined) {
  const { engine, fingerprint } = means;
  if (fingerprint === null) throw new Trouble("setup");
  const now = Math.floor(Date.now() / 1_000);
  const bytes = await need(means, "manifest.json");
  const { manifest } = await openFromBundles(
    size,
    (path) => need(means, path),
    (bundles) => engine.call("open", { manifest: bytes, bundles, size, fingerprint }),
  );
  const looks = await kept(fingerprint);
  const last = looks[looks.length - 1];
  if (!last || last[0] < size || last[1] + APART < now) looks.push([size, now]);
  await engine.call("turnoutOpen", { manifest: bytes, checkpoint, looks });
  for (;;) {
    const paths = await engine.call("turnoutUpcoming", { most: TOGETHER });
    if (paths.length === 0) break;
    const bundles = await Promise.all(paths.map((path) => need(means, path)));
    progress(await engine.call("turnoutAdd", { bundles }));
  }
  const turnout = await engine.call("turnoutFinish", undefined);
  // Not before the entries were found to be those under the checkpoint.
  if (turnout.open) await keep(fingerprint, looks.slice(-MOST));
  return { checkpoint, manifest, turnout };
}

/** @param {string} fingerprint @returns {Promise<Look[]>} */
async function kept(fingerprint) {
  try {
    const database = await Database.open("observer");
    const looks = await database.get("kept", `turnout ${fingerprint}`);
    return Array.isArray(looks) ? looks : [];
  } catch {
    // A browser that keeps nothing knows of this look alone.
    return [];
  }
}

/** @param {string} fingerprint @param {Look[]} looks */
async function keep(fingerprint, looks) {
  try {
    await (await Database.open("observer")).put("kept", `turnout ${fingerprint}`, looks);
  } catch {
    // The page says what it has read all the same.
  }
}
