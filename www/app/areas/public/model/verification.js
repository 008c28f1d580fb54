import { programOfPage } from "../../../lib/engine.js";
import { Database } from "../../../lib/idb.js";
import { buildOf, checkWorkerModules } from "../../../lib/integrity.js";
import { Trouble } from "../../../lib/trouble.js";
import { startWorker } from "../../../lib/worker-start.js";

/** @typedef {import("../../../worker/audit/coordinator.js").Telling} Telling */
/** @typedef {import("../../../worker/audit/source.js").Place} Place */
/** @typedef {import("../../../../veche-wasm-observer.js").AuditReport} AuditReport */
/** @typedef {import("../../../../veche-wasm-observer.js").AuditFailure} AuditFailure */
/** @typedef {import("../../../../veche-wasm-observer.js").Manifest} Manifest */
/** @typedef {"idle" | "running" | "paused" | "done" | "failed"} State */
/**
 * What is kept of an interrupted verification. `build` is the site's that kept it: what another build has verified counts
 * for nothing. It is not protected against a page that lies about its build, so it can be refused.
 * @typedef {{ build: string, bytes: Uint8Array, entries: number, at: number }} Kept
 */

/** More workers than this gain nothing: one reads the record for all of them. */
const MAX_ASSISTANTS = 8;

/** How many workers verify proofs on this device. */
function assistantsHere() {
  const cores = navigator.hardwareConcurrency || 2;
  // A phone with little memory: each worker is an instance of the program.
  const memory = /** @type {any} */ (navigator).deviceMemory ?? 4;
  return Math.max(1, Math.min(cores, MAX_ASSISTANTS, memory <= 2 ? 2 : MAX_ASSISTANTS));
}

/** One verification of one record, in workers of its own; it tells whoever listens to `change`. */
export class Verification extends EventTarget {
  /** @type {State} */
  state = "idle";
  progress = { entries: 0, total: 0, ballots: 0 };
  /** How many things each check was done for, by its number from 0. @type {Float64Array} */
  examined = new Float64Array();
  /** @type {(AuditFailure & { check: number })[]} */
  failures = [];
  /** @type {AuditReport | null} */
  report = null;
  /** @type {string | null} */
  fingerprint = null;
  /** What the record's districts and contests are called. @type {Manifest | null} */
  manifest = null;
  /** The network has failed, and the file is asked for again. */
  waiting = false;
  /** Where an interrupted run had come to, when this one goes on from there. @type {number | null} */
  resumed = null;
  /** Why it could not come to an end. @type {Trouble | null} */
  trouble = null;

  /** The files of a copy on this device, where it is that one which is verified. @type {Map<string, File> | null} */
  copy = null;

  /** @type {Worker[]} */
  #workers = [];
  /** @type {Database | null} */
  #database = null;
  #key = "";
  #build = "";
  /** Milliseconds of work since the first entry, without pauses. */
  #worked = 0;
  #since = 0;
  #first = 0;

  /** The time that is left, in seconds, as far as can be said. @returns {number | null} */
  get left() {
    const { entries, total } = this.progress;
    const worked = this.worked;
    const done = entries - this.#first;
    if (this.state !== "running" || done <= 0 || worked < 1_500) return null;
    return ((total - entries) / done) * (worked / 1_000);
  }

  /** Milliseconds of work, without pauses. */
  get worked() {
    return this.#worked + (this.state === "running" && this.#since > 0 ? Date.now() - this.#since : 0);
  }

