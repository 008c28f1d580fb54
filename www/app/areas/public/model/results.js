import { checkpointSize } from "../../../lib/encoding.js";
import { bundleCount, bundlePath } from "../../../lib/tiles.js";
import { Trouble } from "../../../lib/trouble.js";

/** @typedef {import("../main.js").PublicApp} PublicApp */
/** @typedef {import("../../../../veche-wasm.js").Manifest} Manifest */
/** @typedef {import("../../../../veche-wasm.js").ResultsView} ResultsView */
/** @typedef {import("../../../../veche-wasm.js").Stage} Stage */
/**
 * What the record says of the result. Without a view there is none yet.
 * @typedef {{ manifest: Manifest, fingerprint: string, stage: Stage | undefined, view: ResultsView | null }} Outcome
 */

/** @type {WeakMap<PublicApp, Promise<Outcome>>} The record is read once, however many contests are looked at. */
const read = new WeakMap();

/**
 * Reads the result from the record's static files, checked as far as a few of them allow: the election by its fingerprint,
 * the totals by the organiser's signature at the end of the signed board.
 * @param {PublicApp} app
 * @returns {Promise<Outcome>}
 */
export function openResult(app) {
  const outcome =
    read.get(app) ??
    new Reader(app).read().catch((error) => {
      // Another attempt starts afresh.
      read.delete(app);
      throw error;
    });
  read.set(app, outcome);
  return outcome;
}

class Reader {
  /** @param {PublicApp} app */
  constructor(app) {
    this.app = app;
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
    const { config, engine } = this.app;
    const { fingerprint } = config;
    if (fingerprint === null) throw new Trouble("setup");
    const [manifestBytes, note, result] = await Promise.all([
      this.#need("manifest.json"),
      this.#need("checkpoint"),
      this.app.record.file("result.json"),
    ]);
    const checkpoint = new TextDecoder().decode(note);
    const size = checkpointSize(checkpoint);
    const manifest = await this.#open(manifestBytes, size, fingerprint);
    for (let bundles = 1; ; bundles += 1) {
      const files = await this.#files(size, bundles);
      const end = { checkpoint, bundles, files };
      if (!result)
        return { manifest, fingerprint, stage: await engine.call("resultsStage", end), view: null };
      try {
        return {
          manifest,
          fingerprint,
          stage: "published",
          view: await engine.call("resultsRead", { ...end, result }),
        };
      } catch (error) {
        if (!(error instanceof Trouble && error.code === "more-bundles")) throw error;
      }
    }
  }

  /**
   * @param {Uint8Array} manifest
   * @param {number} size
   * @param {string} fingerprint
   */
  async #open(manifest, size, fingerprint) {
    /** @type {Uint8Array[]} */
    const bundles = [];
    for (;;) {
      const count = bundleCount(bundles.length, size);
      if (count <= 0) throw new Trouble("setup");
      bundles.push(await this.#need(bundlePath(bundles.length, count)));
      try {
        return (await this.app.engine.call("resultsOpen", { manifest, bundles, size, fingerprint })).manifest;
      } catch (error) {
        if (!(error instanceof Trouble && error.code === "more-bundles")) throw error;
      }
    }
  }

  /**
   * @param {number} size
   * @param {number} bundles
   */
  async #files(size, bundles) {
    const paths = await this.app.engine.call("resultsFiles", { size, bundles });
    return new Map(
      await Promise.all(
        paths.map(async (path) => /** @type {[string, Uint8Array]} */ ([path, await this.#need(path)])),
      ),
    );
  }

  /** @param {string} path */
  async #need(path) {
    const bytes = await this.app.record.file(path);
    if (!bytes) throw new Trouble("record-unreadable", { detail: `${path} is missing` });
    return bytes;
  }
}
