import { openElection } from "../../veche-wasm.js";

/**
 * What the worker does for whoever reads the result: the election is opened by its fingerprint, and what is published is
 * held against it. No secret is near, and nothing is kept in the browser.
 */

/** @typedef {import("../../veche-wasm.js").Election} Election */
/** @typedef {import("../../veche-wasm.js").Results} Results */
/** @typedef {{ checkpoint: string, bundles: number, files: Map<string, Uint8Array> }} End */

/** @type {Election | null} */
let election = null;
/** @type {Results | null} */
let results = null;

/** @template T @param {T | null} value @returns {T} */
function present(value) {
  if (!value) throw Object.assign(new Error("no result is open"), { code: "not-prepared" });
  return value;
}

/** @param {() => Promise<unknown>} program the module, on its way */
export const resultsOperations = (program) => ({
  /** @param {{ manifest: Uint8Array, bundles: Uint8Array[], size: number, fingerprint: string }} args */
  async resultsOpen({ manifest, bundles, size, fingerprint }) {
    await program();
    const opened = openElection(manifest, bundles, size, fingerprint);
    election?.free();
    election = opened;
    return { manifest: election.manifest() };
  },

  /** @param {{ size: number, bundles: number }} args */
  resultsFiles: async ({ size, bundles }) => present(election).endFiles(size, bundles),

  /** @param {End} args */
  resultsStage: async ({ checkpoint, bundles, files }) => present(election).stage(checkpoint, bundles, files),

  /** @param {End & { result: Uint8Array }} args */
  async resultsRead({ result, checkpoint, bundles, files }) {
    const read = present(election).results(result, checkpoint, bundles, files);
    results?.free();
    results = read;
    return results.view();
  },

  resultsCsv: async () => present(results).csv(),

  resultsJson: async () => present(results).json(),

  /** @param {{ contest: string }} args */
  resultsPabulib: async ({ contest }) => present(results).pabulib(contest),
});
