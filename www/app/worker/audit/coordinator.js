import { auditRecord } from "../../../veche-wasm-observer.js";
import { checkpointSize } from "../../lib/encoding.js";
import { Unreachable, openSource } from "./source.js";

/** @typedef {import("../../../veche-wasm-observer.js").AuditFailure} AuditFailure */
/** @typedef {import("../../../veche-wasm-observer.js").Manifest} Manifest */
/** @typedef {import("./source.js").Place} Place */
/**
 * @typedef {object} Order
 * @property {Place} place
 * @property {string | null} expected  the fingerprint
 * @property {Uint8Array | null} resume
 * @property {string} software
 * @property {MessagePort[]} ports     one for each assistant
 */
/**
 * What the page is told.
 * @typedef {{ progress: { entries: number, total: number, ballots: number } }
 *   | { examined: Float64Array } | { failed: AuditFailure & { check: number } }
 *   | { election: string, manifest: Manifest }
 *   | { snapshot: Uint8Array, entries: number } | { resumed: number } | { discarded: true } | { waiting: boolean }
 *   | { report: string } | { stopped: string, unreachable: boolean }} Telling
 */

/** How often the page hears of progress, and how often what is verified is noted. */
const TELL_MS = 100;
const NOTE_MS = 5_000;

/** Work that is held while the reader has paused. */
class Gate {
  /** @type {(() => void)[]} */
  #held = [];
  #open = true;

  /** @param {boolean} open */
  set(open) {
    this.#open = open;
    if (open) this.#held.splice(0).forEach((go) => go());
  }

  /** @returns {Promise<void>} */
  pass() {
    return this.#open
      ? Promise.resolve()
      : new Promise((resolve) => {
          this.#held.push(resolve);
        });
  }
}

/** The assistants: each verifies one lot of entries at a time; whoever is free takes the next. */
class Assistants {
  /** @type {{ first: number, leaves: Uint8Array[], resolve: (answer: Uint8Array | null) => void }[]} */
  #waiting = [];
  /** @type {MessagePort[]} */
  #free = [];

  /**
   * @param {MessagePort[]} ports
   * @param {Gate} gate
   */
  constructor(ports, gate) {
    this.ports = ports;
    this.gate = gate;
  }

  get count() {
    return this.ports.length;
  }

  /**
   * Gives every assistant the election.
   * @param {{ manifest: Uint8Array, bundles: Uint8Array[], size: number, fingerprint: string }} election
   */
  open(election) {
    for (const port of this.ports) {
      port.onmessage = () => this.#next(port);
      port.postMessage({ open: election });
    }
  }

  /**
   * @param {number} first
   * @param {Uint8Array[]} leaves
   * @returns {Promise<Uint8Array | null>}
   */
  verify(first, leaves) {
    return new Promise((resolve) => {
      this.#waiting.push({ first, leaves, resolve });
      const port = this.#free.pop();
      if (port) void this.#next(port);
    });
  }

  /** @param {MessagePort} port whose assistant has nothing to do */
  async #next(port) {
    await this.gate.pass();
    const work = this.#waiting.shift();
    if (!work) {
      this.#free.push(port);
      return;
    }
    const { first, leaves, resolve } = work;
    port.onmessage = ({ data }) => {
      resolve(data.answer);
      void this.#next(port);
    };
    port.postMessage(
      { first, leaves },
      leaves.map(({ buffer }) => /** @type {ArrayBuffer} */ (buffer)),
    );
  }
}

const gate = new Gate();

/** @param {boolean} paused */
export const setPaused = (paused) => gate.set(!paused);

/**
 * Verifies a record and tells how it goes.
 * @param {Order} order
 * @param {(telling: Telling) => void} tell
 */
export async function coordinate({ place, expected, resume, software, ports }, tell) {
  const files = openSource(place, (waiting) => tell({ waiting }));
  const assistants = new Assistants(ports, gate);
  // What the assistants open the election from, until they have it.
  /** @type {{ manifest: Uint8Array, bundles: Uint8Array[], size: number } | null} */
  let begun = { manifest: new Uint8Array(), bundles: [], size: 0 };
  /** @type {unknown} */
  let unreachable = null;
  const source = {
    list: () => files.list(),
    /** @param {string} path */
    async fetch(path) {
      await gate.pass();
      try {
        const bytes = await files.fetch(path);
        if (begun && bytes) {
          if (path === "manifest.json") begun.manifest = bytes;
          else if (path === "checkpoint") begun.size = checkpointSize(new TextDecoder().decode(bytes));
          else if (path.startsWith("tile/entries/")) begun.bundles.push(bytes);
        }
        return bytes;
      } catch (error) {
        if (error instanceof Unreachable) unreachable = error;
        throw error;
      }
    },
  };
  let told = 0;
  let noted = Date.now();
  const now = () => Date.now() - told >= TELL_MS;
  const watch = {
    /** @param {number} entries @param {number} total @param {number} ballots */
    progress(entries, total, ballots) {
      if (now() || entries === total) tell({ progress: { entries, total, ballots } });
    },
    /** @param {Float64Array} examined */
    examined(examined) {
      if (!now()) return;
      told = Date.now();
      tell({ examined });
    },
    /** @param {AuditFailure & { check: number }} failed */
    failed: (failed) => tell({ failed }),
    /** @param {string} fingerprint @param {Manifest} manifest */
    election(fingerprint, manifest) {
      if (begun) assistants.open({ ...begun, fingerprint });
      begun = null;
      tell({ election: fingerprint, manifest });
    },
    wantsSnapshot() {
      const wanted = Date.now() - noted >= NOTE_MS;
      if (wanted) noted = Date.now();
      return wanted;
    },
    /** @param {Uint8Array} snapshot @param {number} entries */
    snapshot: (snapshot, entries) => tell({ snapshot, entries }),
    /** @param {number} resumed */
    resumed: (resumed) => tell({ resumed }),
    discarded: () => tell({ discarded: true }),
  };
  try {
    const report = await auditRecord(source, watch, assistants, expected, resume, software);
    // What did not come says nothing about the record.
    tell(unreachable ? { stopped: String(unreachable), unreachable: true } : { report });
  } catch (error) {
    tell({ stopped: String(error), unreachable: false });
  }
}
