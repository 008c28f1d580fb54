import { checkpointSize } from "../../lib/encoding.js";
import { BUNDLE, bundleCount, bundlePath, leavesPath } from "../../lib/tiles.js";

/** @typedef {import("../../../veche-wasm-observer.js").AuditSource} AuditSource */
/** Where a record is: behind an address, or in files of this device by their path in the record. @typedef {{ url: string } | { files: Map<string, File> }} Place */

/** Bundles that are fetched before they are asked for. */
const AHEAD = 6;
/** Pauses before a file is asked for again, in milliseconds; after the last one it counts as unreachable. */
const PAUSES = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000];
/** How long one file may take. */
const TIMEOUT_MS = 60_000;
/** No file of a record is larger: a bundle of 256 of the longest entries. */
const MAX_FILE = BUNDLE * (2 + 65_535);

/** A file that did not come, however often it was asked for. */
export class Unreachable extends Error {}

/** @param {number} ms */
const pause = (ms) =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** A record behind an address: every file is asked for until it comes, and the next ones before they are needed. */
class ServedSource {
  /** @type {Map<string, Promise<Uint8Array | null>>} */
  #coming = new Map();
  #size = 0;

  /**
   * @param {string} url  ends in a slash
   * @param {(waiting: boolean) => void} onWaiting  told when the network fails, and when it works again
   */
  constructor(url, onWaiting) {
    this.url = url;
    this.onWaiting = onWaiting;
  }

  async list() {
    return null;
  }

  /** @param {string} path */
  async fetch(path) {
    const coming = this.#coming.get(path) ?? this.#ask(path);
    this.#coming.delete(path);
    const file = await coming;
    if (path === "checkpoint" && file) this.#size = checkpointSize(new TextDecoder().decode(file));
    this.#look(path);
    return file;
  }

  /** @param {string} path that was asked for: the ones after it are next */
  #look(path) {
    const [, digits] = /^tile\/entries\/((?:x\d{3}\/)*\d{3})$/.exec(path) ?? [];
    if (digits === undefined) return;
    const index = Number(digits.replace(/\D/g, ""));
    for (let next = index + 1; next <= index + AHEAD && next * BUNDLE < this.#size; next += 1) {
      const count = bundleCount(next, this.#size);
      for (const wanted of [bundlePath(next, count), leavesPath(next, count)]) this.#expect(wanted);
    }
  }

  /** @param {string} path */
  #expect(path) {
    if (this.#coming.has(path)) return;
    const coming = this.#ask(path);
    // A failure is met when the file is needed.
    coming.catch(() => undefined);
    this.#coming.set(path, coming);
  }

  /**
   * @param {string} path
   * @returns {Promise<Uint8Array | null>}
   */
  async #ask(path) {
    let why = "";
    for (const wait of [0, ...PAUSES]) {
      if (wait > 0) {
        this.onWaiting(true);
        await pause(wait);
      }
      const abort = new AbortController();
      const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
      try {
        // Tiles and full bundles never change, and their host says so; anything else is asked for anew.
        const cache = path.startsWith("tile/") ? "default" : "no-cache";
        const response = await fetch(this.url + path, {
          cache,
          signal: abort.signal,
          credentials: "omit",
          referrerPolicy: "no-referrer",
        });
        if (response.status === 404 || response.status === 410) {
          if (wait > 0) this.onWaiting(false);
          return null;
        }
        if (response.ok) {
          const bytes = new Uint8Array(await response.arrayBuffer());
          if (wait > 0) this.onWaiting(false);
          if (bytes.length > MAX_FILE) throw new Error(`${path} is larger than any file of a record`);
          return bytes;
        }
        why = `${path}: ${response.status}`;
      } catch (error) {
        why = `${path}: ${String(error)}`;
      } finally {
        clearTimeout(timer);
      }
    }
    throw new Unreachable(why);
  }
}

/** A record on this device. */
class DroppedSource {
  /** @param {Map<string, File>} files */
  constructor(files) {
    this.files = files;
  }

  async list() {
    return [...this.files.keys()];
  }

  /** @param {string} path */
  async fetch(path) {
    const file = this.files.get(path);
    if (!file) return null;
    if (file.size > MAX_FILE) throw new Error(`${path} is larger than any file of a record`);
    return new Uint8Array(await file.arrayBuffer());
  }
}

/**
 * @param {Place} place
 * @param {(waiting: boolean) => void} onWaiting
 * @returns {AuditSource}
 */
export function openSource(place, onWaiting) {
  return "url" in place ? new ServedSource(place.url, onWaiting) : new DroppedSource(place.files);
}
