/** What a portal's backend signs for whoever is signed in there; the booth hands it to the ballot box. */
export interface Pass {
  pass: string;
}

/** What the backend has answered to a posted ballot, where it is not a `Response`. */
export interface Answer {
  /** As of HTTP: 201 with a receipt, 202 where the ballot is stored for now. */
  status: number;
  /** A text, or what becomes one by `JSON.stringify`. */
  body?: unknown;
}

export type Step = "sign-in" | "choose" | "review" | "cast";

export type Radius = "none" | "small" | "medium" | "large";
export type Font = "town" | "sans" | "serif";
export type Density = "compact" | "normal" | "roomy";
export type Scheme = "auto" | "light" | "dark";

/** An event that says no more than its name. */
export type Nothing = Readonly<Record<never, never>>;

/** What each event says. No detail holds anything of a choice, or of the ballot. */
export interface BoothDetails {
  /** The booth has opened the election, and its fingerprint is the one that it was published for. */
  "veche:ready": Nothing;
  /** The voter has come to a step, for the first time with this ballot. */
  "veche:step": { step: Step };
  /** The voter has pressed "cast": their sealed ballot is on its way. */
  "veche:sealed": Nothing;
  /** The backend has the ballot and has given no receipt: it is not cast yet. */
  "veche:stored": Nothing;
  /** The booth has checked the receipt: the signature and the place on the board. */
  "veche:cast": Nothing;
  /** The voter has signed in elsewhere, and this browser can no longer vote. */
  "veche:replaced": Nothing;
  /** How tall the frame is now, in pixels: one of few heights. */
  "veche:resize": { height: number };
  /** What keeps the booth from going on. */
  "veche:error": { code: string };
}

export type BoothEventMap = { [Name in keyof BoothDetails]: CustomEvent<BoothDetails[Name]> };

/** What can be written as attributes, and set as properties. */
export interface BoothAttributes {
  /** The booth's address, of another origin than the page's. */
  src: string;
  /** The election's fingerprint: the booth does not go on with any other. */
  fingerprint?: string | null;
  /** The town's colour, `#rrggbb`; made darker or lighter where it could not be read. */
  accent?: string | null;
  radius?: Radius | null;
  font?: Font | null;
  density?: Density | null;
  scheme?: Scheme | null;
  /** Your own name for whoever is signed in, which nobody can guess a person from: when it changes, the booth begins anew. */
  voter?: string | null;
}

/** What a page sets from a script. */
export interface BoothCallbacks {
  signIn?: (() => Promise<Pass>) | null;
  submit?: ((ballot: Uint8Array<ArrayBuffer>) => Promise<Response | Answer>) | null;
}

export class VecheBooth extends HTMLElement {
  src: string | null;
  fingerprint: string | null;
  accent: string | null;
  radius: Radius | null;
  font: Font | null;
  density: Density | null;
  scheme: Scheme | null;
  voter: string | null;
  get signIn(): (() => Promise<Pass>) | null;
  set signIn(callback: (() => Promise<Pass>) | null | undefined);
  get submit(): ((ballot: Uint8Array<ArrayBuffer>) => Promise<Response | Answer>) | null;
  set submit(callback: ((ballot: Uint8Array<ArrayBuffer>) => Promise<Response | Answer>) | null | undefined);
  addEventListener<Name extends keyof BoothEventMap>(
    type: Name,
    listener: (this: VecheBooth, event: BoothEventMap[Name]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<Name extends keyof BoothEventMap>(
    type: Name,
    listener: (this: VecheBooth, event: BoothEventMap[Name]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "veche-booth": VecheBooth;
  }
}
