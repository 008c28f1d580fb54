import { audit } from "./audit.js";
import { Election, open } from "./election.js";
import { argument, told } from "./errors.js";
import { observerProgram } from "./observer-program.js";
import { startVoter } from "./voter-program.js";
import { Voter } from "./voter.js";

/** The script of the worker: everything that touches a voter's key happens here, and it is never sent to the page. */

/** @type {Map<number, Election | Voter>} */
const objects = new Map();
/** @type {Map<string, { resolve(module: WebAssembly.Module): void, reject(error: unknown): void }>} */
const wanted = new Map();
let last = 0;

/** Asks the page for a module: it knows where they are. @param {"voter" | "observer"} which @returns {Promise<WebAssembly.Module>} */
const program = (which) =>
  new Promise((resolve, reject) => {
    wanted.set(which, { resolve, reject });
    postMessage({ wanted: which });
  });

const observer = () => program("observer");
/** @type {Promise<void> | null} */
let voter = null;

/** What the page may ask of the worker itself. @type {Record<string, (args: any, id: number) => Promise<unknown>>} */
const own = {
  async openElection(options) {
    voter ??= program("voter").then(startVoter);
    await voter;
    return open(options, observer);
  },
  async verifyRecord(options, id) {
    const onProgress = (/** @type {unknown} */ progress) => postMessage({ id, progress });
    return audit(await observerProgram(observer), { ...options, onProgress });
  },
};

/** What the page may ask of an object. */
const METHODS = {
  election: ["check", "openVoter", "checkReceipt", "receiptText", "checkConsistency", "lookUp", "close"],
  voter: ["provePossession", "handOver", "prepare", "seal", "checkReceipt", "moveTo"],
};

/** @param {Election | Voter} object */
const factsOf = (object) =>
  object instanceof Voter
    ? { key: object.key, style: object.style, place: object.place }
    : { fingerprint: object.fingerprint, manifest: object.manifest, checkpoint: object.checkpoint };

/** @param {{ id: number, target: number | null, method: string, args: any[] }} asked */
async function answer({ id, target, method, args }) {
  const object = target === null ? null : objects.get(target);
  const known = object instanceof Voter ? METHODS.voter : METHODS.election;
  if (object === undefined || !(object ? known.includes(method) : method in own))
    throw argument(`There is no ${method}() here.`);
  const handed = args.map((given) => (Number.isInteger(given?.ref) ? objects.get(given.ref) : given));
  const value = object
    ? await /** @type {any} */ (object)[method](...handed)
    : await own[method]?.(handed[0], id);
  if (value instanceof Voter || value instanceof Election) {
    objects.set((last += 1), value);
    return { ref: last, facts: factsOf(value) };
  }
  return { value, ...(object instanceof Voter && { facts: factsOf(object) }) };
}

addEventListener("message", async (/** @type {MessageEvent} */ { data }) => {
  if (data.program) {
    const waiting = wanted.get(data.program);
    if (data.error) waiting?.reject(told(data.error));
    else waiting?.resolve(data.module);
    return;
  }
  try {
    postMessage({ id: data.id, ...(await answer(data)) });
  } catch (error) {
    const { name, code, fault, message, number } = told(error);
    postMessage({ id: data.id, error: { name, code, fault, message, number } });
  }
});
postMessage("ready");
