import { asTrouble, isFatal } from "../../lib/trouble.js";
import { stop } from "../../parts/stop.js";
import { RecordFiles } from "./model/record.js";

/** @typedef {import("../../lib/engine.js").ObserverEngine} Engine */
/** @typedef {import("../../lib/config.js").SiteConfig} SiteConfig */
/** @typedef {import("../../parts/frame.js").Frame} Frame */
/** @typedef {import("../../parts/trouble.js").TroubleNotice} TroubleNotice */

/** The pages for everyone, by their name in the address. Each is loaded when it is asked for. */
const SCREENS = {
  results: async () => (await import("./screens/results.js")).ResultsScreen,
  verify: async () => (await import("./screens/verify.js")).VerifyScreen,
  find: async () => (await import("./screens/find.js")).FindScreen,
};

/** The pages for whoever wants to see the result, check it, or find their ballot. They live on the record's files alone. */
export class PublicApp {
  /**
   * @param {Frame} frame
   * @param {SiteConfig} config
   * @param {Engine} engine
   */
  constructor(frame, config, engine) {
    this.frame = frame;
    this.config = config;
    this.engine = engine;
    this.record = new RecordFiles(new URL(config.record ?? `${config.box}record/`, document.baseURI));
  }

  async start() {
    window.addEventListener("hashchange", () => void this.#route(true));
    void this.#introduce();
    await this.#route(false);
  }

  /** Names the election at the head of the page. Whether it is the right one each page finds out for itself. */
  async #introduce() {
    try {
      const manifest = await this.record.file("manifest.json");
      if (manifest)
        this.frame.introduce(JSON.parse(new TextDecoder().decode(manifest)), {
          voter: false,
          home: "#results",
        });
    } catch {
      // A page that needs the manifest says what is wrong with it.
    }
  }

  /** What the address says after the page's name: `#find=…`. */
  get detail() {
    return location.hash.split("=").slice(1).join("=");
  }

  /** @param {boolean} moved whether the reader came here from another page, so that the focus follows */
  async #route(moved) {
    const name = location.hash.slice(1).split(/[=/]/)[0] ?? "";
    const load = Object.keys(SCREENS).includes(name)
      ? SCREENS[/** @type {keyof typeof SCREENS} */ (name)]
      : SCREENS.results;
    try {
      const Screen = await load();
      const screen = new Screen(this);
      this.frame.pages(name);
      this.frame.show(screen, { step: null, title: Screen.title(), back: null, moved });
    } catch (error) {
      stop(this.frame, asTrouble(error));
    }
  }

  /**
   * Deals with an error: a grave one takes the whole page, any other stands beside what it is about.
   * @param {unknown} error
   * @param {TroubleNotice} notice
   * @param {() => void} [retry]
   */
  met(error, notice, retry) {
    const trouble = asTrouble(error);
    if (isFatal(trouble)) return stop(this.frame, trouble);
    notice.show(trouble, retry ? { retry } : {});
  }
}

/**
 * Opens the pages for everyone.
 * @param {Frame} frame
 * @param {SiteConfig} config
 * @param {Engine} engine
 */
export async function open(frame, config, engine) {
  await new PublicApp(frame, config, engine).start();
}
