import { Api } from "../../../lib/api.js";
import { siteFile } from "../../../lib/config.js";
import { said, woven } from "../../../lib/dom.js";
import { Database } from "../../../lib/idb.js";
import { readManifest } from "../../../lib/manifest.js";
import { Trouble } from "../../../lib/trouble.js";

/** @typedef {import("../../../../veche-wasm-voter.js").Manifest} Manifest */
/** @typedef {import("../../../../veche-wasm-voter.js").DeclaredStyle} District */
/**
 * What is on a ballot: a district's contests, perhaps with one more that the voter has added.
 * @typedef {{ id: string, district: District, extra: string | null, contests: string[] }} BallotStyle
 */
/** @typedef {import("../../../lib/config.js").SiteConfig} SiteConfig */
/** @typedef {import("../../../lib/config.js").PinnedConfig} PinnedConfig */
/** @typedef {"before" | "open" | "closed"} Stage */

/** What is voted on, to be read: a manifest that nobody has compared with the fingerprint yet. */
export class Announcement {
  /**
   * @param {PinnedConfig} config
   * @param {Api} api
   * @param {Uint8Array} bytes of the manifest
   * @param {Manifest} manifest
   * @param {Promise<Database>} kept what this browser keeps of the election
   */
  constructor(config, api, bytes, manifest, kept) {
    this.config = config;
    this.api = api;
    this.bytes = bytes;
    this.manifest = manifest;
    this.kept = kept;
  }

  /**
   * Reads the manifest from the site, where it was published with one, or from the ballot box.
   * @param {SiteConfig} config
   * @returns {Promise<Announcement>}
   */
  static async read(config) {
    const { fingerprint } = config;
    if (fingerprint === null) throw new Trouble("setup");
    const api = new Api(
      new URL(config.box, document.baseURI),
      new URL(config.registrar ?? config.box, document.baseURI),
      config.portal?.submit,
    );
    // Meanwhile, for a browser takes long to open its first database.
    const kept = Database.open(fingerprint);
    kept.catch(() => undefined);
    const bytes = config.manifest ? await siteFile(config.manifest) : await api.record("manifest.json");
    return new Announcement({ ...config, fingerprint }, api, bytes, readManifest(bytes), kept);
  }

  /** Whether somebody has begun to vote in this browser. */
  async begun() {
    try {
      return (await (await this.kept).get("kept", "pseudonym")) !== undefined;
    } catch {
      // Where nothing can be kept, opening the election says so.
      return false;
    }
  }

  /** When voting closes, in milliseconds since 1970, as announced. */
  get closes() {
    return Date.parse(this.manifest.closes);
  }

  /** Whether the organiser has cancelled the vote, as far as is known. */
  get cancelled() {
    return false;
  }

  /** How far this device's clock is from the box's, as far as is known. */
  clockOffset = 0;

  /** By the announced hours and this device's clock. @returns {Stage} */
  get stage() {
    const now = Date.now() + this.clockOffset;
    if (now >= this.closes) return "closed";
    return now >= Date.parse(this.manifest.opens) ? "open" : "before";
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
   * @returns {import("../../../lib/dom.js").Children} nothing for a style that this election does not have
   */
  styleTitle(t, id) {
    const style = this.ballotStyles.find((one) => one.id === id);
    if (!style) return null;
    const district = said(t, style.district.title);
    if (style.extra === null) return district;
    return woven([district, said(t, this.contest(style.extra).title)], (district, other) =>
      t("extra.both", { district, other }),
    );
  }
}
