import { at } from "../../../lib/idb.js";
import { nothing, ruleOf } from "../../../lib/rules/index.js";
import { Trouble } from "../../../lib/trouble.js";

/** @typedef {import("./election.js").Election} Election */
/** @typedef {import("./voter.js").Voter} Voter */
/** @typedef {import("./box.js").Cast} Cast */
/** @typedef {import("../../../lib/rules/rule.js").Choice} Choice */
/**
 * @typedef {{ hash: string, code: string, bytes: Uint8Array, key: string, style: string, pseudonym: string,
 *   decided: boolean }} Sealed  `decided` once the voter has pressed "cast"
 */

/** One ballot from the first touch to the receipt. What a voter has done is on disk before the page goes on. */
export class Ballot {
  /** @type {Map<string, Choice>} by contest */
  #choices = new Map();
  /** @type {Promise<void> | null} the work that needs no choices, done while the voter reads */
  #prepared = null;
  /** @type {Promise<Sealed | null> | null} what is being sealed, until a choice changes */
  #sealing = null;
  /** @type {Sealed | null} sealed and shown, not decided yet */
  sealed = null;
  /** @type {Cast | null} the ballot cast on this visit */
  cast = null;
  /** @type {Sealed | null} taken by a backend that has not put it on the board yet */
  stored = null;
  /** Whether the box has refused the ballot for good. */
  refused = false;
  /** Whether this browser has a receipt of an earlier ballot of this voter. */
  voted = false;

  /**
   * @param {import("../../../lib/text.js").Texts} t  for the rules, which say what they find
   * @param {Election} election
   * @param {Voter} voter
   */
  constructor(t, election, voter) {
    this.t = t;
    this.election = election;
    this.voter = voter;
  }

  /** The contests this voter decides. */
  get contests() {
    return this.election.contests(this.voter.current().style);
  }

  /** Brings back the choices kept in this browser, for a new ballot. */
  async load() {
    await this.reread();
    this.cast = null;
  }

