import { Api } from "../../../lib/api.js";
import { BallotSearch } from "../../../lib/ballot-search.js";
import { fromBase64 } from "../../../lib/encoding.js";
import { Engine as Program } from "../../../lib/engine.js";
import { Database, at, result } from "../../../lib/idb.js";
import { recordOf } from "../../../lib/record-files.js";
import { Trouble } from "../../../lib/trouble.js";
import { Box } from "./box.js";

/** @typedef {import("../../../lib/api.js").ElectionInfo} ElectionInfo */
/** @typedef {import("../../../lib/engine.js").VoterEngine} Engine */
/** @typedef {import("../../../../veche-wasm-voter.js").Manifest} Manifest */
/** @typedef {import("../../../../veche-wasm-voter.js").DeclaredStyle} District */
/** @typedef {import("../../../../veche-wasm-voter.js").OrganiserStatement} Statement */
/**
 * What is on a ballot: a district's contests, perhaps with one more that the voter has added.
 * @typedef {{ id: string, district: District, extra: string | null, contests: string[] }} BallotStyle
 */
/** @typedef {import("../../../lib/config.js").SiteConfig} SiteConfig */
/** @typedef {import("../../../lib/config.js").PinnedConfig} PinnedConfig */

/** An election that this page has opened: its fingerprint is the pinned one, its checkpoint extends the last one kept. */
export class Election {
  /**
   * @param {{ config: PinnedConfig, api: Api, engine: Engine, database: Database, info: ElectionInfo, manifest: Manifest }} parts
   */
  constructor({ config, api, engine, database, info, manifest }) {
    this.config = config;
    this.api = api;
    this.engine = engine;
    this.database = database;
    this.info = info;
    this.manifest = manifest;
    this.box = new Box(api, engine, database);
    /**
     * What the organiser says to everybody, each on the organiser's own signature.
     * @type {Statement[]}
     */
    this.statements = [];
    /** Whether the box shows all that the organiser has said, as far as this browser can tell, and nothing else. */
    this.saysAll = true;
    /** How far this device's clock is from the box's, so that a wrong clock shows the right state. */
    this.clockOffset = Date.parse(info.now) - Date.now();
  }

  /**
   * Fetches the manifest, and the card where the site has none, and opens the election in the worker, which refuses any
   * but the pinned one.
   * @param {SiteConfig} config
   * @param {Engine} engine
   * @returns {Promise<Election>}
   */
  static async open(config, engine) {
    const { fingerprint } = config;
    if (fingerprint === null) throw new Trouble("setup");
    const api = new Api(
      new URL(config.box, document.baseURI),
      new URL(config.registrar ?? config.box, document.baseURI),
    );
    const [info, manifestBytes, card] = await Promise.all([
      api.election(),
      api.record("manifest.json"),
      config.card ? fromBase64(config.card) : api.card(),
    ]);
    if (info.fingerprint === null || card === null) throw new Trouble("setup");
    const opened = await engine.call("open", { manifest: manifestBytes, card, fingerprint });
    const database = await Database.open(opened.fingerprint);
    const { manifest } = opened;
    const election = new Election({
      config: { ...config, fingerprint },
      api,
      engine,
      database,
      info,
      manifest,
    });
    await election.box.see(info.checkpoint);
    await election.#listen();
    return election;
  }

  /** @type {Promise<BallotSearch> | null} */
  #search = null;

  /**
   * What looks through the published record, with an observer's program: it is loaded when it is first needed.
   * @returns {Promise<BallotSearch>} with the record as it is now
   */
  async search() {
    this.#search ??= Program.start("observer").then((engine) => {
      if (!engine) throw new Trouble("engine", { detail: "no module workers" });
      return new BallotSearch(recordOf(this.config), engine, this.config.fingerprint, null);
    });
    const search = await this.#search.catch((error) => {
      // The next time it is loaded again.
      this.#search = null;
      throw error;
    });
    // What an observer keeps for a day without the record, a voter's page does not need: it has its receipts.
    await search.openRecord(false);
    await this.box.agrees(search.note);
    return search;
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

  /** When voting closes, in milliseconds since 1970: as announced, or as the organiser has put it off. */
  get closes() {
    const put = this.statements.map(({ closes }) => (closes ?? 0) * 1_000);
    return Math.max(Date.parse(this.manifest.closes), ...put);
  }

  /** Whether the organiser has cancelled the vote. */
  get cancelled() {
    return this.statements.some(({ kind }) => kind === "cancellation");
  }

  /** What the organiser says in words, in the order of the board. */
  get notices() {
    return this.statements.filter(({ text }) => text !== undefined);
  }

  /** @returns {"before" | "open" | "closed"} */
  get stage() {
    const now = Date.now() + this.clockOffset;
    if (this.cancelled || ["closed", "published", "cancelled"].includes(this.info.phase)) return "closed";
    if (now >= this.closes) return "closed";
    return this.info.phase === "open" && now >= Date.parse(this.manifest.opens) ? "open" : "before";
  }

  /**
   * Every ballot style: each district's own, followed by one for each other contest that its voters may add.
   * @returns {BallotStyle[]}
   */
  get ballotStyles() {
    return this.manifest.styles.flatMap((district) => [
      { id: district.id, district, extra: null, contests: district.contests },
      ...(district.plus_one_of ?? []).map((extra) => ({
        id: `${district.id}+${extra}`,
        district,
        extra,
        contests: [...district.contests, extra],
      })),
    ]);
  }

  /** @param {string} id */
  style(id) {
    const style = this.ballotStyles.find((one) => one.id === id);
    if (!style) throw new Trouble("server", { detail: `unknown ballot style ${id}` });
    return style;
  }

  /** @param {string} id */
  contest(id) {
    const contest = this.manifest.contests.find((one) => one.id === id);
    if (!contest) throw new Trouble("server", { detail: `unknown contest ${id}` });
    return contest;
  }

  /**
   * The contests on a ballot of this style, in the ballot's order.
   * @param {string} styleId
   */
  contests(styleId) {
    return this.style(styleId).contests.map((id) => this.contest(id));
  }

  /**
   * What a ballot style is called: its district, and what was added to it.
   * @param {import("../../../lib/text.js").Texts} t
   * @param {string} id
   * @returns {string} empty for a style that this election does not have
   */
  styleTitle(t, id) {
    const style = this.ballotStyles.find((one) => one.id === id);
    if (!style) return "";
    const district = t.localised(style.district.title);
    return style.extra === null
      ? district
      : t("extra.both", { district, other: t.localised(this.contest(style.extra).title) });
  }
}
