import { BallotSearch } from "../../../lib/ballot-search.js";
import { Engine } from "../../../lib/engine.js";
import { buildOf } from "../../../lib/integrity.js";
import { recordOf } from "../../../lib/record-files.js";
import { Trouble } from "../../../lib/trouble.js";
import { receiptFile } from "./receipt-file.js";

/** @typedef {import("./election.js").Election} Election */
/** @typedef {import("./box.js").Cast} Cast */
/** @typedef {import("../../../lib/ballot-search.js").Answer} Answer */
/**
 * What an earlier visit has seen of the entries after a ballot. `build` is the site's that looked: what another one has
 * seen counts for nothing. Entries from `to` on were not looked at.
 * @typedef {{ build: string, saved: Uint8Array, to: number }} Kept
 */

/** Entries in a bundle: the record is read in such pieces. */
const BUNDLE = 256;

/** An observer's program and its glue have no more bytes than this, where their host does not compress them. */
export const PROGRAM = 1_900_000;

/** @type {Promise<BallotSearch> | null} one of the page, for every ballot that is looked for */
let searching = null;

/**
 * What looks through the published record, with an observer's program: it is loaded when it is first needed.
 * @param {Election} election
 * @returns {Promise<BallotSearch>} with the record as it is now
 */
async function searchIn({ config, box }) {
  searching ??= Engine.start("observer").then((engine) => {
    if (!engine) throw new Trouble("engine", { detail: "no module workers" });
    return new BallotSearch(recordOf(config), engine, config.fingerprint, null);
  });
  const search = await searching.catch((error) => {
    // The next time it is loaded again.
    searching = null;
    throw error;
  });
  // What an observer keeps for a day without the record, a voter's page does not need: it has its receipts.
  await search.openRecord(false);
  await box.agrees(search.note);
  return search;
}

/** What the public board says of a ballot after it was cast: read out of its entries, not asked of the ballot box. */
export class Aftermath {
  /**
   * @param {Election} election
   * @param {Cast} cast
   * @param {number} size of the board
   */
  constructor(election, cast, size) {
    this.election = election;
    this.cast = cast;
    this.size = size;
  }

  /** The receipt, as it is shown to whoever looks. */
  get shown() {
    return new TextEncoder().encode(JSON.stringify(receiptFile(this.cast, this.election.config.fingerprint)));
  }

  get #key() {
    return `after ${this.cast.hash}`;
  }

  /** What an earlier visit of this same build has seen. @returns {Promise<Kept | null>} */
  async kept() {
    /** @type {Kept | undefined} */
    const kept = await this.election.database.get("kept", this.#key);
    return kept && kept.build === (await buildOf(document)) ? kept : null;
  }

  /**
   * About how many bytes are read: the program, the record's first piece, by which the election is opened, and the pieces
   * from the ballot on, as if every entry in them were as long as this ballot.
   * @param {number} from the first entry that is not looked at yet
   */
  bytes(from) {
    const first = from - (from % BUNDLE);
    return PROGRAM + (this.size - first + BUNDLE) * (this.cast.bytes.length + 3);
  }

  /**
   * Looks through the entries.
   * @param {(answer: Answer) => void} told
   * @param {AbortSignal} signal
   * @param {boolean} anew whether what an earlier visit has seen is refused
   * @returns {Promise<Answer>}
   */
  async look(told, signal, anew) {
    const { database } = this.election;
    if (anew) await database.remove("kept", this.#key);
    const [search, kept, build] = await Promise.all([
      searchIn(this.election),
      this.kept(),
      buildOf(document),
    ]);
    return search.find({ receipt: this.shown }, told, signal, {
      saved: kept?.saved ?? null,
      keep: async (saved, to) => {
        if (build) await database.put("kept", this.#key, { build, saved, to });
      },
    });
  }
}
