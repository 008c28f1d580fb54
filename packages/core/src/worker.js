import { VecheError, argument, told } from "./errors.js";
import { compiled, fromBase64 } from "./programs.js";

export { VecheError } from "./errors.js";

/** Time for a script of our own to come from the same host and say that it is there. */
const PATIENCE_MS = 30_000;

/** @type {{ createScriptURL(address: string): string } | null} */
let policy = null;

/**
 * A worker's address, as a page under Trusted Types may use it. Nothing else is ever let through this policy.
 * @param {string} address
 * @returns {string}
 */
function trusted(address) {
  const types = /** @type {any} */ (globalThis).trustedTypes;
  if (!types) return address;
  policy ??= types.createPolicy("veche-worker", {
    createScriptURL: (/** @type {string} */ wanted) => wanted,
  });
  return /** @type {{ createScriptURL(address: string): string }} */ (policy).createScriptURL(address);
}

/**
 * A worker that runs our script, once it has said so.
 * @param {string} address
 * @returns {Promise<Worker>}
 */
const running = (address) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(/** @type {any} */ (trusted(address)), { name: "veche" });
    const end = (/** @type {string} */ why) => {
      worker.terminate();
      reject(new Error(why));
    };
    const timer = setTimeout(() => end(`${address} does not answer`), PATIENCE_MS);
    worker.onerror = (event) => {
      event.preventDefault();
      clearTimeout(timer);
      end(event.message || `${address} did not start`);
    };
    worker.onmessage = ({ data }) => {
      if (data !== "ready") return;
      clearTimeout(timer);
      worker.onmessage = worker.onerror = null;
      resolve(worker);
    };
  });

/** The script of the worker, from where it lies, or, where a development server has left it behind, from its bytes. */
async function started(/** @type {string | undefined} */ given) {
  if (given !== undefined) return running(given);
  try {
    return await running(new URL("./veche-worker.js", import.meta.url).href);
  } catch (error) {
    let address;
    try {
      const { default: text } = await import("./veche-worker.inline.js");
      address = URL.createObjectURL(new Blob([fromBase64(text)], { type: "text/javascript" }));
      return await running(address);
    } catch {
      // A page with a strict policy runs no such script: what is wrong was wrong before.
      throw error;
    } finally {
      if (address) URL.revokeObjectURL(address);
    }
  }
}

/** The worker's end on the page: asks, and waits for answers. */
class Line {
  /** @type {Map<number, { resolve(value: any): void, reject(error: unknown): void, onProgress?: any }>} */
  #waiting = new Map();
  #next = 0;
  /** @type {VecheError | null} */
  #dead = null;

