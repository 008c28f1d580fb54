import { Looks } from "../../lib/look.js";
import { TabMemory } from "../../lib/tab-memory.js";
import { Trouble, asTrouble, isFatal, isUnreached } from "../../lib/trouble.js";
import { Page } from "../../parts/page.js";
import { Announcement } from "./model/announcement.js";
import { ContestScreen } from "./screens/contest.js";
import { ProjectScreen } from "./screens/project.js";
import { WelcomeScreen } from "./screens/welcome.js";

/** @typedef {import("../../parts/frame.js").Frame} Frame */
/** @typedef {import("./voting.js").Voting} Voting */
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

/** What it takes to vote. Nobody needs it to read. */
const loadVoting = () => import("./voting.js");

/** What shows the ballots of a vote that there is not yet, and takes none. */
const loadPreview = () => import("./preview.js");

/** Leads from screen to screen. The address says where the voter is, so that the browser's own back button works. */
export class App extends Page {
  #announced;
  #start;
  /** @type {Voting | null} null until the election has been verified */
  #voting = null;
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
    /** The number that is typed, until its code was entered. @type {TabMemory<{ phone: string, expires: number }>} */
    this.typed = new TabMemory(`veche-phone-${announced.config.fingerprint}`);
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
    return this.#voting?.election ?? this.#announced;
  }

  /** The page around this one. */
  get portal() {
    return this.#announced.config.portal;
  }

  get voting() {
    if (!this.#voting) throw new Trouble("engine", { detail: "not verified yet" });
    return this.#voting;
  }

  get election() {
    return this.voting.election;
  }

  get voter() {
    return this.voting.voter;
  }

  get ballot() {
    return this.voting.ballot;
  }

  /** Shows what was announced. Nobody has compared it with the fingerprint yet. */
  async read() {
    window.addEventListener("hashchange", () => void this.#route(true));
    document.addEventListener("visibilitychange", () => {
      // Another tab may have gone on meanwhile; what is typed or chosen here stays as it is.
      const stale = this.ready && this.voter.me && ["", "welcome"].includes(this.#place.name);
      if (stale && document.visibilityState === "visible") void this.#route(false);
    });
    this.frame.introduce(this.announcement.manifest);
    await this.#route(false);
  }

  /** @override */
  async begin() {
    await painted();
    const loading = (this.#announced.config.preview ? loadPreview() : loadVoting()).catch((error) => {
      throw new Trouble("engine", { detail: String(error) });
    });
    await this.#verify(loading, this.#start());
  }

  /**
   * Asks the ballot box and the worker, and goes on when they agree with what was announced.
   * @param {ReturnType<typeof loadVoting | typeof loadPreview>} loading
   * @param {Promise<VoterEngine>} program
   * @returns {Promise<void>}
   */
  async #verify(loading, program) {
    try {
      const { Voting } = await loading;
      this.#voting = await Voting.open(this, this.#announced, program);
      const { manifest, notices, saysAll } = this.election;
      this.frame.introduce(manifest, { notices, saysAll });
      await this.voting.resume();
    } catch (error) {
      if (!this.#reading || !isUnreached(asTrouble(error))) throw error;
      await this.#reached(error);
      return this.#verify(loading, program);
    }
    if (this.voter.me && !this.voter.replaced) this.ballot.prepare();
    this.ready = true;
    this.#verified();
    this.portal?.tell("ready");
    const last = await this.voting.lastStep(this.#place.name);
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

  /** The screen that the address names, and what it says after that. */
  get #place() {
    const [name = "", ...names] = location.hash.slice(1).split("/");
    return { name, names: names.map(decoded) };
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
    const { name, names } = this.#place;
    this.#reading = null;
    if (isReading(name)) return this.#read(name, names, moved);
    if (name === "") return this.#read("welcome", names, moved);
    // Which screens there are besides is known when they are there.
    if (!this.ready) return this.unreached ? this.stop(this.unreached.error) : this.frame.opening();
    if (name === "vote") return this.voting.about(names[0] ?? "");
    return this.voting.has(name) ? this.voting.show(name, names, moved) : this.#read("welcome", names, moved);
  }

  /** @override */
  again() {
    if (this.#voting) this.ballot.t = this.t;
    return this.#route(false);
  }

  /**
   * @param {keyof typeof READING} name
   * @param {string[]} names what the address says after it
   * @param {boolean} moved
   */
  #read(name, names, moved) {
    try {
      const screen = new READING[name](this, names);
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

  /** Another browser has taken over: the voter is told, and led on. */
  replaced() {
    this.voter.replaced = true;
    this.portal?.tell("replaced");
    this.replace("replaced");
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
    const trouble = asTrouble(error);
    if (trouble.code === "credential-revoked") return this.replaced();
    if (!isFatal(trouble)) this.portal?.failed(trouble);
    super.met(error, notice, retry);
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
