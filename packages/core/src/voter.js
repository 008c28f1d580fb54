import { text } from "./checked.js";
import { VecheError, argument, inside } from "./errors.js";
import { NOTHING, checkedPlace, read, written } from "./kept.js";

/** @typedef {import("./election.js").Election} Election */
/** @typedef {import("./kept.js").Kept} Kept */

/** One voter on this device: their key, and where they are in their chain of ballots. */
export class Voter {
  /** @type {Election} */
  #election;
  #storage;
  #name;
  #style;
  #key;
  /** @type {{ sequence: number, previous: string }} */
  #place;
  /** A ballot on its way, of everything but the choices. @type {Promise<any> | null} */
  #prepared = null;

  /**
   * @param {Election} election
   * @param {any} storage
   * @param {string} name
   * @param {string} style
   * @param {{ key: string, sequence: number, previous: string }} opened
   */
  constructor(election, storage, name, style, { key, sequence, previous }) {
    this.#election = election;
    this.#storage = storage;
    this.#name = name;
    this.#style = style;
    this.#key = key;
    this.#place = Object.freeze({ sequence, previous });
  }

  /**
   * @param {Election} election
   * @param {{ name: string, style: string, storage: any, place?: unknown }} options
   */
  static async open(election, { name, style, storage, place }) {
    if (typeof name !== "string" || name === "" || name.length > 200)
      throw argument(
        "`name` is what this voter is kept under on this device: a text of 1 to 200 characters.",
      );
    if (typeof style !== "string" || election.styles().every((id) => id !== style))
      throw argument(
        `This election has no ballot style "${style}": its styles are ${election.styles().join(", ")}.`,
      );
    if (typeof storage?.update !== "function")
      throw argument("`storage` is an object with a function `update(name, change)`.");
    const given = place === undefined ? null : checkedPlace(place);
    const inner = election.inner("openVoter");
    const under = `${election.fingerprint}/${name}`;
    const opened = await changed(storage, under, (kept) => {
      const fresh = kept === null;
      const credential = inside(() => (fresh ? inner.newCredential() : inner.restoreCredential(kept.secret)));
      const secret = fresh ? credential.secret() : kept.secret;
      const key = credential.key();
      credential.free();
      const { attempt, sequence, previous } = kept ?? { attempt: 0, sequence: 0, previous: NOTHING };
      return [{ secret, attempt, ...(given ?? { sequence, previous }) }, key];
    });
    return new Voter(election, storage, under, style, opened);
  }

  get key() {
    return this.#key;
  }

  get style() {
    return this.#style;
  }

  get place() {
    return this.#place;
  }

  /** @param {any} registration */
  async provePossession(registration) {
    const { pseudonym, route, number } = checkedRegistration(registration);
    return this.#withKey("provePossession", (inner, credential) =>
      credential.provePossession(inner, pseudonym, this.#style, route, number),
    );
  }

