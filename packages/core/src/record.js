import { VecheError, argument } from "./errors.js";

/** No file of a record is larger: a bundle of 256 of the longest entries. */
const MAX_FILE = 256 * (2 + 65_535);
/** How long one file may take. */
const TIMEOUT_MS = 60_000;

/** @param {string} message @param {unknown} [cause] */
const unreachable = (message, cause) => new VecheError("record-unreachable", "server", message, { cause });

/** @param {string} text */
const address = (text) => {
  try {
    return new URL(text, globalThis.location?.href);
  } catch {
    throw argument(`"${text}" is no address: give the whole address of the record's folder.`);
  }
};

/**
 * Bytes behind an address; null where there are none.
 * @param {URL} from
 * @returns {Promise<Uint8Array<ArrayBuffer> | null>}
 */
export async function fetched(from) {
  /** @type {Response} */
  let response;
  /** @type {ArrayBuffer} */
  let bytes;
  try {
    response = await fetch(from, {
      // Tiles and full bundles never change, and their host says so; anything else is asked for anew.
      cache: from.pathname.includes("/tile/") ? "default" : "no-cache",
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout?.(TIMEOUT_MS) ?? null,
    });
    bytes = await response.arrayBuffer();
  } catch (error) {
    throw unreachable(
      `${from.href} could not be fetched. Does it answer, and allow requests of this page?`,
      error,
    );
  }
  if (response.status === 404 || response.status === 410) return null;
  if (!response.ok) throw unreachable(`${from.href} answered ${response.status}.`);
  return new Uint8Array(bytes);
}

/** The files of a record: behind an address, or handed out by the caller. */
export class Record {
  #file;
  /** Where the election's card may lie: the ballot box hands out record and card. @type {URL | null} */
  #card = null;

  /** @param {any} place */
  constructor(place) {
    if (typeof place?.file === "function") {
      this.#file = async (/** @type {string} */ path) => place.file(path);
      return;
    }
    if (typeof place !== "string" && typeof place?.href !== "string")
      throw argument(
        "`record` is the address of a record's folder, or an object with a function `file(path)`.",
      );
    const base = address(typeof place === "string" ? place : place.href);
    if (base.protocol !== "http:" && base.protocol !== "https:")
      throw argument(
        "`record` has no address of http or https: for files of this machine, pass an object with `file(path)`.",
      );
    if (!base.pathname.endsWith("/")) base.pathname += "/";
    this.#file = (/** @type {string} */ path) => fetched(new URL(path, base));
    this.#card = new URL("../v1/card", base);
  }

  /**
   * A file of the record; null where there is none of this name.
   * @param {string} path
   * @returns {Promise<Uint8Array<ArrayBuffer> | null>}
   */
  async file(path) {
    const file = (await this.#file(path)) ?? null;
    if (file !== null && !ArrayBuffer.isView(file))
      throw argument("`file(path)` answers with a Uint8Array, or with null where there is no such file.");
    if (file && file.byteLength > MAX_FILE)
      throw new VecheError("record-unreadable", "server", `${path} is larger than any file of a record.`);
    return file;
  }

  /**
   * A file that every record has.
   * @param {string} path
   */
  async needed(path) {
    const file = await this.file(path);
    if (!file) throw unreachable(`The record has no file ${path}: is this the address of its folder?`);
    return file;
  }

  /** The checkpoint as text, and how many entries it is of. */
  async checkpoint() {
    const note = new TextDecoder().decode(await this.needed("checkpoint"));
    const size = Number(note.split("\n")[1]);
    if (!Number.isSafeInteger(size) || size < 1)
      throw new VecheError("record-unreadable", "server", "The record's checkpoint says no size.");
    return { note, size };
  }

  /**
   * The election's card, as the ballot box beside the record hands it out; null where nobody does.
   * @returns {Promise<Uint8Array<ArrayBuffer> | null>}
   */
  async card() {
    return this.#card && fetched(this.#card).catch(() => null);
  }
}

/** @param {number} index */
function numbered(index) {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/.{3}/g) ?? [];
  return groups.map((group, place) => (place < groups.length - 1 ? `x${group}` : group)).join("/");
}

/**
 * The file that holds a bundle of 256 entries (C2SP tlog-tiles).
 * @param {number} index
 * @param {number} size of the record
 */
export function bundlePath(index, size) {
  const count = Math.min(size - index * 256, 256);
  return `tile/entries/${numbered(index)}${count === 256 ? "" : `.p/${count}`}`;
}
