/**
 * `<veche-booth src fingerprint lang>`: a town's booth inside a page, in a frame of the booth's own origin. The page and
 * its scripts are told of a voter what the events say, and nothing of a choice. Without a browser, as where a server
 * renders the page, importing this does nothing.
 */

/** How long the frame may take to answer before a developer is told what may be wrong, in milliseconds. */
const PATIENCE = 15_000;

/** How tall the frame is until it has said how tall it wants to be, in pixels, and the most that it may say. */
const [FIRST, TALLEST] = [600, 800];

/** What may be chosen for the look of the booth, beside the colour. */
const LOOKS = {
  radius: ["none", "small", "medium", "large"],
  font: ["town", "sans", "serif"],
  density: ["compact", "normal", "roomy"],
  scheme: ["auto", "light", "dark"],
};

/** What the frame is called for those who hear the page. */
const NAMES = {
  ar: "مقصورة الاقتراع",
  de: "Wahlkabine",
  en: "Voting booth",
  es: "Cabina de votación",
  fr: "Isoloir",
  pl: "Kabina do głosowania",
  ru: "Кабина для голосования",
};

/** What the frame may tell, and what comes with it. */
const EVENTS = {
  ready: () => ({}),
  step: (value) => ({ step: String(value) }),
  sealed: () => ({}),
  stored: () => ({}),
  cast: () => ({}),
  replaced: () => ({}),
  resize: (value) => ({ height: value }),
  error: (value) => ({ code: String(value) }),
};

/** What the frame needs: an origin of its own, storage, forms, and for a receipt to be saved, printed and copied. */
const SANDBOX =
  "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads " +
  "allow-modals allow-storage-access-by-user-activation";

/** `Object.hasOwn`, which Safari 15 does not have yet. */
const has = (object, name) => Object.prototype.hasOwnProperty.call(object, name);

/** On a server there are no elements. */
const Base = globalThis.HTMLElement ?? class {};

export class VecheBooth extends Base {
  static observedAttributes = ["src", "fingerprint", "lang", "voter", ...Object.keys(LOOKS), "accent"];

  /** @type {HTMLIFrameElement | null} */
  #frame = null;
  /** @type {MessagePort | null} */
  #port = null;
  #origin = "";
  #signIn = null;
  #submit = null;
  #waiting = 0;
  #planned = false;

  /** Called when the voter signs in: resolves to `{ pass }`, signed by the portal's backend. */
  get signIn() {
    return this.#signIn;
  }

  set signIn(callback) {
    this.#signIn = callableOrNull("signIn", callback);
    this.#plan();
  }

  /** Called with the sealed ballot, where the portal posts it to a backend of its own: resolves to the answer. */
  get submit() {
    return this.#submit;
  }

  set submit(callback) {
    this.#submit = callableOrNull("submit", callback);
    this.#plan();
  }

