import { TurnoutReader } from "../../veche-wasm-observer.js";
import { opened } from "./opened.js";

/** What the worker does for whoever reads the turnout against time: it counts entries, bundle by bundle. */

/** @type {TurnoutReader | null} */
let reader = null;

/** The board that is being read, or an error for a page that asks in the wrong order. */
function reading() {
  if (!reader) throw Object.assign(new Error("no board is being read"), { code: "not-prepared" });
  return reader;
}

export const turnoutOperations = {
  /** @param {{ manifest: Uint8Array, checkpoint: string, looks: [number, number][] }} args */
  async turnoutOpen({ manifest, checkpoint, looks }) {
    const fresh = TurnoutReader.open(
      opened(),
      manifest,
      checkpoint,
      Float64Array.from(looks, ([size]) => size),
      Float64Array.from(looks, ([, time]) => time),
    );
    reader?.free();
    reader = fresh;
  },

  /** The paths of what is read next. @param {{ most: number }} args */
  turnoutUpcoming: async ({ most }) => reading().upcoming(most),

  /** @param {{ bundles: Uint8Array[] }} args */
  async turnoutAdd({ bundles }) {
    let entries = 0;
    for (const bundle of bundles) entries = reading().add(bundle);
    return entries;
  },

  async turnoutFinish() {
    const whole = reading();
    reader = null;
    return whole.finish();
  },
};
