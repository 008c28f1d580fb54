import { WORKER_MODULES, checkWorkerModules } from "./integrity.js";
import { Trouble } from "./trouble.js";
import { startWorker } from "./worker-start.js";

/** @typedef {import("../worker.js").Operations} Operations */

/** The page's end of the worker: asks for an operation, waits for its answer. */
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

  /** @returns {Promise<Engine | null>} null when the browser is too old */
  static async start() {
    try {
      await checkWorkerModules(document, WORKER_MODULES);
    } catch (error) {
      throw new Trouble("engine", { detail: String(error) });
    }
    const worker = startWorker("../worker.js", "veche");
    return worker && new Engine(worker);
  }

  /** @param {{ id: number, value?: unknown, error?: { code: string, message: string, number?: number } }} answer */
  #answer({ id, value, error }) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) waiting?.reject(new Trouble(error.code, { detail: error.message, data: { n: error.number } }));
    else waiting?.resolve(value);
  }

  /**
   * @template {keyof Operations} K
   * @param {K} op
   * @param {Parameters<Operations[K]>[0]} args
   * @returns {Promise<Awaited<ReturnType<Operations[K]>>>}
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
