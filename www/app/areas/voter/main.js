import { said } from "../../lib/dom.js";
import { saveJson } from "../../lib/download.js";
import { drawAnew } from "../../lib/drawn-order.js";
import { Looks } from "../../lib/look.js";
import { Trouble, asTrouble, isFatal, isUnreached } from "../../lib/trouble.js";
import { Page } from "../../parts/page.js";
import { ReceiptDocument } from "../../parts/receipt-document.js";
import { Announcement } from "./model/announcement.js";
import { Ballot } from "./model/ballot.js";
import { Election } from "./model/election.js";
import { receiptFile } from "./model/receipt-file.js";
import { Voter } from "./model/voter.js";
import { CastScreen } from "./screens/cast.js";
import { ChooseScreen } from "./screens/choose.js";
import { CodeScreen } from "./screens/code.js";
import { ContestScreen } from "./screens/contest.js";
import { DistrictScreen } from "./screens/district.js";
import { ExtraScreen } from "./screens/extra.js";
import { MineScreen } from "./screens/mine.js";
import { PhoneScreen } from "./screens/phone.js";
import { ProjectScreen } from "./screens/project.js";
import { ReceiptScreen } from "./screens/receipt.js";
import { ReplacedScreen } from "./screens/replaced.js";
import { ReviewScreen } from "./screens/review.js";
import { TakeoverScreen } from "./screens/takeover.js";
import { WelcomeScreen } from "./screens/welcome.js";

/** @typedef {import("../../parts/frame.js").Frame} Frame */
/** @typedef {import("./model/box.js").Cast} Cast */
/** @typedef {import("../../lib/config.js").SiteConfig} SiteConfig */
/** @typedef {import("../../lib/engine.js").VoterEngine} VoterEngine */
/** @typedef {import("../../lib/text.js").Texts} Texts */
/** @typedef {import("../../parts/trouble.js").TroubleNotice} TroubleNotice */

/** The screens that show what was announced, by their name in the address, after the `#`. They wait for nothing. */
const READING = {
  welcome: WelcomeScreen,
  contests: WelcomeScreen,
  contest: ContestScreen,
  project: ProjectScreen,
};

/** @param {string} name @returns {name is keyof typeof READING} */
const isReading = (name) => Object.keys(READING).includes(name);

