import { asTrouble } from "../../lib/trouble.js";
import { Page } from "../../parts/page.js";
import { somePlaces } from "../../parts/words-ask.js";
import { Desk, readInvitation } from "./model/trustee.js";
import { TrusteeAskScreen } from "./screens/ask.js";
import { TrusteeDeskScreen } from "./screens/desk.js";
import { TrusteeDoorScreen } from "./screens/door.js";
import { TrusteeInviteScreen } from "./screens/invite.js";
import { TrusteeOpeningScreen } from "./screens/opening.js";
import { TrusteeWordsScreen } from "./screens/words.js";

/** @typedef {import("../../lib/engine.js").ObserverEngine} Engine */
/** @typedef {import("../../lib/config.js").SiteConfig} SiteConfig */
/** @typedef {import("../../parts/frame.js").Frame} Frame */
/** @typedef {import("../../parts/steps.js").Step} Step */
/** @typedef {import("../../lib/text.js").Texts} Texts */
/** @typedef {import("../../lib/text.js").Key} Key */
/** @typedef {import("./model/trustee.js").Status} Status */

/**
 * How far the whole has come, as one of the trustees' five steps.
 * @param {Status} status
 * @returns {import("../../parts/steps.js").TrusteeStep}
 */
export function stage({ course, round }) {
  if (course === "setup") return "rehearse";
  if (course !== "founded") return "decrypt";
  return round === "commit" ? "share" : round === "confirm" ? "confirm" : "exchange";
}

/** Leads a trustee from screen to screen. Where they stand is on the board and not in the address. */
export class TrusteeApp extends Page {
  /**
   * @param {Texts} t
   * @param {Frame} frame
   * @param {Desk} desk
   */
  constructor(t, frame, desk) {
    super(t, frame);
    this.desk = desk;
  }

  /** Makes the present screen and shows it. @type {((moved: boolean) => void) | null} */
  #shown = null;

  /**
   * @param {() => HTMLElement} make the screen
   * @param {Key} title
   * @param {{ step?: Step | null, moved?: boolean }} [about]
   */
  #show(make, title, { step = null, moved = true } = {}) {
    this.#shown = (moved) => this.frame.show(make(), { step, title: this.t(title), back: null, moved });
    this.#shown(moved);
  }

  /** @override */
  again() {
    this.#shown?.(false);
    if (this.desk.present) this.advance();
  }

  /** Which trustee it is comes first, then the board. */
  async start() {
    const invitation = readInvitation(location.hash);
    if (invitation) this.desk.invitation = invitation;
    // The token does not stay in the address, where somebody beside the trustee or a history would keep it.
    if (location.hash !== "#trustee") history.replaceState(null, "", "#trustee");
    // Another invitation, opened in the same tab: the page begins anew with it.
    window.addEventListener("hashchange", () => {
      if (readInvitation(location.hash)) location.reload();
    });
    if (this.desk.invitation) return this.opening(false);
    return this.invite(false);
  }

  /** @param {boolean} moved */
  invite(moved) {
    this.#show(() => new TrusteeInviteScreen(this), TrusteeInviteScreen.title, { moved });
  }

  /** @param {boolean} moved */
  opening(moved) {
    this.#show(() => new TrusteeOpeningScreen(this), TrusteeOpeningScreen.title, { moved });
  }

  /**
   * The board is verified: make a share, or come back with the words.
   * @param {boolean} [elsewhere] whether another tab has taken the trustee's work away from this one
   */
  door(elsewhere = false) {
    const { manifest, status, own } = this.desk;
    if (!manifest || !status) return this.opening(true);
    this.frame.introduce(manifest, { voter: false });
    if (!own) return this.refuse();
    this.#show(() => new TrusteeDoorScreen(this, elsewhere), TrusteeDoorScreen.title, {
      step: stage(status),
    });
  }

  /** The number is nobody's: ask again. */
  refuse() {
    this.desk.invitation = null;
    this.#show(() => new TrusteeInviteScreen(this, true), TrusteeInviteScreen.title);
  }

  /** @param {string[]} words */
  words(words) {
    this.#show(() => new TrusteeWordsScreen(this, words), TrusteeWordsScreen.title, { step: "share" });
  }

  /** @param {string[]} words */
  ask(words) {
    const asked = somePlaces(words.length);
    this.#show(() => new TrusteeAskScreen(this, words, asked), TrusteeAskScreen.title, { step: "share" });
  }

  /** The steps, from now on. */
  work() {
    const { status } = this.desk;
    if (!status) return this.opening(true);
    this.#show(() => new TrusteeDeskScreen(this), TrusteeDeskScreen.title, { step: stage(status) });
  }

  /** The board has gone on: the steps above say so. */
  advance() {
    if (this.desk.status) this.frame.step(stage(this.desk.status));
  }

  /**
   * @override
   * @param {unknown} error
   * @param {import("../../parts/trouble.js").TroubleNotice} notice
   * @param {() => void} [retry]
   */
  met(error, notice, retry) {
    if (this.desk.present && asTrouble(error).code === "trustee-elsewhere") {
      this.desk.present = false;
      return this.door(true);
    }
    super.met(error, notice, retry);
  }

  /** @override @param {unknown} error */
  stop(error) {
    void this.desk.leave().catch(() => undefined);
    super.stop(error);
  }
}

/**
 * Opens a trustee's pages.
 * @param {Texts} t
 * @param {Frame} frame
 * @param {SiteConfig} config
 * @param {() => Promise<Engine>} start
 */
export async function open(t, frame, config, start) {
  const app = new TrusteeApp(t, frame, new Desk(config, await start()));
  void app.introduce(config, "#trustee");
  await app.start();
  return app;
}
