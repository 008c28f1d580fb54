import { Api } from "../../../lib/api.js";
import { checkpointSize, toBase64 } from "../../../lib/encoding.js";
import { BUNDLE, bundleCount, bundlePath } from "../../../lib/tiles.js";
import { Trouble } from "../../../lib/trouble.js";

/** @typedef {import("../../../lib/engine.js").ObserverEngine} Engine */
/** @typedef {import("../../../lib/config.js").SiteConfig} SiteConfig */
/** @typedef {import("../../../../veche-wasm-observer.js").Manifest} Manifest */
/** @typedef {import("../../../../veche-wasm-observer.js").TrusteeBoardStatus} Status */
/** @typedef {import("../../../../veche-wasm-observer.js").TrusteeStep} Step */
/** @typedef {import("../../../../veche-wasm-observer.js").TrusteeCounts} Counts */
/** @typedef {{ number: number, token: string }} Invitation */
/** What comes next, and what the device remembers. @typedef {Step & { early: [number, number] | undefined, remembers: boolean, counts: Counts | undefined }} Next */

/** Where a tab keeps the invitation until it is closed. */
const INVITATION = "veche-trustee";

/**
 * An invitation in an address: `#trustee=2&token=…`. The part after the `#` is never sent to a server.
 * @param {string} hash
 * @returns {Invitation | null}
 */
export function readInvitation(hash) {
  const [, number, token] = /^#trustee=(\d{1,2})&token=([\w.~+/=-]{1,200})$/.exec(hash) ?? [];
  return number && token ? { number: Number(number), token } : null;
}

/** A trustee at their own device: who they are, the public board, what comes next. The secret is in the worker alone. */
export class Desk {
  /** @type {Manifest | null} */
  manifest = null;
  /** @type {Status | null} */
  status = null;
  /** How many entries of the board are verified. */
  size = 0;
  /** Whether the worker holds the secret. */
  present = false;
  /** Whether the browser has promised to keep what the page stores; null while it has not answered. @type {boolean | null} */
  keeps = null;
  /** What is being read of the board, one reading after the other. @type {Promise<unknown>} */
  #read = Promise.resolve();

  /**
   * @param {SiteConfig} config
   * @param {Engine} engine
   */
  constructor(config, engine) {
    this.config = config;
    this.engine = engine;
    this.api = new Api(new URL(config.box, document.baseURI));
  }

  /** @returns {Invitation | null} */
  get invitation() {
    return JSON.parse(sessionStorage.getItem(INVITATION) ?? "null");
  }

  set invitation(invitation) {
    if (invitation) sessionStorage.setItem(INVITATION, JSON.stringify(invitation));
    else sessionStorage.removeItem(INVITATION);
  }

  /** Which trustee this is, from 1. */
  get number() {
    return this.invitation?.number ?? 0;
  }

  /** What this trustee has done, as the board shows it. */
  get own() {
    return this.status?.trustees.find(({ number }) => number === this.number) ?? null;
  }

  /**
   * Takes up what is new on the board, every entry verified, and says whether anything is.
   * @param {(done: number, all: number) => void} [progress]
   * @returns {Promise<boolean>}
   */
  refresh(progress) {
    const read = this.#read.then(() => this.#refreshAgain(progress));
    this.#read = read.catch(() => undefined);
    return read;
  }

