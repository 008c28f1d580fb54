import { openFromBundles } from "../../../lib/bundles.js";
import { checkpointSize } from "../../../lib/encoding.js";
import { Trouble } from "../../../lib/trouble.js";

/** @typedef {import("../../../../veche-wasm-observer.js").Manifest} Manifest */
/** @typedef {import("../../../../veche-wasm-observer.js").ResultsView} ResultsView */
/** @typedef {import("../../../../veche-wasm-observer.js").Stage} Stage */
/** @typedef {import("../../../../veche-wasm-observer.js").OrganiserStatement} Statement */
/**
 * What the record says of the result. Without a view there is none yet. `ended` is when voting ended, in seconds since
 * 1970, where that stands in what was read of the board.
 * @typedef {{ manifest: Manifest, fingerprint: string, stage: Stage | undefined, view: ResultsView | null,
 *   statements: Statement[], ended: number | undefined }} Outcome
 */

/**
 * What a result is read with.
 * @typedef {{ record: import("../../../lib/record-files.js").RecordFiles, engine: import("../../../lib/engine.js").ObserverEngine,
 *   fingerprint: string | null }} Means
 */

/** @type {WeakMap<object, Promise<Outcome>>} A record is read once, however many contests are looked at. */
const read = new WeakMap();

/**
 * Reads the result from the record's static files, checked as far as a few of them allow: the election by its fingerprint,
 * the totals by what stands at the end of the signed board.
 * @param {Means} means
 * @returns {Promise<Outcome>}
 */
export function openResult(means) {
  const outcome =
    read.get(means.record) ??
    new Reader(means).read().catch((error) => {
      // Another attempt starts afresh.
      read.delete(means.record);
      throw error;
    });
  read.set(means.record, outcome);
  return outcome;
}

class Reader {
  /** @param {Means} means */
  constructor({ record, engine, fingerprint }) {
    this.record = record;
    this.engine = engine;
    this.fingerprint = fingerprint;
  }

  async read() {
    try {
      return await this.#read();
    } catch (error) {
      // A board that grows while its files are read no longer has the one that was asked for.
      if (error instanceof Trouble && error.code === "record-unreadable") return this.#read();
      throw error;
    }
  }

  /** @returns {Promise<Outcome>} */
  async #read() {
    const { engine, fingerprint } = this;
    if (fingerprint === null) throw new Trouble("setup");
    const [manifestBytes, note, result] = await Promise.all([
      this.#need("manifest.json"),
      this.#need("checkpoint"),
      this.record.file("result.json"),
    ]);
    const checkpoint = new TextDecoder().decode(note);
    const size = checkpointSize(checkpoint);
    const { manifest } = await openFromBundles(
      size,
      (path) => this.#need(path),
      (bundles) => engine.call("open", { manifest: manifestBytes, bundles, size, fingerprint }),
    );
    for (let bundles = 1; ; bundles += 1) {
      const files = await this.#files(size, bundles);
      const end = { checkpoint, bundles, files };
      const statements = await engine.call("resultsStatements", end);
      const ended = await engine.call("resultsEnded", end);
      if (!result)
        return {
          manifest,
          fingerprint,
          stage: await engine.call("resultsStage", end),
          view: null,
          statements,
          ended,
        };
      try {
        return {
          manifest,
          fingerprint,
          stage: "published",
          view: await engine.call("resultsRead", { ...end, result }),
          statements,
          ended: ended ?? (await this.#endedBefore(size, checkpoint, bundles)),
        };
      } catch (error) {
        if (!(error instanceof Trouble && error.code === "more-bundles")) throw error;
      }
    }
  }

  /**
   * When voting ended, where that stands in one of the bundles before those with the result; nothing where it stands
   * further up.
   * @param {number} size
   * @param {string} checkpoint
   * @param {number} read bundles that were looked at
   * @returns {Promise<number | undefined>}
   */
  async #endedBefore(size, checkpoint, read) {
    const bundles = read + 1;
    if (read * 256 >= size) return undefined;
    const files = await this.#files(size, bundles);
    return this.engine.call("resultsEnded", { checkpoint, bundles, files });
  }

  /**
   * @param {number} size
   * @param {number} bundles
   */
  async #files(size, bundles) {
    const paths = await this.engine.call("resultsFiles", { size, bundles });
    return new Map(
      await Promise.all(
        paths.map(async (path) => /** @type {[string, Uint8Array]} */ ([path, await this.#need(path)])),
      ),
    );
  }

  /** @param {string} path */
  async #need(path) {
    const bytes = await this.record.file(path);
    if (!bytes) throw new Trouble("record-unreadable", { detail: `${path} is missing` });
    return bytes;
  }
}