  /**
   * @param {Worker} worker
   * @param {(which: "voter" | "observer") => Promise<WebAssembly.Module>} program
   */
  constructor(worker, program) {
    this.worker = worker;
    worker.onmessage = async ({ data }) => {
      if (data.wanted) {
        const answer = await program(data.wanted).then(
          (module) => ({ module }),
          (error) => ({ error: plain(error) }),
        );
        worker.postMessage({ program: data.wanted, ...answer });
        return;
      }
      const waiting = this.#waiting.get(data.id);
      if (data.progress) return waiting?.onProgress?.(data.progress);
      this.#waiting.delete(data.id);
      if (data.error) waiting?.reject(told(data.error));
      else waiting?.resolve(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.end(
        new VecheError("defect", "device", `The worker has failed: ${event.message || "it says nothing"}.`),
      );
    };
  }

  /** @param {VecheError} why */
  end(why) {
    this.#dead ??= why;
    this.worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(this.#dead);
    this.#waiting.clear();
  }

  /**
   * @param {number | null} target the object in the worker; null for the worker itself
   * @param {string} method
   * @param {unknown[]} args
   * @param {unknown} [onProgress]
   * @returns {Promise<any>}
   */
  ask(target, method, args, onProgress) {
    if (this.#dead) return Promise.reject(this.#dead);
    const id = (this.#next += 1);
    return new Promise((resolve, reject) => {
      try {
        this.worker.postMessage({ id, target, method, args });
      } catch (error) {
        // A function, or a document's element.
        return reject(
          argument(
            `What ${method}() was given cannot be handed to a worker (${/** @type {Error} */ (error).message}).`,
          ),
        );
      }
      this.#waiting.set(id, { resolve, reject, onProgress });
    });
  }
}

/** @param {any} error */
const plain = ({ code, fault, message, number }) => ({ name: "VecheError", code, fault, message, number });

class RemoteVoter {
  #line;
  #ref;
  /** @type {any} */
  #facts;

  /** @param {Line} line @param {any} answer */
  constructor(line, { ref, facts }) {
    this.#line = line;
    this.#ref = ref;
    this.#facts = facts;
  }

  get key() {
    return this.#facts.key;
  }
  get style() {
    return this.#facts.style;
  }
  get place() {
    return this.#facts.place;
  }

  /** @param {string} method @param {unknown[]} args */
  async #ask(method, args) {
    const { value, facts } = await this.#line.ask(this.#ref, method, args);
    this.#facts = facts;
    return value;
  }

  /** @param {unknown} registration */
  provePossession(registration) {
    return this.#ask("provePossession", [registration]);
  }
  /** @param {unknown} next @param {unknown} registration */
  async handOver(next, registration) {
    if (!(next instanceof RemoteVoter))
      throw argument("A voter hands over to another one that openVoter() gave.");
    return this.#ask("handOver", [{ ref: next.#ref }, registration]);
  }
  prepare() {
    return this.#ask("prepare", []);
  }
  /** @param {unknown} selections */
  seal(selections) {
    return this.#ask("seal", [selections]);
  }
  /** @param {unknown} ballot @param {unknown} receipt */
  checkReceipt(ballot, receipt) {
    return this.#ask("checkReceipt", [ballot, receipt]);
  }
  /** @param {unknown} place */
  moveTo(place) {
    return this.#ask("moveTo", [place]);
  }
}

class RemoteElection {
  #line;
  #ref;

  /** @param {Line} line @param {any} answer */
  constructor(line, { ref, facts }) {
    this.#line = line;
    this.#ref = ref;
    this.fingerprint = facts.fingerprint;
    this.manifest = facts.manifest;
    this.checkpoint = Object.freeze(facts.checkpoint);
  }

  /** @param {string} method @param {unknown[]} args */
  async #ask(method, args) {
    return (await this.#line.ask(this.#ref, method, args)).value;
  }

  /** @param {unknown} contest @param {unknown} selection */
  check(contest, selection) {
    return this.#ask("check", [contest, selection]);
  }
  /** @param {any} options */
  async openVoter(options = {}) {
    if (options.storage !== undefined)
      throw argument(
        "The worker keeps the voter's key in the browser's database, out of the page's reach: leave `storage` out.",
      );
    return new RemoteVoter(this.#line, await this.#line.ask(this.#ref, "openVoter", [options]));
  }
  /** @param {unknown} ballot @param {unknown} receipt */
  checkReceipt(ballot, receipt) {
    return this.#ask("checkReceipt", [ballot, receipt]);
  }
  /** @param {unknown} receipt */
  receiptText(receipt) {
    return this.#ask("receiptText", [receipt]);
  }
  /** @param {unknown} older @param {unknown} newer @param {unknown} proof */
  checkConsistency(older, newer, proof) {
    return this.#ask("checkConsistency", [older, newer, proof]);
  }
  /** @param {unknown} sought */
  lookUp(sought) {
    return this.#ask("lookUp", [sought]);
  }
  close() {
    return this.#ask("close", []);
  }
}

class RemoteVerifier {
  #line;
  #ref;

  /** @param {Line} line @param {any} answer */
  constructor(line, { ref, facts }) {
    this.#line = line;
    this.#ref = ref;
    this.fingerprint = facts.fingerprint;
    this.manifest = facts.manifest;
  }

  /** @param {string} method @param {unknown[]} args */
  async #ask(method, args) {
    return (await this.#line.ask(this.#ref, method, args)).value;
  }

  /** @param {unknown} ballot */
  verifyBallot(ballot) {
    return this.#ask("verifyBallot", [ballot]);
  }
  /** @param {unknown} ballots */
  verifyBallots(ballots) {
    return this.#ask("verifyBallots", [ballots]);
  }
  close() {
    return this.#ask("close", []);
  }
}

/** A running worker. */
class VecheWorker {
  #line;

  /** @param {Line} line */
  constructor(line) {
    this.#line = line;
  }

  /** @param {any} options */
  async openElection(options = {}) {
    return new RemoteElection(this.#line, await this.#line.ask(null, "openElection", [absolute(options)]));
  }

  /** @param {any} options */
  async openVerifier(options = {}) {
    return new RemoteVerifier(this.#line, await this.#line.ask(null, "openVerifier", [absolute(options)]));
  }

  /** @param {any} options */
  async verifyRecord({ onProgress, ...options } = {}) {
    return (await this.#line.ask(null, "verifyRecord", [absolute(options)], onProgress)).value;
  }

  /** Stops the worker. What it holds of secrets goes with it. */
  close() {
    this.#line.end(new VecheError("closed", "caller", "This worker was closed: start another one."));
  }
}

/** An address as the page means it: a worker that came from bytes is nowhere. @param {any} options */
const absolute = ({ record, ...options }) => {
  const text = typeof record === "string" ? record : record?.href;
  if (typeof text !== "string") throw argument("In a worker, `record` is the address of a record's folder.");
  try {
    return { record: new URL(text, globalThis.location?.href).href, ...options };
  } catch {
    throw argument(`"${text}" is no address: give the whole address of the record's folder.`);
  }
};

/** @param {{ script?: string | URL, voter?: unknown, observer?: unknown }} [options] */
export async function startWorker({ script, ...programs } = {}) {
  if (typeof Worker !== "function")
    throw new VecheError(
      "bad-argument",
      "caller",
      "There are no Web Workers here: in Node.js, use @veche/core itself.",
    );
  const voter = compiled("voter", programs.voter);
  /** @type {Promise<WebAssembly.Module> | null} */
  let observer = null;
  try {
    const [worker] = await Promise.all([started(script === undefined ? undefined : String(script)), voter]);
    return new VecheWorker(
      new Line(worker, (which) =>
        which === "voter" ? voter : (observer ??= compiled("observer", programs.observer)),
      ),
    );
  } catch (error) {
    if (error instanceof VecheError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    const message = `The worker did not start (${why}). Under a content security policy it needs worker-src 'self', script-src 'wasm-unsafe-eval' and, with Trusted Types, trusted-types veche-worker.`;
    throw new VecheError("worker-not-started", "caller", message, { cause: error });
  }
}
