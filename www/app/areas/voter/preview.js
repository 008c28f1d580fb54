import { languageOf, loadTexts } from "../../lib/languages.js";
import { keepInTab, keptInTab } from "../../lib/tab-memory.js";
import { Ballot } from "./model/ballot.js";
import { Election } from "./model/election.js";
import { Voter } from "./model/voter.js";
import { PreviewBallotsScreen, PreviewEndScreen, PreviewLaterScreen } from "./screens/preview.js";
import { PreviewMark } from "./screens/preview-mark.js";
import { Voting as RealVoting } from "./voting.js";

/**
 * The voter's area of a vote that there is not yet: the manifest's own ballots on the voter's own screens, as far as
 * nothing has to be sealed. Nobody signs in, no ballot box is asked, and what is chosen stays in this browser. It is loaded
 * where the site was published as a preview, and nowhere else.
 */

/** @typedef {import("./main.js").App} App */
/** @typedef {import("./model/announcement.js").Announcement} Announcement */
/** @typedef {import("../../lib/engine.js").VoterEngine} Engine */
/** @typedef {import("../../lib/text.js").Texts} Texts */

/** Under which name choices are kept. */
const NOBODY = "preview";

/** Where this tab keeps whose ballot it shows. */
const SHOWN = "veche-preview";

/** The voters' screens that show a ballot. */
const SHOWING = ["extra", "choose", "review"];

/** The screens of a preview alone. */
const OWN = ["ballots", "ballot", "later"];

/** The pages of other areas, which a vote must have begun for. */
const LATER = /^#(results|verify|find|trustee)\b/;

/** What of a screen says something that holds of an election alone. */
const UNTRUE = "veche-check-line, details:has(.fingerprint)";

/** A vote that is always open, and that nobody has compared with anything. */
class PreviewElection extends Election {
  /** @override @returns {import("./model/announcement.js").Stage} */
  get stage() {
    return "open";
  }
}

/** Somebody of a district. */
class PreviewVoter extends Voter {
  /** Takes up the ballot that this tab has shown. @override */
  async resume() {
    const style = keptInTab(SHOWN);
    if (this.election.ballotStyles.some(({ id }) => id === style)) this.#be(String(style));
  }

  /** No message is sent to anybody. @override */
  async requestCode() {}

  /**
   * Comes from this district; which other contest goes onto the ballot is still to be said.
   * @param {string} district
   */
  comeFrom(district) {
    this.signedIn = {
      token: "",
      expires: Date.now() + 3_600_000,
      pseudonym: NOBODY,
      style: district,
      credential: null,
      route: "",
      number: 0,
    };
  }

  /** @override @param {string} style */
  async change(style) {
    this.#be(style);
    this.signedIn = null;
    keepInTab(SHOWN, style);
  }

  /** @override */
  async refresh() {}

  /** @param {string} style */
  #be(style) {
    this.me = { pseudonym: NOBODY, style, key: "", sequence: 0, previous: "0".repeat(64) };
  }
}

/** Choices that never become a sealed ballot. */
class PreviewBallot extends Ballot {
  /** @override */
  prepare() {}

  /** @override */
  async seal() {
    return null;
  }

  /** @override */
  async commit() {}
}

/** What it takes to look at ballots, in the place of what it takes to vote. */
export class Voting extends RealVoting {
  #mark;
  /** The preview's own texts, as the page is written now. @type {Promise<Texts>} */
  #texts;

  /**
   * @param {App} app
   * @param {Election} election
   */
  constructor(app, election) {
    super(app, election);
    this.voter = new PreviewVoter(election);
    this.ballot = new PreviewBallot(app.t, election, this.voter);
    this.#mark = new PreviewMark(app.t);
    this.#texts = this.#speak();
    this.#speakAsAsked();
    app.frame.querySelector("header")?.prepend(this.#mark);
    const root = document.documentElement;
    new MutationObserver(() => (this.#texts = this.#speak())).observe(root, { attributeFilter: ["lang"] });
    const main = app.frame.main;
    const tidy = () => main.querySelectorAll(UNTRUE).forEach((element) => element.remove());
    new MutationObserver(tidy).observe(main, { childList: true, subtree: true });
    tidy();
    document.addEventListener("click", (event) => this.#keep(event), true);
  }

  /**
   * @override
   * @param {App} app
   * @param {Announcement} announced
   * @param {Promise<Engine>} program
   */
  static async open(app, announced, program) {
    const { config, manifest, kept } = announced;
    /** @type {import("../../lib/api.js").ElectionInfo} */
    const info = {
      fingerprint: config.fingerprint,
      phase: "open",
      registration: manifest.registration,
      origin: "",
      checkpoint: "",
      now: new Date().toISOString(),
      closes: manifest.closes,
      statements: [],
    };
    const parts = { engine: await program, database: await kept, info, manifest };
    return new Voting(app, new PreviewElection(announced, parts));
  }

  /** @override @param {string} name @returns {name is import("./voting.js").Name} */
  has(name) {
    return OWN.includes(name) || super.has(name);
  }

  /**
   * @override
   * @param {import("./voting.js").Name} name
   * @param {string[]} names
   * @param {boolean} moved
   */
  async show(name, names, moved) {
    if (SHOWING.includes(name)) return super.show(name, names, moved);
    if (String(name) === "ballot") return this.#open(names[0] ?? "");
    // A number that was typed leads nowhere here.
    this.app.typed.value = null;
    // The language may have changed a moment ago, before its texts were asked for.
    if ((await this.#texts).language !== document.documentElement.lang) this.#texts = this.#speak();
    const t = await this.#texts;
    const Screen =
      name === "cast"
        ? PreviewEndScreen
        : String(name) === "later"
          ? PreviewLaterScreen
          : PreviewBallotsScreen;
    const screen = new Screen(this.app, t);
    this.app.frame.show(screen, { step: null, title: screen.name, back: screen.back, moved });
  }

  /**
   * Goes on with the ballot of a district.
   * @param {string} district
   */
  async #open(district) {
    if (!this.election.manifest.styles.some(({ id }) => id === district)) return this.app.replace("ballots");
    /** @type {PreviewVoter} */ (this.voter).comeFrom(district);
    this.app.replace(await this.belong(district));
  }

  /** Loads the preview's texts in the language of the page, and writes them across it. */
  async #speak() {
    const t = await loadTexts(document, languageOf(document.documentElement), ["preview"]);
    this.#mark.show(t);
    return t;
  }

  /** A link to a ballot says in which language it is meant, and a choice at the switch becomes a part of the address. */
  #speakAsAsked() {
    const select = document.getElementById("language");
    const asked = new URLSearchParams(location.search).get("lang");
    if (!(select instanceof HTMLSelectElement) || asked === null) return;
    select.addEventListener("change", () => {
      history.replaceState(null, "", `?lang=${select.value}${location.hash}`);
    });
    if (select.value === asked || ![...select.options].some(({ value }) => value === asked)) return;
    select.value = asked;
    select.dispatchEvent(new Event("change"));
  }

  /**
   * Keeps whoever follows a link to a page that is not there yet.
   * @param {Event} event
   */
  #keep(event) {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link || !LATER.test(link.getAttribute("href") ?? "")) return;
    event.preventDefault();
    this.app.go("later");
  }
}
