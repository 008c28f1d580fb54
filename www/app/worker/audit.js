import init, { openElection } from "../../veche-wasm-observer.js";
import { coordinate, setPaused } from "./audit/coordinator.js";
import { fetchProgram } from "./serve.js";

/**
 * The verifier off the page's thread. One worker coordinates, the others assist it; they are the same module. Each gets
 * one first message that says which it is.
 */

/** @typedef {import("./audit/coordinator.js").Order} Order */
/**
 * Verifies signatures and proofs of the entries that come through the port.
 * @param {MessagePort} port
 * @param {Promise<unknown>} program
 */
function assist(port, program) {
  /** @type {Promise<import("../../veche-wasm-observer.js").Election>} */
  let election;
  port.onmessage = async ({ data }) => {
    let answer = null;
    try {
      if (data.open) {
        const { manifest, bundles, size, fingerprint } = data.open;
        election = program.then(() => openElection(manifest, bundles, size, fingerprint));
        await election;
      } else {
        answer = (await election).verifyEntries(data.first, data.leaves);
      }
    } catch (error) {
      // Without an answer the coordinator verifies these entries itself.
      console.error(error);
    }
    port.postMessage({ answer });
  };
}

/** Listens for the message that makes this worker one of a verification's. */
export function hearAudit() {
  self.addEventListener("message", (/** @type {MessageEvent} */ { data }) => {
    if ("paused" in data) return setPaused(data.paused);
    if (!("program" in data)) return;
    const program = init({ module_or_path: fetchProgram(data.program) });
    if ("assist" in data) return assist(data.assist, program);
    /** @type {Order} */
    const order = data.order;
    program
      .then(() => coordinate(order, (telling) => self.postMessage(telling)))
      .catch((error) => self.postMessage({ stopped: String(error), unreachable: false }));
  });
}
