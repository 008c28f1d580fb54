import { at, result } from "./lib/idb.js";
import { fill, h } from "./lib/dom.js";
import { parseColour } from "./lib/accent.js";
import { Trouble, asTrouble } from "./lib/trouble.js";
import { whileBusy } from "./parts/busy.js";
import { Frame } from "./parts/frame.js";
import { Screen } from "./parts/screen.js";
import { StopScreen } from "./parts/stop.js";
import { TroubleNotice } from "./parts/trouble.js";

/**
 * The booth inside a page of a portal, loaded only there. All that the page hears of a voter goes through here: each
 * message is one of a few words, and none depends on a choice. packages/booth is the other end.
 */

/** @typedef {import("./lib/config.js").SiteConfig} SiteConfig */
/** @typedef {import("./lib/idb.js").Database} Database */
/**
 * What the page has said of itself. `voter` is the page's own name for whoever is signed in there; `signs` and `submits`
 * say what it does itself.
 * @typedef {{ fingerprint: string | null, voter: string | null, signs: boolean, submits: boolean,
 *   look: Record<string, string> }} Greeting
 */
/**
 * The voter's page as far as signing in needs it.
 * @typedef {import("./parts/page.js").Page & { verified: Promise<void>, go(where: string): void,
 *   voting: { signIn(code: string, pass: string): Promise<string> } }} App
 */

/** How long the page around may take to answer, in milliseconds. */
const PATIENCE = 10_000;

/** A height is one of few, in pixels, so that nothing can be read out of it. */
const STEP = 200;
const TALLEST = 800;

/** The screens whose height says nothing of a choice. Every other one is as tall as can be. */
const MEASURED = [
  "veche-welcome",
  "veche-phone",
  "veche-code",
  "veche-takeover",
  "veche-stop",
  "veche-replaced",
];

/** The steps in their order. Each is told once, so that nobody hears of a voter who goes back. */
const STEPS = ["sign-in", "choose", "review", "cast"];

/** @type {Record<string, Record<string, string>>} */
const RADIUS = { none: { "--radius": "0" }, small: { "--radius": "0.25rem" }, large: { "--radius": "1rem" } };

/** @type {Record<string, Record<string, string>>} */
const FONT = { sans: { "--serif": "var(--sans)" }, serif: { "--sans": "var(--serif)" } };

/** What stands between things. What is pressed keeps its size. @type {Record<string, number>} */
const DENSITY = { compact: 0.75, roomy: 1.25 };
const GAPS = { 2: 0.5, 3: 0.75, 4: 1, 6: 1.5, 8: 2, 12: 3 };

/** The page around the booth. */
export class Portal {
  /** @type {Map<number, (answer: any) => void>} */
  #waiting = new Map();
  #asked = 0;
  /** What was told already of this ballot. @type {Set<string>} */
  #told = new Set();
  #height = 0;

  /**
   * @param {MessagePort} port
   * @param {Greeting} greeting
   */
  constructor(port, greeting) {
    this.#port = port;
    this.greeting = greeting;
    port.onmessage = ({ data }) => this.#hear(data);
    if (greeting.signs) this.form = (/** @type {App} */ app) => new PortalForm(app, this);
    if (greeting.submits) this.submit = this.#submit.bind(this);
  }

  #port;

  /**
   * Meets the page around, if it is one of those that the town has named, and that page's element.
   * @param {SiteConfig} config
   * @returns {Promise<Portal>}
   */
  static async meet(config) {
    watch(null);
    const allowed = config.embed ?? [];
    const { ancestorOrigins } = location;
    const known = !ancestorOrigins || [...ancestorOrigins].every((origin) => allowed.includes(origin));
    // Of a page around that page nothing would be known where a browser does not name them.
    if (!known || window.parent !== window.top) throw new Trouble("framed");
    /** @type {Portal} */
    const portal = await new Promise((resolve, reject) => {
      const ended = new AbortController();
      setTimeout(() => {
        ended.abort();
        reject(new Trouble("framed"));
      }, PATIENCE);
      const hear = (/** @type {MessageEvent} */ { source, origin, data, ports: [port] }) => {
        if (source !== window.parent || !allowed.includes(origin) || data?.veche !== "connect" || !port)
          return;
        ended.abort();
        resolve(new Portal(port, greetingOf(data)));
      };
      window.addEventListener("message", hear, { signal: ended.signal });
      for (const origin of allowed) window.parent.postMessage({ veche: "hello" }, origin);
    });
    const { fingerprint } = portal.greeting;
    watch(portal);
    if (fingerprint !== null && fingerprint !== config.fingerprint) throw new Trouble("wrong-election");
    portal.dress();
    return portal;
  }

