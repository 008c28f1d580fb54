import { applyAccent } from "./lib/accent.js";
import { readConfig } from "./lib/config.js";
import { Engine } from "./lib/engine.js";
import { preload } from "./lib/integrity.js";
import { languageOf, loadTexts, onLanguage, speak } from "./lib/languages.js";
import { sentence } from "./lib/sentences.js";
import { asTrouble } from "./lib/trouble.js";
import { Frame } from "./parts/frame.js";
import { Page } from "./parts/page.js";

/** @typedef {import("./lib/config.js").SiteConfig} SiteConfig */
/** @typedef {import("./lib/text.js").Texts} Texts */
/**
 * What an area's main.js offers.
 * @typedef {object} Area
 * @property {string[]} messages  the files of messages it speaks with
 * @property {(t: Texts, frame: Frame, config: SiteConfig, engine: Engine<any>) => Promise<Page>} open
 */
/** @typedef {{ worker: import("./lib/worker-start.js").Which, load: () => Promise<Area> }} Place */

/** The three areas. A visitor loads the screens of one of them and nothing of the others. */
const AREAS = {
  /** @type {Place} */
  voter: { worker: "voter", load: () => import("./areas/voter/main.js") },
  /** @type {Place} */
  public: { worker: "observer", load: () => import("./areas/public/main.js") },
  /** @type {Place} */
  trustee: { worker: "observer", load: () => import("./areas/trustee/main.js") },
};

/**
 * Shows one of the sentences that index.html holds for the time before the page can speak for itself.
 * @param {"old-browser" | "damaged"} id
 */
function plainly(id) {
  document.getElementById("opening")?.setAttribute("hidden", "");
  document.getElementById(id)?.removeAttribute("hidden");
}

/** Whose page the address asks for: a trustee's, the public's, or a voter's. */
function asked() {
  if (/^#trustee(=|&|$)/.test(location.hash)) return "trustee";
  return /^#(results|verify|find)(=|\/|$)/.test(location.hash) ? "public" : "voter";
}

/** Opens the election that this site was published for, or says plainly why not. */
async function open() {
  const root = document.documentElement;
  // early.js did not run, or saw a file that is not what was published.
  if (!("early" in root.dataset) || "damaged" in root.dataset) return plainly("damaged");
  const here = asked();
  // All are asked for at once and met below, so that none waits for another.
  const configured = readConfig();
  configured.catch(() => undefined);
  preload(document, `app/areas/${here}/main.js`);
  const loaded = AREAS[here]
    .load()
    .then(async (area) => ({ area, t: await loadTexts(document, languageOf(root), area.messages) }));
  loaded.catch(() => undefined);
  /** @type {Engine<any> | null} */
  let engine;
  /** @type {{ area: Area, t: Texts }} */
  let speaking;
  try {
    engine = await Engine.start(AREAS[here].worker);
    if (!engine) return plainly("old-browser");
    speaking = await loaded;
    // Another language may have been asked for meanwhile.
    const { area, t } = speaking;
    if (t.language !== languageOf(root))
      speaking = { area, t: await loadTexts(document, languageOf(root), area.messages) };
  } catch (error) {
    console.error(error);
    // Whatever the engine did not understand is newer than this browser; anything else is not what was published.
    return plainly(error instanceof SyntaxError ? "old-browser" : "damaged");
  }
  root.dataset.started = "";
  const { area, t } = speaking;
  const frame = new Frame(t);
  document.getElementById("opening")?.remove();
  document.body.append(frame);
  frame.opening();
  /** @type {Page | null} */
  let page = null;
  onLanguage(root, async (language) => {
    const texts = await loadTexts(document, language, area.messages).catch((error) => {
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
    applyAccent(config.accent, root);
    window.addEventListener("hashchange", () => {
      if (asked() !== here) location.reload();
    });
    page = await area.open(t, frame, config, engine);
  } catch (error) {
    page = new Page(page?.t ?? t, frame);
    page.stop(error);
  }
}

void open();
