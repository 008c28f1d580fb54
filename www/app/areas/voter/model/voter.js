import { TabMemory } from "../../../lib/tab-memory.js";
import { Trouble, asTrouble } from "../../../lib/trouble.js";

/** @typedef {import("./election.js").Election} Election */
/**
 * `code` is the right code of a phone that several people have, until it is said which of them it is, and `asked` what
 * the town asks for.
 * @typedef {{ session: string, phone: string, expires: number, resend: number, delayed: boolean, code?: string,
 *   asked?: string }} CodeRequest
 */
/** @typedef {{ pseudonym: string, style: string, key: string, sequence: number, previous: string }} Me */
/**
 * `credential` is the voter's active key when the session began, null once this browser makes its own; `active` is the
 * active key as long as nobody else has registered one; `number` is that of the credential that comes next. `said` is
 * the ballot style that the voter goes on with, and `marked` what stands on a screen and is not said yet.
 * @typedef {{ token: string, expires: number, pseudonym: string, style: string | null, credential: string | null,
 *   active?: string | null, route: string, number: number, said?: string | undefined, marked?: Marked | undefined }} SignedIn
 * @typedef {{ district?: string | null, extra?: string | null | undefined }} Marked
 */

/** Who is voting in this browser: from a phone number to a key that the box knows. */
export class Voter {
  /** @type {Me | null} the voter whose key is active here */
  me = null;
  /** Whether the box takes no ballot under this browser's key, as it says: after a sign-in elsewhere, or struck off. */
  replaced = false;
  struckOff = false;
  /** @type {SignedIn | null} */
  #signedIn = null;
  /** @type {SignedIn | null} once the key is registered, until the sign-in ends: with it the ballot's style can change */
  #visit = null;

  /** The number that was typed on this visit, for sending another code. */
  phone = "";

  /** @param {Election} election */
  constructor(election) {
    this.election = election;
    const { fingerprint } = election.config;
    /** @type {TabMemory<CodeRequest>} */
    this.request = new TabMemory(`veche-code-request-${fingerprint}`);
    /** @type {TabMemory<SignedIn & { registered: boolean }>} */
    this.session = new TabMemory(`veche-session-${fingerprint}`);
  }

  /** @returns {SignedIn | null} between the code and the registered key */
  get signedIn() {
    return this.#signedIn;
  }

  set signedIn(session) {
    this.#signedIn = session;
    this.#keep();
  }

  /** Has the tab remember the sign-in: whoever holds its token is the voter, as is whoever holds this browser's key. */
  #keep() {
    const session = this.#signedIn ?? this.#visit;
    this.session.value = session && { ...session, registered: this.#signedIn === null };
  }

