import { recordOf } from "../../lib/record-files.js";
import { msg } from "../../lib/text.js";
import { Page } from "../../parts/page.js";

/** @typedef {import("../../lib/engine.js").ObserverEngine} Engine */
/** @typedef {import("../../lib/config.js").SiteConfig} SiteConfig */
/** @typedef {import("../../parts/frame.js").Frame} Frame */
/** @typedef {import("../../../veche-wasm-observer.js").AuditReport} AuditReport */
/** @typedef {import("../../lib/text.js").Key} Key */
/** @typedef {import("../../lib/text.js").Texts} Texts */

/** The pages for everyone, by their name in the address and in the order of their links. Each is loaded when it is asked for. */
const SCREENS = {
  results: {
    title: msg("results.name"),
    load: async () => (await import("./screens/results.js")).ResultsScreen,
  },
  turnout: {
    title: msg("turnout.name"),
    load: async () => (await import("./screens/turnout.js")).TurnoutScreen,
  },
  verify: { title: msg("verify.name"), load: async () => (await import("./screens/verify.js")).VerifyScreen },
  find: { title: msg("find.name"), load: async () => (await import("./screens/find.js")).FindScreen },
};

/** The pages for whoever wants to see the result, check it, or find their ballot. They live on the record's files alone. */
export class PublicApp extends Page {
  /**
   * @param {Texts} t
   * @param {Frame} frame
   * @param {SiteConfig} config
   * @param {Engine} engine
   */
  constructor(t, frame, config, engine) {
    super(t, frame);
    this.config = config;
    this.engine = engine;
    this.record = recordOf(config);
  }

  /**
   * What the last whole verification on this visit has found: what it counts beside the totals stands beside them.
   * @type {AuditReport | null}
   */
  report = null;

  /** The verification that is under way on this visit. @type {import("./model/verification.js").Verification | null} */
  verification = null;

  /** The last turnout against time that was read on this visit. @type {import("./model/turnout.js").Read | null} */
  turnout = null;

  /** What was last looked for. @type {import("./screens/find.js").Sought | null} */
  sought = null;

  /** @override */
  again() {
    return this.#route(false);
  }

  /** What its pages read the record with. */
  get means() {
    return { record: this.record, engine: this.engine, fingerprint: this.config.fingerprint };
  }

  async start() {
    window.addEventListener("hashchange", () => void this.#route(true));
    void this.introduce(this.config, "#results");
    await this.#route(false);
  }

  /** What the address says after the page's name: `#find=…`. */
  get detail() {
    return location.hash.split("=").slice(1).join("=");
  }

  /** @param {boolean} moved whether the reader came here from another page, so that the focus follows */
  async #route(moved) {
    const { hash } = location;
    const name = hash.slice(1).split(/[=/]/)[0] ?? "";
    const { title, load } = Object.keys(SCREENS).includes(name)
      ? SCREENS[/** @type {keyof typeof SCREENS} */ (name)]
      : SCREENS.results;
    try {
      const Screen = await load();
      // Whoever has gone on meanwhile is not called back to a page that came late.
      if (location.hash !== hash) return;
      const screen = new Screen(this);
      this.frame.pages(
        Object.entries(SCREENS).map(([place, { title }]) => [place, this.t(title)]),
        name,
      );
      this.frame.show(screen, { step: null, title: this.t(title), back: null, moved });
    } catch (error) {
      this.stop(error);
    }
  }
}

/**
 * Opens the pages for everyone.
 * @param {Texts} t
 * @param {Frame} frame
 * @param {SiteConfig} config
 * @param {() => Promise<Engine>} start
 */
export async function open(t, frame, config, start) {
  const app = new PublicApp(t, frame, config, await start());
  await app.start();
  return app;
}