  /** Takes over what other tabs of this browser have chosen, sealed and cast. */
  async reread() {
    const { pseudonym, key } = this.voter.current();
    const stored = (await this.election.database.get("drafts", pseudonym)) ?? {};
    this.#choices = new Map(
      this.contests.map((contest) => [contest.id, ruleOf(this.t, contest).restore(stored[contest.id])]),
    );
    /** @type {Sealed | undefined} */
    const sealed = await this.election.database.get("pending", pseudonym);
    // A code that was shown stays the code of this ballot, also after a reload; but not with another key.
    this.sealed = sealed && !sealed.decided && sealed.key === key ? sealed : null;
    this.voted = (await this.casts()).some((cast) => cast.key === key || cast.pseudonym === pseudonym);
  }

  /** Whether an earlier ballot may stand in the box: one with a receipt here, or one that the box speaks of. */
  get follows() {
    return this.voted || (this.voter.me?.sequence ?? 0) > 0;
  }

  /** Whether there is nothing more to cast: this vote takes one ballot of a voter. */
  get last() {
    return this.follows && !this.election.manifest.revote;
  }

  /** Whether that one was cast in another browser, as the box says. */
  get elsewhere() {
    return this.last && !this.voted;
  }

  /** @param {string} contest */
  choice(contest) {
    return this.#choices.get(contest) ?? nothing();
  }

  /**
   * @param {string} contest
   * @param {Choice} choice
   */
  async choose(contest, choice) {
    const { pseudonym } = this.voter.current();
    this.#choices.set(contest, choice);
    this.sealed = null;
    this.#sealing = null;
    await this.election.database.transact(["drafts", "pending"], "readwrite", (stores) => {
      at(stores, "drafts").put(Object.fromEntries(this.#choices), pseudonym);
      at(stores, "pending").delete(pseudonym);
    });
  }

  /**
   * The first contest whose choice is not yet within its rule, or -1.
   * @param {number} [but] the place of one that is left out
   */
  unready(but) {
    return this.contests.findIndex(
      (contest, place) => place !== but && !ruleOf(this.t, contest).status(this.choice(contest.id)).ready,
    );
  }

  /** Starts what sealing needs and does not depend on the choices; safe to call often. */
  prepare() {
    if (this.#prepared) return;
    const work = this.voter
      .place()
      .then(({ pseudonym, style, sequence, previous }) =>
        this.election.engine.call("prepare", { pseudonym, style, sequence, previous }),
      );
    this.#prepared = work;
    // A failure is met again, and shown, when the voter seals.
    work.catch(() => {
      if (this.#prepared === work) this.#prepared = null;
    });
  }

  /** Drops what was prepared, because the voter's chain of ballots has moved on. */
  unprepare() {
    this.#prepared = null;
  }

  /**
   * Seals what is chosen, unless that is under way.
   * @returns {Promise<Sealed | null>} null when a choice changed meanwhile
   */
  async seal() {
    /** @type {Promise<Sealed | null>} */
    const sealing = (this.#sealing ??= this.#seal(() => this.#sealing === sealing));
    try {
      return await sealing;
    } finally {
      if (this.#sealing === sealing) this.#sealing = null;
    }
  }

  /**
   * @param {() => boolean} holds whether the choices are still those that were sealed
   * @returns {Promise<Sealed | null>}
   */
  async #seal(holds) {
    const me = this.voter.current();
    this.prepare();
    await this.#prepared;
    // Prepared randomness is used once, whatever comes of it.
    this.#prepared = null;
    const selections = Object.fromEntries(this.contests.map(({ id }) => [id, this.choice(id)]));
    const { bytes, code, hash } = await this.election.engine.call("seal", { selections });
    if (!holds()) return null;
    const sealed = {
      bytes,
      code,
      hash,
      key: me.key,
      style: me.style,
      pseudonym: me.pseudonym,
      decided: false,
    };
    await this.election.database.put("pending", me.pseudonym, sealed);
    this.sealed = sealed;
    return sealed;
  }

  /**
   * The ballot that the voter has cast and the box has not acknowledged yet, if any.
   * @returns {Promise<Sealed | null>}
   */
  async pending() {
    const pseudonym = this.voter.me?.pseudonym;
    /** @type {Sealed | undefined} */
    const sealed = pseudonym && (await this.election.database.get("pending", pseudonym));
    return sealed?.decided ? sealed : null;
  }

  /** The voter has decided: from now on the sealed bytes survive a reload. */
  async commit() {
    if (!this.sealed) throw new Trouble("engine", { detail: "nothing is sealed" });
    await this.election.database.put("pending", this.sealed.pseudonym, { ...this.sealed, decided: true });
    this.election.config.portal?.tell("sealed");
  }

  /**
   * Sends the pending ballot and believes the box only after checking what it answered. The same bytes may be sent
   * again and again; the box gives the same receipt.
   * @param {{ onSlow: () => void, signal: AbortSignal }} course
   * @returns {Promise<Cast | null>} null where it is stored, and is cast when it is on the board
   */
  async send(course) {
    const { api, box, config, database } = this.election;
    const sealed = await this.pending();
    if (!sealed) throw new Trouble("engine", { detail: "nothing to send" });
    const receipt = await api.cast(sealed.bytes, course);
    if (!receipt) {
      // It may never be told here that it is on the board: what was chosen is not kept until then.
      await database.remove("drafts", sealed.pseudonym);
      this.#choices.clear();
      this.stored = sealed;
      config.portal?.tell("stored");
      return null;
    }
    const {
      place: { index },
      newest,
    } = await box.accept(sealed.bytes, receipt);
    const { decided: _, ...ballot } = sealed;
    const { pseudonym } = ballot;
    /** @type {Cast} */
    const cast = { ...ballot, index, castAt: new Date().toISOString(), receipt };
    // Receipt in, choices out, in one step: after it the browser no longer knows what was chosen.
    await database.transact(["receipts", "pending", "drafts"], "readwrite", (stores) => {
      at(stores, "receipts").put(cast, cast.hash);
      at(stores, "pending").delete(pseudonym);
      at(stores, "drafts").delete(pseudonym);
    });
    await box.keep(newest);
    this.#choices.clear();
    this.sealed = null;
    this.cast = cast;
    this.stored = null;
    this.voted = true;
    config.portal?.tell("cast");
    await this.voter.refresh().catch(() => undefined);
    return cast;
  }

  /** Gives up a ballot that the box will never take, so that the voter can seal another. The choices stay. */
  async withdraw() {
    await this.election.database.remove("pending", this.voter.current().pseudonym);
    this.sealed = null;
    this.refused = true;
    this.unprepare();
  }

  /** @returns {Promise<Cast[]>} newest first */
  async casts() {
    /** @type {Cast[]} */
    const casts = await this.election.database.all("receipts");
    return casts.sort((one, other) => other.index - one.index);
  }
}