  connectedCallback() {
    // What was set before the element was known hides what is defined here.
    for (const name of ["signIn", "submit", ...Object.keys(PROPERTIES)]) {
      if (!has(this, name)) continue;
      const value = this[name];
      delete this[name];
      this[name] = value;
    }
    window.addEventListener("message", this.#hear);
    document.addEventListener("securitypolicyviolation", this.#forbidden);
    this.#plan();
  }

  disconnectedCallback() {
    window.removeEventListener("message", this.#hear);
    document.removeEventListener("securitypolicyviolation", this.#forbidden);
    this.#close();
  }

  /** @param {string} name */
  attributeChangedCallback(name, before, after) {
    if (before === after || !this.#frame) return;
    // Another language is spoken where the booth is; nothing that was chosen is lost.
    if (name === "lang") this.#speak(after);
    else this.#plan();
  }

  #speak(lang) {
    this.#frame.title = NAMES[language(lang)] ?? NAMES.en;
    if (lang) this.#port?.postMessage({ lang: language(lang) });
  }

  /** Opens the frame anew when everything is set that is being set now. */
  #plan() {
    if (!this.isConnected || this.#planned) return;
    this.#planned = true;
    queueMicrotask(() => {
      this.#planned = false;
      if (this.isConnected) this.#open();
    });
  }

  #close() {
    clearTimeout(this.#waiting);
    this.#port?.close();
    this.#port = null;
    this.#root.replaceChildren();
    this.#frame = null;
  }

  #open() {
    this.#close();
    const src = this.getAttribute("src");
    if (!src) return;
    const address = boothAddress(src);
    if (!address) return this.#failed("bad-src", `src is no address of a booth: ${src}`);
    if (address.origin === location.origin) {
      const why =
        "The booth has the origin of this page, so every script of this page could read what a voter chooses. Publish " +
        "the booth on a host name of its own.";
      return this.#failed("same-origin", why);
    }
    this.#origin = address.origin;
    const lang = this.getAttribute("lang") ?? document.documentElement.lang;
    if (lang) address.searchParams.set("lang", language(lang));
    const frame = (this.#frame = document.createElement("iframe"));
    // Not by a sheet of styles, which the page's policy may forbid.
    Object.assign(frame.style, {
      display: "block",
      width: "100%",
      height: `${FIRST}px`,
      maxHeight: "100vh",
      border: "0",
      colorScheme: "normal",
    });
    // The lower bar of a screen stays in sight on a phone whose own bars come and go.
    frame.style.maxHeight = "100svh";
    frame.setAttribute("sandbox", SANDBOX);
    frame.allow = "clipboard-write; storage-access";
    // With "no-referrer" a browser would hide from the frame which origins are around it (`ancestorOrigins`).
    frame.referrerPolicy = "strict-origin";
    this.style.display ||= "block";
    this.#speak(lang);
    frame.src = address.href;
    this.#root.append(frame);
    this.#waiting = setTimeout(() => this.#silent(), PATIENCE);
  }

  /** The frame is there, perhaps anew: it reloads when a voter does. @param {MessageEvent} event */
  #hear = ({ source, origin, data }) => {
    const frame = this.#frame?.contentWindow;
    if (!frame || source !== frame || origin !== this.#origin || data?.veche !== "hello") return;
    clearTimeout(this.#waiting);
    this.#root.querySelector("slot")?.remove();
    this.#port?.close();
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.onmessage = ({ data }) => void this.#answer(port1, data);
    const look = Object.fromEntries(
      Object.entries(LOOKS).flatMap(([name, values]) => {
        const value = this.getAttribute(name);
        if (value === null) return [];
        if (values.includes(value)) return [[name, value]];
        console.error(`veche-booth: ${name} is one of ${values.join(", ")}, and not ${value}`);
        return [];
      }),
    );
    const accent = this.getAttribute("accent");
    if (accent !== null && /^#[0-9a-f]{6}$/i.test(accent)) look.accent = accent;
    else if (accent !== null) console.error(`veche-booth: accent is written #rrggbb, and not ${accent}`);
    const greeting = {
      veche: "connect",
      fingerprint: this.getAttribute("fingerprint"),
      voter: this.getAttribute("voter"),
      signs: this.#signIn !== null,
      submits: this.#submit !== null,
      look,
    };
    frame.postMessage(greeting, this.#origin, [port2]);
  };

  /** @param {MessagePort} port */
  async #answer(port, { tell, ask, number, value }) {
    if (has(EVENTS, tell)) {
      const detail = EVENTS[tell](value);
      if (tell === "resize") this.#size(detail);
      // On a low screen the frame is as tall as the page: the bar at its foot is in sight with the whole of it.
      if (tell === "step") this.scrollIntoView({ block: "nearest" });
      return this.#say(tell, detail);
    }
    try {
      port.postMessage({ number, value: await this.#ask(ask, value) });
    } catch (error) {
      console.error(error);
      port.postMessage({ number, failed: String(error) });
    }
  }

  async #ask(ask, value) {
    if (ask === "sign-in" && this.#signIn) {
      const { pass } = await this.#signIn();
      if (typeof pass !== "string") throw new TypeError("signIn resolves to { pass }, a text");
      return { pass };
    }
    if (ask === "submit" && this.#submit) {
      const answer = await this.#submit(value);
      const { status } = answer;
      const body = typeof answer.text === "function" ? await answer.text() : (answer.body ?? "");
      if (!Number.isInteger(status))
        throw new TypeError("submit resolves to a Response, or to { status, body }");
      return { status, body: typeof body === "string" ? body : JSON.stringify(body) };
    }
    throw new TypeError(`nobody answers ${ask}`);
  }

  #size(detail) {
    const height = Math.min(Math.max(Number(detail.height) || FIRST, 200), TALLEST);
    detail.height = height;
    this.#frame.style.height = `${height}px`;
  }

  #say(name, detail) {
    this.dispatchEvent(new CustomEvent(`veche:${name}`, { detail, bubbles: true, composed: true }));
  }

  /** Shows what the page has put inside the element for this case, below a frame that may still answer. */
  #failed(code, why) {
    console.error(`veche-booth: ${why}`);
    this.#root.querySelector("slot")?.remove();
    this.#root.append(document.createElement("slot"));
    this.#say("error", { code });
  }

  get #root() {
    return this.shadowRoot ?? this.attachShadow({ mode: "open" });
  }

  /** @param {SecurityPolicyViolationEvent} event */
  #forbidden = ({ effectiveDirective, blockedURI, disposition }) => {
    const ours = this.#frame && disposition === "enforce" && blockedURI.startsWith(this.#origin);
    if (!ours || !/^(frame|child|default)-src$/.test(effectiveDirective)) return;
    const line = `frame-src ${this.#origin}`;
    this.#close();
    this.#failed(
      "frame-src",
      `The Content-Security-Policy of this page forbids the booth. Add to it: ${line}`,
    );
  };

  #silent() {
    const origin = location.origin;
    const why =
      `The booth at ${this.#origin} does not answer. Its host must send the header ` +
      `"Content-Security-Policy: frame-ancestors ${origin}", and its site must be published with ` +
      `--embed-origin ${origin}; a ballot box that hands the site out reads that when it starts. The page ` +
      `around the booth must stand in no frame itself. If the browser says that it refused the frame, that is why.`;
    this.#failed("no-answer", why);
  }
}

