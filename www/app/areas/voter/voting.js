import { said } from "../../lib/dom.js";
import { drawAnew } from "../../lib/drawn-order.js";
import { keepInTab, keptInTab } from "../../lib/tab-memory.js";
import { asTrouble } from "../../lib/trouble.js";
import { ReceiptDocument } from "../../parts/receipt-document.js";
import { Ballot } from "./model/ballot.js";
import { Election } from "./model/election.js";
import { Voter } from "./model/voter.js";
import { CastScreen } from "./screens/cast.js";
import { ChooseScreen } from "./screens/choose.js";
import { CodeScreen } from "./screens/code.js";
import { DistrictScreen } from "./screens/district.js";
import { ExtraScreen } from "./screens/extra.js";
import { MarkScreen } from "./screens/mark.js";
import { MineScreen } from "./screens/mine.js";
import { PhoneScreen } from "./screens/phone.js";
import { ReceiptScreen } from "./screens/receipt.js";
import { ReplacedScreen } from "./screens/replaced.js";
import { ReviewScreen } from "./screens/review.js";
import { TakeoverScreen } from "./screens/takeover.js";

/** @typedef {import("./main.js").App} App */
/** @typedef {import("./model/announcement.js").Announcement} Announcement */
/** @typedef {import("./model/box.js").Cast} Cast */
/** @typedef {import("../../lib/engine.js").VoterEngine} VoterEngine */

/** The screens for which the election must have been verified, by their name in the address. */
const SCREENS = {
  phone: PhoneScreen,
  code: CodeScreen,
  mark: MarkScreen,
  district: DistrictScreen,
  extra: ExtraScreen,
  takeover: TakeoverScreen,
  choose: ChooseScreen,
  review: ReviewScreen,
  cast: CastScreen,
  receipt: ReceiptScreen,
  mine: MineScreen,
  replaced: ReplacedScreen,
};

/** @typedef {keyof typeof SCREENS} Name */

/** Whose value is the contest that a voter wants to vote on, while they sign in: the page may be reloaded meanwhile. */
const WANTED = "veche-wanted";

/** What it takes to vote, loaded behind what can be read: the verified election, its voter, the ballot and their screens. */
export class Voting {
  /**
   * @param {App} app
   * @param {Election} election
   */
  constructor(app, election) {
    this.app = app;
    this.election = election;
    this.voter = new Voter(election);
    this.ballot = new Ballot(app.t, election, this.voter);
  }

  /**
   * @param {App} app
   * @param {Announcement} announced
   * @param {Promise<VoterEngine>} program
   */
  static async open(app, announced, program) {
    return new Voting(app, await Election.open(announced, program));
  }

  /** @param {string} name @returns {name is Name} */
  has(name) {
    // Own names only: "#constructor" is no screen.
    return Object.keys(SCREENS).includes(name);
  }

  /** Finds out where the voter of this browser stands. */
  async resume() {
    await this.voter.resume();
    if (await this.election.config.portal?.changed(this.election.database)) await this.#leave();
    if (this.voter.me) await this.ballot.load();
  }

  /** Takes over what other tabs have done meanwhile. */
  async reread() {
    if (this.voter.me) await this.ballot.reread();
  }

  /** Whether a ballot waits in this browser that its voter can still cast. */
  get unsent() {
    return this.ballot.sealed !== null && !this.voter.replaced && this.election.stage === "open";
  }

  /**
   * Where whoever comes to the page has to go on, wherever they wanted to go: to a ballot that was made and not cast.
   * Only receipts can be looked at before.
   * @param {string} wanted
   * @returns {Promise<string | null>}
   */
  async lastStep(wanted) {
    if (wanted.startsWith("pass=")) return this.signIn("", wanted.slice(5));
    if (await this.ballot.pending()) return "cast";
    if (this.voter.replaced) return location.hash ? null : "replaced";
    const looking = wanted === "mine" && (await this.ballot.casts()).length > 0;
    return this.unsent && !looking ? "review" : null;
  }

  /**
   * @param {Name} name
   * @param {string[]} names what the address says after it
   * @param {boolean} moved
   */
  async show(name, [place = "0", from = ""], moved) {
    const { app } = this;
    const Screen = SCREENS[name];
    try {
      const elsewhere = Screen.guard(app);
      if (elsewhere) return app.replace(elsewhere);
      if (name === "choose") await this.#beginAgain();
      const screen = new Screen(app, Number.parseInt(place, 10) || 0, from);
      const back = "back" in screen ? String(screen.back) : "back" in Screen ? String(Screen.back) : null;
      app.frame.show(screen, { step: Screen.step, title: app.t(Screen.title), back, moved });
    } catch (error) {
      if (asTrouble(error).code === "credential-revoked") return app.replaced();
      app.stop(error);
    }
  }