  /** The town's colour, as this page wants it. */
  get accent() {
    const { accent } = this.greeting.look;
    return parseColour(accent) ? accent : undefined;
  }

  /** Looks as the page wants it, by what it may choose among. */
  dress() {
    const { style } = document.documentElement;
    const { radius = "", font = "", density = "", scheme = "" } = this.greeting.look;
    for (const [name, value] of Object.entries({ ...RADIUS[radius], ...FONT[font] }))
      style.setProperty(name, value);
    const times = DENSITY[density];
    if (typeof times === "number")
      for (const [name, rem] of Object.entries(GAPS)) style.setProperty(`--gap-${name}`, `${rem * times}rem`);
    if (scheme !== "light" && scheme !== "dark") return;
    style.colorScheme = scheme;
    for (const { cssRules } of document.styleSheets)
      for (const rule of cssRules)
        if (rule instanceof CSSMediaRule && rule.conditionText.includes("prefers-color-scheme"))
          rule.media.mediaText = scheme === "dark" ? "all" : "not all";
  }

  /**
   * Tells the page something, once for a ballot.
   * @param {"ready" | "step" | "sealed" | "stored" | "cast" | "replaced" | "resize" | "error"} what
   * @param {string | number} [value]
   */
  tell(what, value = "") {
    const said = `${what} ${value}`;
    if (this.#told.has(said)) return;
    if (what !== "resize" && what !== "error") this.#told.add(said);
    this.#port.postMessage({ tell: what, value });
  }

  /**
   * The voter is told what a voter can do. What is wrong with a pass or an answer is for the developer of the page, who
   * reads the console.
   * @param {unknown} error
   */
  failed(error) {
    const { code, message } = asTrouble(error);
    console.error(`veche-booth: ${code}: ${message}`);
    this.tell("error", code);
  }

  /** A ballot is cast: what comes now is another one. */
  #again() {
    this.#told = new Set(["ready "]);
  }

  /**
   * Where the voter is.
   * @param {HTMLElement} frame
   */
  shown(frame) {
    const { screen = "" } = frame.dataset;
    const main = frame.querySelector("main")?.firstElementChild;
    const { step = null } = /** @type {any} */ (main?.constructor ?? {});
    const place = STEPS.indexOf(step);
    if (step === "choose" && this.#told.has("cast ")) this.#again();
    // A step that was passed over is told with the one that comes after.
    STEPS.slice(0, place + 1).forEach((name) => this.tell("step", name));
    const tall = MEASURED.includes(screen) ? Math.ceil(frame.scrollHeight / STEP) * STEP : TALLEST;
    const height = Math.min(tall, TALLEST);
    if (height !== this.#height) this.tell("resize", height);
    this.#height = height;
  }

  /**
   * @param {string} what
   * @param {unknown} value
   * @param {AbortSignal | null} [signal]
   */
  async #ask(what, value, signal) {
    const number = (this.#asked += 1);
    const answer = await new Promise((resolve, reject) => {
      this.#waiting.set(number, resolve);
      signal?.addEventListener("abort", () => reject(new Trouble("timeout")));
      this.#port.postMessage({ ask: what, number, value });
    });
    if ("failed" in answer) throw new Error(`the page around: ${answer.failed}`);
    return answer.value;
  }

  /** @param {{ number: number } | { lang: string }} data */
  #hear(data) {
    if ("lang" in data) return speak(data.lang);
    const { number } = data;
    this.#waiting.get(number)?.(data);
    this.#waiting.delete(number);
  }

  /**
   * A signed pass for whoever is signed in to the page.
   * @returns {Promise<string>}
   */
  async pass() {
    try {
      const { pass } = await this.#ask("sign-in", null);
      if (typeof pass === "string" && pass !== "") return pass;
    } catch (error) {
      throw new Trouble("not-signed-in", { detail: String(error) });
    }
    throw new Trouble("not-signed-in");
  }

  /**
   * Has the page post a sealed ballot, in the place of `fetch`.
   * @param {URL} _where
   * @param {RequestInit} request
   */
  async #submit(_where, { body, signal }) {
    const { status, body: said } = await this.#ask("submit", body, signal ?? null);
    return new Response(said, { status });
  }

