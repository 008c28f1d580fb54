import { applyAccent } from "./lib/accent.js";
import { readConfig } from "./lib/config.js";
import { Engine } from "./lib/engine.js";
import { loadOtherStyles } from "./lib/integrity.js";
import { languageOf, loadTexts, onLanguage, speak } from "./lib/languages.js";
import { sentence } from "./lib/sentences.js";
import { asTrouble } from "./lib/trouble.js";
import { Frame } from "./parts/frame.js";
import { Page } from "./parts/page.js";

/** @typedef {import("./lib/config.js").SiteConfig} SiteConfig */
/** @typedef {import("./lib/text.js").Texts} Texts */
/**
 * What an area's main.js offers: `open` opens the area, and starts the worker when it wants to. What `prepare` reads is
 * read while the texts are still on their way.
 * @typedef {object} Area
 * @property {(config: SiteConfig) => Promise<any>} [prepare]
 * @property {(t: Texts, frame: Frame, config: SiteConfig, start: () => Promise<Engine<any>>, prepared: any) => Promise<Page>} open
 */
/**
 * `messages` are the files of messages that an area speaks with. Where `waits`, its worker is started with it; otherwise
 * not before there is something to read, so that nothing competes with that.
 * @typedef {{ worker: import("./lib/worker-start.js").Which, messages: string[], waits: boolean, load: () => Promise<Area> }} Place
 */

/** The areas. A visitor loads the screens of one of them and nothing of the others. @type {Record<"voter" | "public" | "trustee" | "desk", Place>} */
const AREAS = {
  voter: {
    worker: "voter",
    messages: ["frame", "about", "read", "booth", "rules", "receipt", "find"],
    waits: false,
    load: () => import("./areas/voter/main.js"),
  },
  public: {
    worker: "observer",
    messages: ["frame", "about", "receipt", "results", "turnout", "verify", "checks", "find"],
    waits: true,
    load: () => import("./areas/public/main.js"),
  },
  trustee: {
    worker: "observer",
    messages: ["frame", "about", "trustees", "words"],
    waits: true,
    load: () => import("./areas/trustee/main.js"),
  },
  desk: {
    worker: "observer",
    messages: [
      "frame",
      "about",
      "desk",
      "words",
      "desk-describe",
      "desk-preview",
      "desk-trustees",
      "desk-people",
      "desk-help",
      "desk-run",
      "desk-finish",
      "trustees",
      "results",
      "turnout",
    ],
    waits: false,
    load: () => import("./areas/desk/main.js"),
  },
};

/** What it takes inside a page of a portal. */
const loadEmbedded = () => import("./embedded.js");

/**
 * What the site is published for and, inside another page, which page that is: nothing goes on inside one that the town
 * has not named.
 * @returns {Promise<SiteConfig>}
 */
async function configure() {
  if (window.parent === window) return readConfig();
  const [config, { Portal }] = await Promise.all([readConfig(), loadEmbedded()]);
  return { ...config, portal: await Portal.meet(config) };
}

/**
 * Shows one of the sentences that index.html holds for the time before the page can speak for itself.
 * @param {"old-browser" | "damaged"} id
 */
function plainly(id) {
  document.getElementById("opening")?.setAttribute("hidden", "");
  document.getElementById(id)?.removeAttribute("hidden");
}

/** The program did not start; the sentence for that is one of index.html's. */
class NotStarted extends Error {
  /** @param {"old-browser" | "damaged"} sentence */
  constructor(sentence) {
    super(sentence);
    this.sentence = sentence;
  }
}

/**
 * Whatever the engine did not understand is newer than this browser; anything else is not what was published.
 * @param {unknown} error
 */
function notStarted(error) {
  if (error instanceof NotStarted) return error;
  console.error(error);
  return new NotStarted(error instanceof SyntaxError ? "old-browser" : "damaged");
}

/** @param {import("./lib/worker-start.js").Which} which */
async function startEngine(which) {
  try {
    const engine = await Engine.start(which);
    if (engine) return engine;
  } catch (error) {
    throw notStarted(error);
  }
  throw new NotStarted("old-browser");
}

/** Opens the election that this site was published for, or says plainly why not. */
async function open() {
  const root = document.documentElement;
  // early.js did not run, or saw a file that is not what was published.
  if (!("early" in root.dataset) || "damaged" in root.dataset) return plainly("damaged");
  // Whose page the address asks for, by early.js.
  const here = /** @type {keyof typeof AREAS} */ (root.dataset.area);
  const place = AREAS[here];
  // All are asked for at once and met below, so that none waits for another.
  const configured = configure();
  configured.catch(() => undefined);
  const loading = place.load();
  const prepared = Promise.all([loading, configured]).then(([area, config]) => area.prepare?.(config));
  prepared.catch(() => undefined);
  const speaking = Promise.all([
    loading,
    loadTexts(document, languageOf(root), place.messages),
    here === "voter" ? undefined : loadOtherStyles(document),
  ]);
  speaking.catch(() => undefined);
  /** @type {Promise<Engine<any>> | null} */
  let engine = null;
  const start = () => (engine ??= startEngine(place.worker));
  if (place.waits) start().catch(() => undefined);
  /** @type {Area} */
  let area;
  /** @type {Texts} */
  let t;
  try {
    [area, t] = await speaking;
    if (place.waits) await start();
    // What there is to read is the first thing that is drawn, unless it takes long.
    await Promise.race([prepared.catch(() => undefined), new Promise((resolve) => setTimeout(resolve, 100))]);
    // Another language may have been asked for meanwhile, and while its texts are on their way yet another.
    while (t.language !== languageOf(root)) t = await loadTexts(document, languageOf(root), place.messages);
  } catch (error) {
    return plainly(notStarted(error).sentence);
  }
  root.dataset.started = "";
  const frame = new Frame(t);
  document.getElementById("opening")?.remove();
  document.body.append(frame);
  frame.opening();
  /** @type {Page | null} */
  let page = null;
  onLanguage(root, async (language) => {
    const texts = await loadTexts(document, language, place.messages).catch((error) => {
      const spoken = page?.t ?? t;
      frame.warn(sentence(spoken, asTrouble(error)));
      throw error;
    });
    speak(root, language);
    // Before there is a page nothing can have been chosen or typed.
    if (page) await page.speak(texts);
    else setTimeout(() => location.reload());
  });
  try {
    const config = await configured;
    // A preview is of ballots alone, and every page of it says that it is one.
    if (config.preview && here !== "voter") return location.replace(location.pathname + location.search);
    applyAccent(config.portal?.accent ?? config.accent, root);
    window.addEventListener("hashchange", () => {
      if (root.dataset.area !== here) location.reload();
    });
    page = await area.open(t, frame, config, start, await prepared);
    await page.begin();
  } catch (error) {
    if (error instanceof NotStarted) {
      frame.remove();
      return plainly(error.sentence);
    }
    page ??= new Page(t, frame);
    page.stop(error);
  }
}

void open();