  /**
   * Notes the ballot style that the voter goes on with, so that a reload leads there.
   * @param {string} style
   */
  say(style) {
    if (this.#signedIn) this.signedIn = { ...this.#signedIn, said: style };
  }

  /** What stands on the screens of the sign-in and is not said yet. @returns {Marked} */
  get marked() {
    return (this.#signedIn ?? this.#visit)?.marked ?? {};
  }

  /** @param {Marked} marks */
  mark(marks) {
    const marked = { ...this.marked, ...marks };
    if (this.#signedIn) this.#signedIn = { ...this.#signedIn, marked };
    else if (this.#visit) this.#visit = { ...this.#visit, marked };
    this.#keep();
  }

  /** Takes up where this browser left off, if its key is still the voter's, and where this tab did. */
  async resume() {
    await this.#resumeKey();
    this.phone = this.codeRequest?.phone ?? "";
    const kept = this.session.value;
    if (!kept) return;
    const { registered, ...session } = kept;
    if (!registered) this.#signedIn = session;
    else if (!this.replaced && this.me?.key === session.credential) this.#visit = session;
    this.#keep();
  }

  async #resumeKey() {
    const { database, engine, api } = this.election;
    /** @type {string | undefined} */
    const pseudonym = await database.get("kept", "pseudonym");
    const key = pseudonym ? await engine.call("keyOf", { pseudonym }) : false;
    if (!pseudonym || !key) return;
    try {
      const known = await api.credential(key);
      this.#heard(known.state);
      this.me = { pseudonym, key, style: known.style, sequence: known.sequence, previous: known.previous };
    } catch (error) {
      // A key that was made but never registered: the voter signs in again and the same key is used.
      if (!(error instanceof Trouble) || error.status !== 404) throw error;
    }
  }

  /** The SMS that is under way. */
  get codeRequest() {
    return this.request.value;
  }

  /**
   * @param {string} phone as it is written
   * @param {string} language that the message is to be in
   */
  async requestCode(phone, language) {
    const answer = await this.election.api.signIn(phone, language);
    // Whoever asks for a code begins anew, perhaps as somebody else.
    this.signedIn = null;
    this.phone = answer.phone;
    this.request.value = {
      session: answer.session,
      phone: answer.phone,
      expires: Date.now() + answer.expires_in * 1000,
      resend: Date.now() + answer.resend_in * 1000,
      delayed: answer.delayed,
    };
  }

  /**
   * @param {string} code
   * @param {string} [mark]
   * @returns {Promise<SignedIn | null>} null where it is not said yet which of several people with the phone it is
   */
  async enterCode(code, mark) {
    const request = this.codeRequest;
    if (!request) throw new Trouble("code-expired");
    try {
      return this.#enter(await this.election.api.signInCode(request.session, code, mark));
    } catch (error) {
      const trouble = asTrouble(error);
      if (trouble.code !== "mark-needed") throw error;
      // The code is still good: a reload leads back to the question.
      this.request.value = { ...request, code, asked: String(trouble.data["asked_for"] ?? "") };
      return null;
    }
  }

  /**
   * @param {string} pass signed by a portal
   * @returns {Promise<SignedIn>}
   */
  async enterPass(pass) {
    try {
      return this.#enter(await this.election.api.session(pass));
    } catch (error) {
      const { code, message } = asTrouble(error);
      throw code.startsWith("pass-") ? new Trouble("not-signed-in", { detail: message }) : error;
    }
  }

  /** @param {Awaited<ReturnType<import("../../../lib/api.js").Api["signInCode"]>>} answer */
  #enter({ expires_in, ...answer }) {
    const signedIn = { ...answer, active: answer.credential, expires: Date.now() + expires_in * 1000 };
    this.signedIn = signedIn;
    this.request.value = null;
    return signedIn;
  }

  /** Whether registering here takes the vote over from another browser. */
  async takesOver() {
    const { pseudonym, credential } = this.#session();
    return credential !== null && credential !== (await this.election.engine.call("keyOf", { pseudonym }));
  }

  /**
   * Registers this browser's key for the voter. Called again after a failure, it uses the same key again.
   * @param {string} style
   */
  async register(style) {
    const { database } = this.election;
    const session = this.#session();
    const { pseudonym } = session;
    // A key is registered for one ballot style; for another there is another key, as on a new device.
    const fresh = (await this.takesOver()) || (this.me?.pseudonym === pseudonym && this.me.style !== style);
    const { key, sequence, previous, number } = await this.#registerKey(style, fresh);
    await database.put("kept", "pseudonym", pseudonym);
    this.me = { pseudonym, style, key, sequence, previous };
    this.#heard("active");
    this.#visit = { ...session, credential: key, active: key, number, said: undefined, marked: undefined };
    this.signedIn = null;
  }

  /**
   * Moves the voter to another ballot style of the same district. Whoever signed in before this visit signs in again.
   * @param {string} style
   */
  async change(style) {
    this.signedIn ??= this.#visit;
    await this.register(style);
  }

  /**
   * @param {string} style
   * @param {boolean} fresh whether a new key is made
   * @returns {Promise<{ key: string, sequence: number, previous: string, number: number }>}
   */
  async #registerKey(style, fresh) {
    const { engine, api } = this.election;
    const { token, pseudonym, route, number, active } = this.#session();
    const about = { pseudonym, style, route, number, active: active ?? null };
    const { key, ...proof } = await engine.call("key", { ...about, fresh });
    // Should registering fail from here on, the next attempt is for this same key.
    if (fresh) this.signedIn = { ...this.#session(), credential: null };
    try {
      return { key, ...(await api.register(token, { style, key, number, ...proof })) };
    } catch (error) {
      const code = error instanceof Trouble ? error.code : "";
      // Another browser has registered a key meanwhile: the next attempt is for the credential after that.
      if (error instanceof Trouble && code === "number-behind") {
        this.signedIn = { ...this.#session(), number: Number(error.data["number"]), active: null };
      }
      // The session has ended: the voter signs in again.
      if (code === "sign-in-needed") this.#end();
      // A key that was replaced elsewhere once, or that is for another ballot style, can never be registered again.
      if (code === "key-taken" && !fresh) return this.#registerKey(style, true);
      throw error;
    }
  }

  /** @param {string} state what the box says of the key */
  #heard(state) {
    this.replaced = state !== "active";
    this.struckOff = state === "struck-off";
  }

  /** Asks the box where the voter's chain of ballots stands; another browser may have added to it. */
  async refresh() {
    const me = this.current();
    const known = await this.election.api.credential(me.key);
    this.#heard(known.state);
    if (this.replaced) throw new Trouble("credential-revoked");
    this.me = { ...me, sequence: known.sequence, previous: known.previous };
  }

  /**
   * Where the next ballot stands, by the word of the box, if that can be: a first ballot follows none, every other one
   * follows one, and none stands before or beside a ballot of this key whose receipt this browser has.
   * @returns {Promise<Me>}
   */
  async place() {
    const me = this.current();
    const { database, engine } = this.election;
    /** @type {import("./box.js").Cast[]} */
    const casts = await database.all("receipts");
    const own = casts.filter(({ key }) => key === me.key);
    const places = await Promise.all(
      own.map(({ bytes, receipt }) => engine.call("checkReceipt", { ballot: bytes, receipt })),
    );
    const wrong = places.some(
      ({ sequence, hash }) =>
        me.sequence <= sequence || (me.sequence === sequence + 1 && me.previous !== hash),
    );
    if (wrong || (me.sequence === 0) !== /^0*$/.test(me.previous)) {
      throw new Trouble("chain-wrong", { detail: `number ${me.sequence} after ${me.previous}` });
    }
    return me;
  }

  /** @returns {Me} */
  current() {
    if (!this.me) throw new Trouble("sign-in-needed");
    return this.me;
  }

  /** Makes room for another person on this device; keys, receipts and choices stay. */
  async leave() {
    await this.election.database.remove("kept", "pseudonym");
    this.me = null;
    this.#end();
    this.#heard("active");
    this.phone = "";
    this.request.value = null;
  }

  /** Forgets the sign-in. */
  #end() {
    this.#visit = null;
    this.signedIn = null;
  }

  /** @returns {SignedIn} */
  #session() {
    if (!this.signedIn) throw new Trouble("sign-in-needed");
    return this.signedIn;
  }
}