  /**
   * @param {Voter} next
   * @param {any} registration
   */
  async handOver(next, registration) {
    const { pseudonym, route, number } = checkedRegistration(registration);
    if (!(next instanceof Voter) || next === this)
      throw argument("A voter hands over to another one that openVoter() gave.");
    return this.#withKey("handOver", (inner, credential) =>
      next.#withKey("handOver", (_, to) =>
        credential.handOver(inner, pseudonym, next.#style, route, number, to),
      ),
    );
  }

  /** Does everything of sealing that needs no choices. */
  async prepare() {
    this.#prepared ??= this.#prepare();
    const preparing = this.#prepared;
    try {
      await preparing;
    } catch (error) {
      if (this.#prepared === preparing) this.#prepared = null;
      throw error;
    }
  }

  /** @param {Record<string, unknown>} selections */
  async seal(selections) {
    const preparing = this.#prepared ?? this.#prepare();
    // What is prepared seals once.
    this.#prepared = null;
    const { ballot, place } = await preparing;
    try {
      // An election that was closed since is said to be.
      this.#election.inner("seal");
      return { ...inside(() => ballot.seal(selections)), ...place };
    } finally {
      ballot.free();
    }
  }

  /**
   * @param {Uint8Array} ballot
   * @param {unknown} receipt
   */
  async checkReceipt(ballot, receipt) {
    const placed = await this.#election.checkReceipt(ballot, receipt);
    if (placed.key !== this.#key) throw argument("This ballot was sealed by another key than this voter's.");
    if (placed.sequence >= this.#place.sequence)
      await this.moveTo({ sequence: placed.sequence + 1, previous: placed.hash });
    return placed;
  }

  /** @param {unknown} place */
  async moveTo(place) {
    const next = checkedPlace(place);
    const { sequence, previous } = await this.#changed((kept) => [{ ...kept, ...next }, this.#key]);
    this.#place = Object.freeze({ sequence, previous });
    const outdated = this.#prepared;
    this.#prepared = null;
    outdated?.then(
      ({ ballot }) => ballot.free(),
      () => undefined,
    );
  }

  async #prepare() {
    const inner = this.#election.inner("seal");
    const place = this.#place;
    // Counted where it is kept before any randomness is used: the number goes into the ballot's seed, so that even a
    // random source that repeats itself never gives the same seed twice.
    /** @type {any} */
    let credential;
    let attempt = 0;
    await this.#changed((kept) => {
      attempt = kept.attempt + 1;
      credential = inside(() => inner.restoreCredential(kept.secret));
      return [{ ...kept, attempt }, this.#key];
    });
    try {
      const { sequence, previous } = place;
      return {
        ballot: inside(() => inner.prepare(credential, this.#style, sequence, previous, attempt)),
        place,
      };
    } finally {
      credential.free();
    }
  }

  /**
   * @template T
   * @param {string} what
   * @param {(inner: any, credential: any) => T | Promise<T>} work
   */
  async #withKey(what, work) {
    const inner = this.#election.inner(what);
    /** @type {any} */
    let credential;
    await this.#changed((kept) => {
      credential = inside(() => inner.restoreCredential(kept.secret));
      return [kept, this.#key];
    });
    try {
      return await work(inner, credential);
    } catch (error) {
      return inside(() => {
        throw error;
      });
    } finally {
      credential.free();
    }
  }

  /** @param {(kept: Kept) => [Kept, string]} change */
  #changed(change) {
    return changed(this.#storage, this.#name, (kept) => {
      if (kept === null)
        throw new VecheError(
          "key-lost",
          "device",
          "This voter's key is no longer in the storage: open the voter anew and register the new key.",
        );
      return change(kept);
    });
  }
}

/** @param {any} registration @returns {{ pseudonym: string, route: string, number: number }} */
function checkedRegistration({ pseudonym, route, number } = {}) {
  if (!Number.isInteger(number) || number < 0 || number > 0xffff)
    throw argument(
      "`number` is a whole number from 0: how many keys this voter had before, as the registrar said.",
    );
  return { pseudonym: text(pseudonym, "pseudonym"), route: text(route, "route"), number };
}

/**
 * Changes what is kept of a voter, and wipes every copy of it here.
 * @param {any} storage
 * @param {string} name
 * @param {(kept: Kept | null) => [Kept, string]} change
 */
async function changed(storage, name, change) {
  /** @type {any} */
  let result;
  await storage.update(name, (/** @type {Uint8Array | null} */ bytes) => {
    const kept = bytes ? read(bytes) : null;
    /** @type {Kept | null} */
    let next = null;
    try {
      let key;
      [next, key] = change(kept);
      result = { key, sequence: next.sequence, previous: next.previous };
      return written(next);
    } finally {
      kept?.secret.fill(0);
      next?.secret.fill(0);
    }
  });
  if (!result) throw argument("`storage.update(name, change)` must call `change` and keep what it gives.");
  return result;
}
