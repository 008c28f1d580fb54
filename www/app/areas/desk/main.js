import { msg } from "../../lib/text.js";
import { asTrouble } from "../../lib/trouble.js";
import { Page } from "../../parts/page.js";
import { Desk } from "./model/desk.js";
import { DeskDoorScreen } from "./screens/door.js";
import { DeskKeyScreen } from "./screens/key.js";
import { DeskWordsScreen } from "./screens/words.js";

/** @typedef {import("../../lib/config.js").SiteConfig} SiteConfig */
/** @typedef {import("../../parts/frame.js").Frame} Frame */
/** @typedef {import("../../parts/screen.js").Screen<DeskApp>} DeskScreen */
/** @typedef {import("../../lib/text.js").Key} Key */
/** @typedef {import("../../lib/text.js").Texts} Texts */
/** @typedef {{ title: Key, load: () => Promise<new (app: DeskApp) => HTMLElement> }} Place */

/** The pages of the desk, by their address and in the order of the work. Each is loaded when it is asked for. @type {Record<string, Place>} */
const PLACES = {
  desk: { title: msg("desk.home"), load: async () => (await import("./screens/home.js")).DeskHomeScreen },
  "desk/describe": {
    title: msg("describe.name"),
    load: async () => (await import("./screens/describe.js")).DeskDescribeScreen,
  },
  "desk/preview": {
    title: msg("desk-preview.name"),
    load: async () => (await import("./screens/preview.js")).DeskPreviewScreen,
  },
  "desk/freeze": {
    title: msg("freeze.name"),
    load: async () => (await import("./screens/freeze.js")).DeskFreezeScreen,
  },
  "desk/box": { title: msg("desk.box"), load: async () => (await import("./screens/box.js")).DeskBoxScreen },
  "desk/trustees": {
    title: msg("desk-trustees.name"),
    load: async () => (await import("./screens/trustees.js")).DeskTrusteesScreen,
  },
  "desk/people": {
    title: msg("people.title"),
    load: async () => (await import("./screens/people.js")).DeskPeopleScreen,
  },
  "desk/help": {
    title: msg("help.title"),
    load: async () => (await import("./screens/help.js")).DeskHelpScreen,
  },
  "desk/run": { title: msg("run.name"), load: async () => (await import("./screens/run.js")).DeskRunScreen },
  "desk/finish": {
    title: msg("finish.name"),
    load: async () => (await import("./screens/finish.js")).DeskFinishScreen,
  },
  "desk/next-year": {
    title: msg("next.name"),
    load: async () => (await import("./screens/next-year.js")).DeskNextYearScreen,
  },
};

/** The organiser's pages. Where one is stands in the address; what is done, in the desk's folder. */
export class DeskApp extends Page {
  /**
   * @param {Texts} t
   * @param {Frame} frame
   */
  constructor(t, frame) {
    super(t, frame);
    this.desk = new Desk();
  }

  /** The words of the key, until somebody has written them down. @type {string[] | null} */
  words = null;

  /** Which of them are asked back, by their places, once somebody has written them down. @type {number[] | null} */
  asked = null;

  /**
   * What was copied for the next year, as long as its page stays open: it is said again in another language.
   * @type {import("./copied.js").Copied | null}
   */
  copied = null;

  /** The address of the site, as it was typed for the invitations. */
  site = "";

  /** @override */
  again() {
    return this.route(false);
  }

  /**
   * The pages are long: whoever has pressed a button at their end sees what came of it.
   * @override
   * @param {unknown} error
   * @param {import("../../parts/trouble.js").TroubleNotice} notice
   * @param {() => void} [retry]
   */
  met(error, notice, retry) {
    super.met(error, notice, retry);
    if (notice.isConnected) notice.scrollIntoView({ block: "nearest" });
  }

  async start() {
    const token = /^#desk=([0-9a-f]+)$/.exec(location.hash)?.[1];
    // It does not stay in the address, where a history would keep it.
    if (token) history.replaceState(null, "", "#desk");
    window.addEventListener("hashchange", () => {
      // The desk was started again: its new link was opened in the same tab.
      if (location.hash.startsWith("#desk=")) location.reload();
      else {
        this.copied = null;
        void this.route(true);
      }
    });
    try {
      if (token) await this.desk.enter(token);
    } catch (error) {
      return this.#refuse(error);
    }
    await this.route(false);
  }

  /**
   * Shows the page that the address names, after the key is open.
   * @param {boolean} moved whether the reader came here from another page, so that the focus follows
   */
  async route(moved) {
    if (!this.desk.known) return this.#refuse(null);
    try {
      const progress = await this.desk.look();
      if (this.words) {
        const title = this.asked ? msg("words.ask-name") : msg("desk.key");
        return this.#show(new DeskWordsScreen(this), title, moved);
      }
      // Words that nobody has confirmed are shown again, for the passphrase.
      if (!progress.open || progress.words_owed)
        return this.#show(new DeskKeyScreen(this), msg("desk.key"), moved);
      const name = location.hash.slice(1);
      const place = PLACES[name] ? name : "desk";
      const { title, load } = /** @type {Place} */ (PLACES[place]);
      const Screen = await load();
      // Whoever has gone on meanwhile is not called back to a page that came late.
      if (location.hash.slice(1) !== name) return;
      const pages = Object.entries(PLACES).map(
        ([name, { title }]) => /** @type {[string, string]} */ ([name, this.t(title)]),
      );
      this.frame.pages(pages, place);
      this.#show(new Screen(this), title, moved);
    } catch (error) {
      if (["desk-stranger", "desk-closed"].includes(asTrouble(error).code)) return this.#refuse(error);
      this.stop(error);
    }
  }

  /** @param {unknown} error why nobody comes in; null for a tab that has not come by the link */
  #refuse(error) {
    this.#show(new DeskDoorScreen(this, error), msg("desk.name"), true);
  }

  /**
   * @param {HTMLElement} screen
   * @param {Key} title
   * @param {boolean} moved
   */
  #show(screen, title, moved) {
    this.frame.show(screen, { step: null, title: this.t(title), back: null, moved });
  }
}

/**
 * Opens the organiser's pages.
 * @param {Texts} t
 * @param {Frame} frame
 */
export async function open(t, frame) {
  const app = new DeskApp(t, frame);
  await app.start();
  return app;
}
