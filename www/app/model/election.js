import { Api } from "../lib/api.js";
import { Engine } from "../lib/engine.js";
import { Database } from "../lib/idb.js";
import { Trouble } from "../lib/trouble.js";
import { checkpointSize } from "../lib/encoding.js";
import { Box } from "./box.js";

/** @typedef {import("../lib/api.js").ElectionInfo} ElectionInfo */
/** @typedef {import("../../veche-wasm.js").Manifest} Manifest */
/** @typedef {import("../../veche-wasm.js").Ceremony} Ceremony */
/** @typedef {{ fingerprint: string, box: string, accent?: string }} SiteConfig */

/** Entries in one published bundle of the record (C2SP tlog-tiles). */
const BUNDLE = 256;

/**
 * What the municipality pinned when it published the site.
 * @returns {Promise<SiteConfig>}
 */
export async function readConfig() {
  /** @type {SiteConfig} */
  let config;
  try {
    const response = await fetch(new URL("election.json", document.baseURI), { cache: "no-cache", credentials: "same-origin" });
    if (!response.ok) throw new Trouble("server", { status: response.status });
    config = await response.json();
  } catch (error) {
    throw error instanceof Trouble ? error : new Trouble("offline", { detail: String(error) });
  }
  if (!/^[0-9a-f]{64}$/.test(config.fingerprint)) throw new Trouble("wrong-election", { detail: "election.json pins no fingerprint" });
  return config;
}

/** An election that this page has opened: its fingerprint is the pinned one, its checkpoint extends the last one kept. */
export class Election {
  /**
   * @param {{ config: SiteConfig, api: Api, engine: Engine, database: Database, info: ElectionInfo, manifest: Manifest,
   *   ceremony: Ceremony }} parts
   */
  constructor({ config, api, engine, database, info, manifest, ceremony }) {
    this.config = config;
    this.api = api;
    this.engine = engine;
    this.database = database;
    this.info = info;
    this.manifest = manifest;
    this.ceremony = ceremony;
    this.box = new Box(api, engine, database);
    /** How far this device's clock is from the box's, so that a wrong clock shows the right state. */
    this.clockOffset = Date.parse(info.now) - Date.now();
  }

  /**
   * Fetches what the record says of the election and opens it in the worker, which refuses any but the pinned one.
   * @param {SiteConfig} config
   * @param {Engine} engine
   * @returns {Promise<Election>}
   */
  static async open(config, engine) {
    const api = new Api(new URL(config.box, document.baseURI));
    const [info, manifestBytes] = await Promise.all([api.election(), api.record("manifest.json")]);
    if (info.fingerprint === null) throw new Trouble("setup");
    const count = Math.min(checkpointSize(info.checkpoint), BUNDLE);
    const width = count === BUNDLE ? "" : `.p/${count}`;
    const bundle = await api.record(`tile/entries/000${width}`);
    const { fingerprint } = config;
    const opened = await engine.call("open", { manifest: manifestBytes, bundle, count, fingerprint });
    const database = await Database.open(opened.fingerprint);
    const { manifest, ceremony } = opened;
    const election = new Election({ config, api, engine, database, info, manifest, ceremony });
    await election.box.see(info.checkpoint);
    return election;
  }

  /** Asks the box again, for pages that stay open for hours. */
  async refresh() {
    this.info = await this.api.election();
    this.clockOffset = Date.parse(this.info.now) - Date.now();
    await this.box.see(this.info.checkpoint);
  }

  /** @returns {"before" | "open" | "closed"} */
  get stage() {
    const now = Date.now() + this.clockOffset;
    if (this.info.phase === "closed" || this.info.phase === "published") return "closed";
    if (now >= Date.parse(this.manifest.closes)) return "closed";
    return this.info.phase === "open" && now >= Date.parse(this.manifest.opens) ? "open" : "before";
  }

  /** @param {string} id */
  style(id) {
    const style = this.manifest.styles.find((one) => one.id === id);
    if (!style) throw new Trouble("server", { detail: `unknown ballot style ${id}` });
    return style;
  }

  /**
   * The contests on a ballot of this style, in the ballot's order.
   * @param {string} styleId
   */
  contests(styleId) {
    return this.style(styleId).contests.map((id) => {
      const contest = this.manifest.contests.find((one) => one.id === id);
      if (!contest) throw new Trouble("server", { detail: `unknown contest ${id}` });
      return contest;
    });
  }
}