  /** Entries a second, without what an earlier run has done. */
  get rate() {
    const worked = this.worked;
    return worked > 0 ? ((this.progress.entries - this.#first) / worked) * 1_000 : 0;
  }

  /**
   * @param {Place} place
   * @param {string | null} expected the fingerprint
   */
  async #at(place, expected) {
    this.#build = (await buildOf(document)) ?? "";
    this.#key = `verify ${"url" in place ? place.url : "dropped"} ${expected ?? ""}`;
  }

  /**
   * How many entries an interrupted run has verified on an earlier visit, if a new one would go on from there.
   * @param {Place} place
   * @param {string | null} expected the fingerprint
   * @returns {Promise<number | null>}
   */
  async kept(place, expected) {
    await this.#at(place, expected);
    return (await this.#kept())?.entries ?? null;
  }

  /**
   * @param {Place} place
   * @param {string | null} expected the fingerprint
   * @param {boolean} [anew] whether what an interrupted run has verified is refused
   */
  async start(place, expected, anew = false) {
    this.stop();
    this.state = "running";
    this.report = this.trouble = this.fingerprint = this.manifest = this.resumed = null;
    this.failures = [];
    this.examined = new Float64Array();
    this.progress = { entries: 0, total: 0, ballots: 0 };
    this.#worked = this.#since = this.#first = 0;
    this.#change();
    const program = programOfPage("observer");
    try {
      await this.#at(place, expected);
      if (anew) await this.#forget();
      await checkWorkerModules(document, "observer");
      const resume = (await this.#kept())?.bytes ?? null;
      const ports = Array.from({ length: assistantsHere() }, () => {
        const { port1, port2 } = new MessageChannel();
        this.#worker("veche-assistant").postMessage({ program, assist: port1 }, [port1]);
        return port2;
      });
      const coordinator = this.#worker("veche-verifier");
      coordinator.onmessage = ({ data }) => this.#told(data);
      const order = { place, expected, resume, software: this.#build, ports };
      coordinator.postMessage({ program, order }, ports);
    } catch (error) {
      this.#end(
        "failed",
        error instanceof Trouble ? error : new Trouble("engine", { detail: String(error) }),
      );
    }
  }

  /** @param {string} name */
  #worker(name) {
    const worker = startWorker("observer", name);
    if (!worker) throw new Trouble("engine", { detail: "no module workers" });
    worker.onerror = (event) =>
      this.#end("failed", new Trouble("engine", { detail: event.message ?? "a worker has fallen over" }));
    this.#workers.push(worker);
    return worker;
  }

  /** What an interrupted run of this same build has verified. @returns {Promise<Kept | null>} */
  async #kept() {
    if (!this.#build) return null;
    try {
      this.#database ??= await Database.open("observer");
      /** @type {Kept | undefined} */
      const kept = await this.#database.get("kept", this.#key);
      return kept?.build === this.#build ? kept : null;
    } catch {
      // A browser that keeps nothing verifies from the start.
      return null;
    }
  }

  /** @param {Telling} telling */
  #told(telling) {
    if ("progress" in telling) {
      this.progress = telling.progress;
      if (this.#since === 0) this.#since = Date.now();
    } else if ("examined" in telling) this.examined = telling.examined;
    else if ("failed" in telling) this.failures.push(telling.failed);
    else if ("election" in telling) {
      this.fingerprint = telling.election;
      this.manifest = telling.manifest;
    } else if ("waiting" in telling) this.waiting = telling.waiting;
    else if ("resumed" in telling) {
      this.resumed = this.#first = telling.resumed;
      this.#worked = 0;
      this.#since = Date.now();
    } else if ("snapshot" in telling) void this.#keep(telling.snapshot, telling.entries);
    else if ("report" in telling) {
      /** @type {AuditReport} */
      const report = JSON.parse(telling.report);
      this.report = report;
      this.fingerprint = report.fingerprint;
      this.progress = { entries: report.entries, total: report.entries, ballots: report.ballots };
      void this.#forget();
      return this.#end("done", null);
    } else if ("stopped" in telling) {
      return this.#end(
        "failed",
        new Trouble(telling.unreachable ? "record-unreachable" : "engine", { detail: telling.stopped }),
      );
    }
    this.#change();
  }

  /**
   * @param {Uint8Array} bytes
   * @param {number} entries
   */
  async #keep(bytes, entries) {
    if (!this.#build) return;
    await this.#database
      ?.put("kept", this.#key, { build: this.#build, bytes, entries, at: Date.now() })
      .catch(() => undefined);
  }

  async #forget() {
    try {
      this.#database ??= await Database.open("observer");
      await this.#database.remove("kept", this.#key);
    } catch {
      // A browser that keeps nothing has nothing to forget.
    }
  }

  /** @param {boolean} paused */
  pause(paused) {
    if (this.state !== (paused ? "running" : "paused")) return;
    if (paused) this.#rest();
    else this.#since = Date.now();
    this.state = paused ? "paused" : "running";
    this.#workers[this.#workers.length - 1]?.postMessage({ paused });
    this.#change();
  }

  #rest() {
    if (this.#since > 0) this.#worked += Date.now() - this.#since;
    this.#since = 0;
  }

  /** Ends it; what is verified is kept. */
  stop() {
    if (this.state === "running" || this.state === "paused") this.#end("idle", null);
  }

  /**
   * @param {State} state
   * @param {Trouble | null} trouble
   */
  #end(state, trouble) {
    this.#rest();
    for (const worker of this.#workers.splice(0)) worker.terminate();
    this.waiting = false;
    this.state = state;
    this.trouble = trouble;
    this.#change();
  }

  #change() {
    this.dispatchEvent(new Event("change"));
  }
}