  /** After a ballot was cast, choosing begins anew on top of it. */
  async #beginAgain() {
    if (this.ballot.cast) {
      await this.voter.refresh();
      await this.ballot.load();
      this.ballot.unprepare();
    }
    this.ballot.prepare();
  }

  /**
   * Leads to the contest that somebody has read about, by way of signing in where that is needed.
   * @param {string} contest
   */
  about(contest) {
    keepInTab(WANTED, contest);
    this.app.replace(this.voter.me ? this.#first() : "phone");
  }

  /** Where choosing begins: with the contest that the voter came for, where it is on their ballot. */
  #first() {
    const wanted = keptInTab(WANTED);
    keepInTab(WANTED, null);
    const place = this.ballot.contests.findIndex(({ id }) => id === wanted);
    return place > 0 ? `choose/${place}` : "choose";
  }

  /**
   * Signs in with the code, or with a pass, and says which screen comes next.
   * @param {string} code
   * @param {string} [pass]
   * @param {string} [mark] who of several people with the phone it is
   * @returns {Promise<string>}
   */
  async signIn(code, pass, mark) {
    const signedIn = pass
      ? await this.voter.enterPass(pass)
      : (this.voter.signedIn ?? (await this.voter.enterCode(code, mark)));
    if (!signedIn) return "mark";
    const { style } = signedIn;
    // Until now it stood ready to be corrected.
    this.app.typed.value = null;
    const [district, ...others] = this.election.manifest.styles;
    if (style === null) return district && others.length === 0 ? this.belong(district.id) : "district";
    return (await this.voter.takesOver()) ? "takeover" : this.belong(style);
  }

  /**
   * The voter belongs to this district, and may perhaps add another contest to its own.
   * @param {string} style the district's ballot style, or one with the contest that was added before
   * @returns {Promise<string>}
   */
  async belong(style) {
    this.voter.say(style);
    return this.addable.length > 0 ? "extra" : this.#register(style);
  }

  /** The ballot style that the voter has said on this visit. */
  get #said() {
    const said = this.voter.signedIn?.said;
    return said === undefined ? null : this.election.style(said);
  }

  /** The ballot style that this browser holds a key for. */
  get #style() {
    const { me, signedIn } = this.voter;
    const same = !signedIn || signedIn.pseudonym === me?.pseudonym;
    return me && same ? this.election.style(me.style) : null;
  }

  get #district() {
    return this.#said?.district ?? this.#style?.district;
  }

  /** The contests of which the voter may add one. */
  get addable() {
    return (this.#district?.plus_one_of ?? []).map((id) => this.election.contest(id));
  }

  /** The contest that the voter has added; null for none, undefined where that has not been decided. */
  get extra() {
    const style = this.#style;
    const said = this.#said;
    return style && (said ?? style).district === style.district ? style.extra : said?.extra || undefined;
  }

  /**
   * Decides on the other contest, and goes on with the ballot that has it.
   * @param {string | null} contest
   * @returns {Promise<string>}
   */
  async add(contest) {
    const district = this.#district;
    if (!district) return "phone";
    return this.#register(contest === null ? district.id : `${district.id}+${contest}`);
  }

  /**
   * @param {string} style
   * @returns {Promise<string>}
   */
  async #register(style) {
    if (this.voter.me?.style === style && !this.voter.signedIn) return "choose";
    await this.voter.change(style);
    await this.ballot.load();
    this.ballot.unprepare();
    this.ballot.prepare();
    return this.#first();
  }

  /** Nothing of this voter is left for whoever comes after: not the ballot, how they looked at it, or what they typed. */
  async #leave() {
    this.app.looks.forget();
    this.app.typed.value = null;
    keepInTab(WANTED, null);
    drawAnew(this.election.config.fingerprint);
    await this.voter.leave();
    this.ballot = new Ballot(this.app.t, this.election, this.voter);
  }

  /** Makes room for the next voter of a shared device. */
  async another() {
    await this.#leave();
    this.app.go("phone");
  }

  /** Removes everything this browser keeps of the election. */
  async wipe() {
    await this.election.engine.call("forget", undefined);
    await this.election.database.wipe();
    await this.#leave();
    // Not through the history: what is said comes after the screen, which would take it away.
    this.app.replace("welcome");
    this.app.announce(this.app.t("mine.wiped"));
  }

  /**
   * The receipt of a ballot, as a document.
   * @param {Cast} cast
   */
  receipt({ code, hash, index, castAt, style, receipt }) {
    const { election } = this;
    const { t } = this.app;
    const { engine } = election;
    return new ReceiptDocument(t, {
      title: said(t, election.manifest.title),
      style: election.ballotStyles.length > 1 ? election.styleTitle(t, style) : null,
      code,
      hash,
      index,
      castAt: t.hour(castAt, election.manifest.time_zone),
      fingerprint: election.config.fingerprint,
      draw: async () => {
        const link = new URL(`./#find=${await engine.call("receiptText", { receipt })}`, document.baseURI)
          .href;
        return { link, ...(await engine.call("qrCode", { text: link })) };
      },
    });
  }
}