/** The screens for which the election must have been verified. */
const SCREENS = {
  phone: PhoneScreen,
  code: CodeScreen,
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

/** Whose value is the contest that a voter wants to vote on, while they sign in: the page may be reloaded meanwhile. */
const WANTED = "veche-wanted";

/** Leads from screen to screen. The address says where the voter is, so that the browser's own back button works. */
export class App extends Page {
  #announced;
  #start;
  /** @type {Election | null} null until it has been verified */
  #election = null;
  /** @type {Voter | null} */
  #voter = null;
  /** @type {Ballot | null} */
  #ballot = null;
  /** @type {{ verified(): void } | null} the screen that is read */
  #reading = null;
  /** @type {() => void} */
  #verified = () => undefined;

  /**
   * @param {Texts} t
   * @param {Frame} frame
   * @param {Announcement} announced
   * @param {boolean} begun whether somebody has begun to vote in this browser
   * @param {() => Promise<VoterEngine>} start
   */
  constructor(t, frame, announced, begun, start) {
    super(t, frame);
    this.#announced = announced;
    this.#start = start;
    this.begun = begun;
    this.looks = new Looks(announced.config.fingerprint);
    this.stopped = false;
    /** Whether the election is verified and this browser knows where its voter stands. */
    this.ready = false;
    /** @type {Promise<void>} until then */
    this.verified = new Promise((resolve) => (this.#verified = resolve));
    /** What keeps the page from asking the ballot box. @type {{ error: unknown, retry: () => void } | null} */
    this.unreached = null;
  }

  /** What there is to read: what was announced, and the election as soon as it has been verified. */
  get announcement() {
    return this.#election ?? this.#announced;
  }

  get election() {
    if (!this.#election) throw new Trouble("engine", { detail: "not verified yet" });
    return this.#election;
  }

  get voter() {
    return (this.#voter ??= new Voter(this.election));
  }

  get ballot() {
    return (this.#ballot ??= new Ballot(this.t, this.election, this.voter));
  }

  /** Shows what was announced. Nobody has compared it with the fingerprint yet. */
  async read() {
    window.addEventListener("hashchange", () => void this.#route(true));
    document.addEventListener("visibilitychange", () => {
      // Another tab may have gone on meanwhile; what is typed or chosen here stays as it is.
      const stale = this.ready && this.voter.me && this.#name === "welcome";
      if (stale && document.visibilityState === "visible") void this.#route(false);
    });
    this.frame.introduce(this.announcement.manifest);
    await this.#route(false);
  }

  /** @override */
  async begin() {
    await painted();
    await this.#verify(this.#start());
  }

  /**
   * Asks the ballot box and the worker, and goes on when they agree with what was announced.
   * @param {Promise<VoterEngine>} program
   * @returns {Promise<void>}
   */
  async #verify(program) {
    try {
      this.#election = await Election.open(this.#announced, program);
      const { manifest, notices, saysAll } = this.election;
      this.frame.introduce(manifest, { notices, saysAll });
      await this.voter.resume();
      if (this.voter.me) await this.ballot.load();
    } catch (error) {
      if (!this.#reading || !isUnreached(asTrouble(error))) throw error;
      await this.#reached(error);
      return this.#verify(program);
    }
    if (this.voter.me && !this.voter.replaced) this.ballot.prepare();
    this.ready = true;
    this.#verified();
    const last = await this.#lastStep();
    if (last) this.replace(last);
    else if (this.#reading) this.#reading.verified();
    else await this.#route(false);
  }

  /**
   * Says that the ballot box is not reached, on the screen that is read meanwhile, until it is time to try again.
   * @param {unknown} error
   */
  async #reached(error) {
    await new Promise((resolve) => {
      const again = () => resolve(undefined);
      this.unreached = { error, retry: again };
      window.addEventListener("online", again, { once: true });
      this.#reading?.verified();
    });
    this.unreached = null;
    this.#reading?.verified();
  }

  /** The screen that the address names; where it names none, the first. */
  get #name() {
    const [name = ""] = location.hash.slice(1).split("/");
    // Own names only: "#constructor" is no screen.
    const known = Object.keys({ ...READING, ...SCREENS, vote: null }).includes(name);
    return known ? /** @type {keyof typeof READING | keyof typeof SCREENS | "vote"} */ (name) : "welcome";
  }

  /**
   * Where whoever comes to the page has to go on, wherever they wanted to go: to a ballot that was made and not cast.
   * Only receipts can be looked at before.
   * @returns {Promise<keyof typeof SCREENS | null>}
   */
  async #lastStep() {
    if (await this.ballot.pending()) return "cast";
    if (this.voter.replaced) return location.hash ? null : "replaced";
    const looking = this.#name === "mine" && (await this.ballot.casts()).length > 0;
    return this.unsent && !looking ? "review" : null;
  }

  /** Takes over what other tabs have done meanwhile. */
  async reread() {
    if (this.voter.me) await this.ballot.reread();
  }

  /** Whether a ballot waits in this browser that its voter can still cast. */
  get unsent() {
    return this.ballot.sealed !== null && !this.voter.replaced && this.election.stage === "open";
  }

  /** @param {string} where a screen's name, perhaps with a number: `choose/1` */
  go(where) {
    if (location.hash === `#${where}`) void this.#route(true);
    else location.hash = where;
  }

  /**
   * Goes on without leaving the present screen in the browser's history.
   * @param {string} where
   */
  replace(where) {
    history.replaceState(null, "", `#${where}`);
    void this.#route(true);
  }

  /** @param {boolean} moved whether the voter came here from another screen, so that the focus follows */
  async #route(moved) {
    if (this.stopped) return;
    const [, ...names] = location.hash.slice(1).split("/");
    const name = this.#name;
    this.#reading = null;
    if (isReading(name)) return this.#read(name, names, moved);
    if (!this.ready) return this.unreached ? this.stop(this.unreached.error) : this.frame.opening();
    if (name === "vote") return this.#vote(decoded(names[0] ?? ""));
    const Screen = SCREENS[name];
    const [place = "0", from = ""] = names;
    try {
      const elsewhere = Screen.guard(this);
      if (elsewhere) return this.replace(elsewhere);
      if (name === "choose") await this.#beginAgain();
      const screen = new Screen(this, Number.parseInt(place, 10) || 0, from);
      const back = "back" in screen ? String(screen.back) : "back" in Screen ? String(Screen.back) : null;
      this.frame.show(screen, { step: Screen.step, title: this.t(Screen.title), back, moved });
    } catch (error) {
      if (asTrouble(error).code === "credential-revoked") return this.replaced();
      this.stop(error);
    }
  }

  /** @override */
  again() {
    if (this.#ballot) this.#ballot.t = this.t;
    return this.#route(false);
  }

  /**
   * @param {keyof typeof READING} name
   * @param {string[]} names what the address says after it
   * @param {boolean} moved
   */
  #read(name, names, moved) {
    try {
      const screen = new READING[name](this, names.map(decoded));
      this.frame.show(screen, { step: null, title: screen.name, back: screen.back, moved });
      if (name === "contests") screen.querySelector("h2.contests")?.scrollIntoView();
      this.#reading = screen;
    } catch (error) {
      if (this.ready) return this.stop(error);
      // What cannot be shown is not what was announced, as the worker is about to say.
      console.error(error);
      this.frame.opening();
    }
  }

  /**
   * Leads to the contest that somebody has read about, by way of signing in where that is needed.
   * @param {string} contest
   */
  #vote(contest) {
    sessionStorage.setItem(WANTED, contest);
    this.replace(this.voter.me ? this.first() : "phone");
  }

  /** Where choosing begins: with the contest that the voter came for, where it is on their ballot. */
  first() {
    const wanted = sessionStorage.getItem(WANTED);
    sessionStorage.removeItem(WANTED);
    const place = this.ballot.contests.findIndex(({ id }) => id === wanted);
    return place > 0 ? `choose/${place}` : "choose";
  }

  /** Another browser has taken over: the voter is told, and led on. */
  replaced() {
    this.voter.replaced = true;
    this.replace("replaced");
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
   * Signs in with the code and says which screen comes next.
   * @param {string} code
   * @returns {Promise<string>}
   */
  async signIn(code) {
    const { style } = this.voter.signedIn ?? (await this.voter.enterCode(code));
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
    return this.addable.length > 0 ? "extra" : this.register(style);
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

  /** The contests of which the voter may add one. */
  get addable() {
    const district = this.#said?.district ?? this.#style?.district;
    return (district?.plus_one_of ?? []).map((id) => this.election.contest(id));
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
    const district = this.#said?.district ?? this.#style?.district;
    if (!district) return "phone";
    return this.register(contest === null ? district.id : `${district.id}+${contest}`);
  }

  /**
   * @param {string} style
   * @returns {Promise<string>}
   */
  async register(style) {
    if (this.voter.me?.style === style && !this.voter.signedIn) return "choose";
    await this.voter.change(style);
    await this.ballot.load();
    this.ballot.unprepare();
    this.ballot.prepare();
    return this.first();
  }

  /** Nothing of how this voter looked at the ballot is left for whoever comes after. */
  #unlook() {
    this.looks.forget();
    sessionStorage.removeItem(WANTED);
    drawAnew(this.election.config.fingerprint);
  }

  /** Makes room for the next voter of a shared device. */
  async another() {
    this.#unlook();
    await this.voter.leave();
    this.#ballot = null;
    this.go("phone");
  }

  /** Removes everything this browser keeps of the election. */
  async wipe() {
    this.#unlook();
    await this.election.engine.call("forget", undefined);
    await this.election.database.wipe();
    await this.voter.leave();
    this.#ballot = null;
    // Not through the history: what is said comes after the screen, which would take it away.
    this.replace("welcome");
    this.announce(this.t("mine.wiped"));
  }

  /**
   * The receipt of a ballot, as a document.
   * @param {Cast} cast
   */
  receipt({ code, hash, index, castAt, style, receipt }) {
    const { election, t } = this;
    const { engine } = election;
    return new ReceiptDocument(t, {
      title: said(t, election.manifest.title),
      style: election.ballotStyles.length > 1 ? election.styleTitle(t, style) : null,
      code,
      hash,
      index,
      castAt,
      fingerprint: election.config.fingerprint,
      draw: async () => {
        const link = new URL(`./#find=${await engine.call("receiptText", { receipt })}`, document.baseURI)
          .href;
        return { link, ...(await engine.call("qrCode", { text: link })) };
      },
    });
  }

  /** @param {Cast} cast */
  saveReceipt(cast) {
    saveJson(
      this.t("receipt.file", { code: cast.code }),
      receiptFile(cast, this.election.config.fingerprint),
    );
  }

  /** @param {import("../../lib/dom.js").Children} text */
  announce(text) {
    this.frame.announce(text);
  }

  /**
   * @override
   * @param {unknown} error
   * @param {TroubleNotice} notice
   * @param {() => void} [retry]
   */
  met(error, notice, retry) {
    if (asTrouble(error).code !== "credential-revoked") return super.met(error, notice, retry);
    this.replaced();
  }

  /** @override @param {unknown} error */
  stop(error) {
    this.stopped = isFatal(asTrouble(error));
    super.stop(error);
  }
}

/**
 * A name out of the address, which anybody may have written.
 * @param {string} name
 */
function decoded(name) {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Until the browser has put on the screen what it was given; not for ever, as a page in the background paints nothing. */
const painted = () =>
  new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, 300);
  });

/**
 * Reads what was announced, and whether somebody has begun to vote in this browser.
 * @param {SiteConfig} config
 */
export async function prepare(config) {
  const announcement = await Announcement.read(config);
  return { announcement, begun: await announcement.begun() };
}

/**
 * Opens the voter's area: what was announced can be read at once, and is verified meanwhile.
 * @param {Texts} t
 * @param {Frame} frame
 * @param {SiteConfig} _config
 * @param {() => Promise<VoterEngine>} start
 * @param {Awaited<ReturnType<typeof prepare>>} prepared
 */
export async function open(t, frame, _config, start, { announcement, begun }) {
  const app = new App(t, frame, announcement, begun, start);
  await app.read();
  return app;
}
