import { checkWorkerModules, publishedAs, publishedHashes } from "./integrity.js";
import { Trouble } from "./trouble.js";
import { startWorker } from "./worker-start.js";

/** @typedef {Record<string, (args: any) => Promise<unknown>>} Operations */
/** @typedef {Engine<import("../worker/voter.js").Operations>} VoterEngine */
/** @typedef {Engine<import("../worker/observer.js").Operations>} ObserverEngine */

/**
 * Where the program of a worker lies, and its hash as the page was published with it.
 * @param {import("./worker-start.js").Which} which
 * @returns {import("../worker/serve.js").Program}
 */
export function programOfPage(which) {
  const wasm = new URL(publishedAs(document, `veche-wasm-${which}_bg.wasm`), document.baseURI).href;
  return { wasm, integrity: publishedHashes(document).get(wasm) ?? null };
}

/**
 * The page's end of a worker: asks for an operation, waits for its answer.
 * @template {Operations} O
 */
export class Engine {
  /** @type {Map<number, { resolve: (value: any) => void, reject: (error: Trouble) => void }>} */
  #waiting = new Map();
  #next = 0;
  #worker;
  /** @type {Trouble | null} */
  #dead = null;

  /** @param {Worker} worker */
  constructor(worker) {
    this.#worker = worker;
    worker.addEventListener("message", (event) => this.#answer(event.data));
    worker.addEventListener("error", (event) => {
      // The worker could not load or has fallen over; nobody will answer any more.
      const trouble = (this.#dead = new Trouble("engine", {
        detail: event.message ?? "the worker did not start",
      }));
      for (const { reject } of this.#waiting.values()) reject(trouble);
      this.#waiting.clear();
    });
  }

  /**
   * Starts a worker, whose modules are those that were published, and its program.
   * @param {import("./worker-start.js").Which} which
   * @returns {Promise<Engine<any> | null>} null when the browser is too old
   */
  static async start(which) {
    await checkWorkerModules(document, which);
    const worker = startWorker(which, "veche");
    if (!worker) return null;
    const engine = new Engine(worker);
    // A failure is met when something is asked for that needs the program.
    engine.call("load", programOfPage(which)).catch(() => undefined);
    return engine;
  }

  /** @param {{ id: number, value?: unknown, error?: { code: string, message: string, number?: number } }} answer */
  #answer({ id, value, error }) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) waiting?.reject(new Trouble(error.code, { detail: error.message, data: { n: error.number } }));
    else waiting?.resolve(value);
  }

  /**
   * @template {keyof O & string} K
   * @param {K} op
   * @param {Parameters<O[K]>[0]} args
   * @returns {Promise<Awaited<ReturnType<O[K]>>>}
   */
  call(op, args) {
    if (this.#dead) return Promise.reject(this.#dead);
    this.#next += 1;
    const id = this.#next;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, op, args });
    });
  }
}