  /** @param {((done: number, all: number) => void) | undefined} progress */
  async #refreshAgain(progress) {
    try {
      return await this.#refresh(progress);
    } catch (error) {
      // The box has grown while its files were read, and no longer has the one that was asked for.
      if (error instanceof Trouble && error.status === 404) return this.#refresh(progress);
      throw error;
    }
  }

  /** Waits until the board is read to its end: before that no checkpoint is of all of it, and nobody acts on it. */
  async #whole() {
    for (let read; read !== this.#read;) {
      read = this.#read;
      await read;
    }
  }

  /** @param {((done: number, all: number) => void) | undefined} progress */
  async #refresh(progress) {
    const { checkpoint } = await this.api.election();
    const size = checkpointSize(checkpoint);
    if (this.status && size === this.size) return false;
    if (!this.manifest) await this.#open(size);
    while (this.size < size) {
      const { bundle, count } = await this.#bundle(Math.floor(this.size / BUNDLE), size);
      const added = await this.engine.call("trusteeAdd", { bundle, count });
      if (added.owed.length > 0) await this.#settle(added.owed, size);
      else if (added.size <= this.size)
        throw new Trouble("record-unreadable", { detail: "the record does not go on" });
      this.size = added.size;
      progress?.(this.size, size);
    }
    this.status = await this.engine.call("trusteeCheck", { note: checkpoint });
    return true;
  }

  /** @param {number} size */
  async #open(size) {
    if (size === 0) throw new Trouble("setup");
    const manifest = await this.api.record("manifest.json");
    const { fingerprint } = this.config;
    const opened = await this.engine.call("trusteeOpen", {
      manifest,
      fingerprint,
      ...(await this.#bundle(0, size)),
    });
    this.manifest = opened.manifest;
    this.size = 1;
  }

  /**
   * @param {number} index
   * @param {number} size of the whole record
   */
  async #bundle(index, size) {
    const count = bundleCount(index, size);
    return { bundle: await this.api.record(bundlePath(index, count)), count };
  }

  /**
   * Reads replaced ballots a second time, to take them out of the sums.
   * @param {number[]} owed
   * @param {number} size
   */
  async #settle(owed, size) {
    for (const index of new Set(owed.map((entry) => Math.floor(entry / BUNDLE)))) {
      await this.engine.call("trusteeSettle", {
        first: index * BUNDLE,
        ...(await this.#bundle(index, size)),
      });
    }
  }

  /**
   * Asks the browser to keep what the page stores. A private window says no, and so does a browser that forgets; one
   * that asks the person may take its time, and nobody waits for it.
   */
  async askToKeep() {
    try {
      this.keeps = (await navigator.storage.persisted()) || (await navigator.storage.persist());
    } catch {
      this.keeps = false;
    }
  }

  /**
   * Makes a secret and gives its 24 words, this once.
   * @param {boolean} steal whether another tab that acts for this trustee has to stop
   * @returns {Promise<string[]>}
   */
  async create(steal) {
    void this.askToKeep();
    const { words } = await this.engine.call("trusteeCreate", { number: this.number, steal });
    return words;
  }

  /**
   * Whether the words that were written down are these, by place from 1.
   * @param {Map<number, string>} answers
   */
  async areWords(answers) {
    for (const [place, word] of answers) {
      if (!(await this.engine.call("trusteeIsWord", { place, word }))) return false;
    }
    this.present = true;
    return true;
  }

  /**
   * @param {string} words
   * @param {boolean} steal whether another tab that acts for this trustee has to stop
   */
  async recover(words, steal) {
    void this.askToKeep();
    await this.engine.call("trusteeRecover", { number: this.number, words, steal });
    this.present = true;
  }

  /** Nothing where this tab still acts for the trustee, and an error where another one does. */
  stay() {
    return this.engine.call("trusteeStay", undefined);
  }

  /** @returns {Promise<Next>} */
  async next() {
    await this.#whole();
    return this.engine.call("trusteeNext", { number: this.number });
  }

  /**
   * Signs what comes next.
   * @param {Step} step as it was on the screen
   * @returns {Promise<Uint8Array>} the message, for whoever posts it
   */
  async sign({ what, shown }) {
    await this.#whole();
    const { bytes } = await this.engine.call("trusteeAct", {
      number: this.number,
      what,
      shown: shown ?? null,
    });
    return bytes;
  }

  /**
   * Signs and posts what comes next.
   * @param {Step} step as it was on the screen
   */
  async act(step) {
    await this.api.entry(this.invitation?.token ?? "", await this.sign(step));
    await this.refresh();
  }

  /**
   * Signs the end of the vote in the place of an organiser who is gone. What is to be signed is fetched first, so that the
   * board is verified as it is after that.
   * @returns {Promise<{ signed: number[], needed: number, index: number | null }>}
   */
  async endVote() {
    const token = this.invitation?.token ?? "";
    const { kind, time, note } = await this.api.closing(token);
    await this.refresh();
    await this.#whole();
    const signature = await this.engine.call("trusteeEndVote", { number: this.number, kind, time, note });
    const progress = await this.api.signClosing(token, { time, signature: toBase64(signature) });
    await this.refresh();
    return progress;
  }

  /** Forgets the secret, so that nobody finds it in a tab that was left open. */
  async leave() {
    this.present = false;
    await this.engine.call("trusteeForget", undefined);
  }
}
