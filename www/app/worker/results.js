import { opened } from "./opened.js";

/**
 * What the worker does for whoever reads the result: what is published is held against the election that is open. No
 * secret is near, and nothing is kept in the browser.
 */

/** @typedef {import("../../veche-wasm-observer.js").Results} Results */
/** @typedef {{ checkpoint: string, bundles: number, files: Map<string, Uint8Array> }} End */

/** @type {Results | null} */
let results = null;

/** The result that was read, or an error for a page that asks in the wrong order. */
function present() {
  if (!results) throw Object.assign(new Error("no result is open"), { code: "not-prepared" });
  return results;
}

export const resultsOperations = {
  /** @param {{ size: number, bundles: number }} args */
  resultsFiles: async ({ size, bundles }) => opened().endFiles(size, bundles),

  /** @param {End} args */
  resultsStage: async ({ checkpoint, bundles, files }) => opened().stage(checkpoint, bundles, files),

  /** @param {End} args */
  resultsStatements: async ({ checkpoint, bundles, files }) =>
    opened().statements(checkpoint, bundles, files),

  /** @param {End} args */
  resultsEnded: async ({ checkpoint, bundles, files }) => opened().ended(checkpoint, bundles, files),

  /** @param {End & { result: Uint8Array }} args */
  async resultsRead({ result, checkpoint, bundles, files }) {
    const read = opened().results(result, checkpoint, bundles, files);
    results?.free();
    results = read;
    return results.view();
  },

  /** @param {{ language: string }} args */
  resultsCsv: async ({ language }) => present().csv(language),

  /** @param {{ language: string, turnout: import("../../veche-wasm-observer.js").RouteTurnout[] }} args */
  resultsExcel: async ({ language, turnout }) => present().excelCsv(language, JSON.stringify(turnout)),

  resultsJson: async () => present().json(),

  /** @param {{ contest: string }} args */
  resultsPabulib: async ({ contest }) => present().pabulib(contest),
};
