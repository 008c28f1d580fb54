import { Trouble } from "./trouble.js";

/** The published record as static files: nothing else is needed to read a result, to check it or to find a ballot. */
export class RecordFiles {
  /** @param {URL} base the record's address, ending in a slash */
  constructor(base) {
    this.base = base;
  }

  /**
   * A file of the record, or null when there is none of this name.
   * @param {string} path
   * @param {AbortSignal | null} [signal]
   * @returns {Promise<Uint8Array | null>}
   */
  async file(path, signal = null) {
    // Tiles and full bundles never change, and their host says so; anything else is asked for anew.
    const cache = path.startsWith("tile/") ? "default" : "no-cache";
    /** @type {Response} */
    let response;
    try {
      response = await fetch(new URL(path, this.base), {
        cache,
        signal,
        credentials: "omit",
        referrerPolicy: "no-referrer",
      });
      if (response.ok) return new Uint8Array(await response.arrayBuffer());
    } catch (error) {
      throw new Trouble("offline", { detail: `${path}: ${String(error)}` });
    }
    if (response.status === 404) return null;
    throw new Trouble("server", { status: response.status, detail: path });
  }
}

/**
 * The record that a site names; where it names none, the ballot box's own.
 * @param {import("./config.js").SiteConfig} config
 */
export const recordOf = (config) =>
  new RecordFiles(new URL(config.record ?? `${config.box}record/`, document.baseURI));
