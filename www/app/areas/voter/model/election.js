import { fromBase64 } from "../../../lib/encoding.js";
import { at, result } from "../../../lib/idb.js";
import { Trouble } from "../../../lib/trouble.js";
import { Announcement } from "./announcement.js";
import { Box } from "./box.js";

/** @typedef {import("../../../lib/api.js").ElectionInfo} ElectionInfo */
/** @typedef {import("../../../lib/engine.js").VoterEngine} Engine */
/** @typedef {import("../../../lib/idb.js").Database} Database */
/** @typedef {import("../../../../veche-wasm-voter.js").OrganiserStatement} Statement */
/** @typedef {import("../../../../veche-wasm-voter.js").Manifest} Manifest */

/** An election that this page has opened: its fingerprint is the pinned one, its checkpoint extends the last one kept. */
export class Election extends Announcement {
  /**
   * @param {Announcement} announcement
   * @param {{ engine: Engine, database: Database, info: ElectionInfo, manifest: Manifest }} parts
   */
  constructor({ config, api, bytes, kept }, { engine, database, info, manifest }) {
    super(config, api, bytes, manifest, kept);
    this.engine = engine;
    this.database = database;
    this.info = info;
    this.box = new Box(api, engine, database);
    /**
     * What the organiser says to everybody, each on the organiser's own signature.
     * @type {Statement[]}
     */
    this.statements = [];
    /** Whether the box shows all that the organiser has said, as far as this browser can tell, and nothing else. */
    this.saysAll = true;
    // So that a wrong clock shows the right state.
    this.clockOffset = Date.parse(info.now) - Date.now();
  }

  /**
   * Fetches the card where the site has none, and opens what was announced in the worker, which refuses any election but
   * the pinned one.
   * @param {Announcement} announcement
   * @param {Promise<Engine>} program on its way
   * @returns {Promise<Election>}
   */
  static async open(announcement, program) {
    const { config, api, bytes } = announcement;
    const { fingerprint } = config;
    const [info, card, engine] = await Promise.all([
      api.election(),
      config.card ? fromBase64(config.card) : api.card(),
      program,
    ]);
    if (info.fingerprint === null || card === null) throw new Trouble("setup");
    const { manifest } = await engine.call("open", { manifest: bytes, card, fingerprint });
    const database = await announcement.kept;
    const election = new Election(announcement, { engine, database, info, manifest });
    await election.box.see(info.checkpoint);
    await election.#listen();
    return election;
  }

  /** Asks the box again, for pages that stay open for hours. */
  async refresh() {
    this.info = await this.api.election();
    this.clockOffset = Date.parse(this.info.now) - Date.now();
    await this.box.see(this.info.checkpoint);
    await this.#listen();
  }

  /**
   * Takes over what the organiser has said. What is not signed by the organiser, or not on the board, the box alone says:
   * it is left out. Notices are numbered, and this browser remembers how many there were: so it shows where the box keeps
   * one back that this page, or a later notice, knows of.
   */
  async #listen() {
    const { checkpoint, statements } = this.info;
    const heard = await Promise.all(
      statements.map(({ entry, ...place }) =>
        this.engine
          .call("statement", { entry: fromBase64(entry), receipt: { ...place, checkpoint } })
          .catch(() => null),
      ),
    );
    let next = 0;
    let whole = !heard.includes(null);
    this.statements = heard
      .filter((statement) => statement !== null)
      .filter(({ text, number }) => {
        if (text === undefined) return true;
        whole &&= number === next;
        if (number < next) return false;
        next = number + 1;
        return true;
      });
    const known = await this.database.transact(["kept"], "readwrite", async (stores) => {
      /** @type {number} */
      const kept = (await result(at(stores, "kept").get("notices"))) ?? 0;
      if (next > kept) at(stores, "kept").put(next, "notices");
      return kept;
    });
    this.saysAll = whole && next >= known;
  }

  /** When voting closes, in milliseconds since 1970: as announced, or as the organiser has put it off. @override */
  get closes() {
    const put = this.statements.map(({ closes }) => (closes ?? 0) * 1_000);
    return Math.max(Date.parse(this.manifest.closes), ...put);
  }

  /** Whether the organiser has cancelled the vote. @override */
  get cancelled() {
    return this.statements.some(({ kind }) => kind === "cancellation");
  }

  /** What the organiser says in words, in the order of the board. */
  get notices() {
    return this.statements.filter(({ text }) => text !== undefined);
  }

  /** @override @returns {import("./announcement.js").Stage} */
  get stage() {
    const now = Date.now() + this.clockOffset;
    if (this.cancelled || ["closed", "published", "cancelled"].includes(this.info.phase)) return "closed";
    if (now >= this.closes) return "closed";
    return this.info.phase === "open" && now >= Date.parse(this.manifest.opens) ? "open" : "before";
  }
}