  /**
   * Whether somebody else is signed in to the page than on the last visit.
   * @param {Database} database
   */
  async changed(database) {
    const { voter } = this.greeting;
    if (voter === null) return false;
    return database.transact(["kept"], "readwrite", async (stores) => {
      const before = await result(at(stores, "kept").get("portal-voter"));
      at(stores, "kept").put(voter, "portal-voter");
      return before !== undefined && before !== voter;
    });
  }
}

/**
 * What the page has said of itself, and nothing that it may not say.
 * @param {any} data
 * @returns {Greeting}
 */
function greetingOf({ fingerprint, voter, signs, submits, look }) {
  const text = (/** @type {unknown} */ value) => (typeof value === "string" ? value : null);
  return {
    fingerprint: text(fingerprint),
    voter: text(voter),
    signs: signs === true,
    submits: submits === true,
    look: Object.fromEntries(Object.entries(look ?? {}).map(([name, value]) => [name, String(value)])),
  };
}

/**
 * Goes on in another language, as if its reader had chosen it.
 * @param {string} language
 */
function speak(language) {
  const select = document.querySelector("#language");
  if (!(select instanceof HTMLSelectElement) || select.value === language) return;
  select.value = language;
  if (select.value === language) select.dispatchEvent(new Event("change"));
}

/** @type {{ portal: Portal | null } | null} */
let watched = null;

/**
 * Follows which screen is shown. Where voting cannot go on inside the page, it can in a tab of its own.
 * @param {Portal | null} portal once it is met
 */
function watch(portal) {
  if (watched) {
    watched.portal = portal;
    return;
  }
  const now = (watched = { portal });
  const look = () => {
    const frame = document.querySelector("veche-frame");
    if (!(frame instanceof Frame)) return;
    now.portal?.shown(frame);
    const stop = frame.querySelector("veche-stop");
    if (stop instanceof StopScreen) now.portal?.tell("error", stop.trouble.code);
    const stopped = frame.querySelector("veche-stop:not(.grave) > .actions");
    if (!stopped || stopped.querySelector(".tab")) return;
    stopped.before(h("p", null, frame.t("portal.tab-text")));
    stopped.append(...ownTab(frame.t, now.portal));
  };
  // Which screen that is stands at the frame around it, before the screen does.
  new MutationObserver(() => setTimeout(look)).observe(document.body, {
    subtree: true,
    attributeFilter: ["data-screen"],
  });
}

/**
 * The button that opens a tab, with a pass where the page gives them: that tab has nobody to ask.
 * @param {import("./lib/text.js").Texts} t
 * @param {Portal | null} portal
 */
function ownTab(t, portal) {
  const said = h("span", { role: "status" });
  const button = h("button", { type: "button", class: "button secondary tab" }, t("portal.tab"));
  button.addEventListener("click", async () => {
    const pass = portal?.greeting.signs ? await portal.pass().catch(() => "") : "";
    const address = new URL(location.pathname + location.search, location.href);
    if (pass) address.hash = `pass=${pass}`;
    // The press may be too long ago by now.
    if (window.open(address.href)) return;
    const link = { class: "button secondary", href: address.href, target: "_blank", rel: "noopener" };
    fill(said, h("a", link, t("portal.tab")));
    button.remove();
  });
  return [button, said];
}

/**
 * Signs in whoever the page around says, where otherwise a phone number is asked for.
 * @extends {Screen<App>}
 */
class PortalForm extends Screen {
  #trouble = new TroubleNotice(this.t);

  /**
   * @param {App} app
   * @param {Portal} portal
   */
  constructor(app, portal) {
    super(app);
    const button = h("button", { type: "button", class: "button primary wide" }, this.t("district.continue"));
    button.addEventListener("click", async () => {
      this.#trouble.clear();
      try {
        await whileBusy(button, this.t("read.checking"), () => app.verified);
        const sign = async () => app.voting.signIn("", await portal.pass());
        const next = await whileBusy(button, this.t("code.entering"), sign);
        if (next) app.go(next);
      } catch (error) {
        app.met(error, this.#trouble);
      }
    });
    fill(this, h("p", null, this.t("portal.who")), h("div", { class: "form" }, this.#trouble, button));
  }
}

customElements.define("veche-portal-form", PortalForm);