/** Properties that are attributes, for those who set properties. */
const PROPERTIES = Object.fromEntries(
  VecheBooth.observedAttributes
    .filter((name) => name !== "lang")
    .map((name) => [
      name,
      {
        configurable: true,
        enumerable: true,
        get() {
          return this.getAttribute(name);
        },
        set(value) {
          if (value === null || value === undefined) this.removeAttribute(name);
          else this.setAttribute(name, String(value));
        },
      },
    ]),
);
Object.defineProperties(VecheBooth.prototype, PROPERTIES);

function callableOrNull(name, callback) {
  if (callback === null || callback === undefined) return null;
  if (typeof callback !== "function") throw new TypeError(`${name} is a function`);
  return callback;
}

/** @param {string} tag such as `de-AT` */
const language = (tag) =>
  String(tag ?? "")
    .replace(/[-_].*/, "")
    .toLowerCase();

/** @param {string} src */
function boothAddress(src) {
  try {
    const address = new URL(src, document.baseURI);
    const here = ["localhost", "127.0.0.1", "[::1]"].includes(address.hostname);
    return address.protocol === "https:" || (here && address.protocol === "http:") ? address : null;
  } catch {
    return null;
  }
}

if (globalThis.customElements && !customElements.get("veche-booth")) {
  customElements.define("veche-booth", VecheBooth);
}
