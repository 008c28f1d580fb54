import { audit } from "./audit.js";
import { Election, open } from "./election.js";
import { argument, told } from "./errors.js";
import { observerProgram } from "./observer-program.js";
import { BallotVerifier, openVerifier } from "./verifier.js";
import { startVoter } from "./voter-program.js";
import { Voter } from "./voter.js";

/** The script of the worker: everything that touches a voter's key happens here, and it is never sent to the page. */

/** @typedef {Election | Voter | BallotVerifier} Held */

/** What the page may ask things of. @type {Map<number, Held>} */
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
  openVerifier: (options) => openVerifier(observer, options),
  async verifyRecord(options, id) {
    const onProgress = (/** @type {unknown} */ progress) => postMessage({ id, progress });
    return audit(await observerProgram(observer), { ...options, onProgress });
  },
};

/** What the page may ask of an object, and what it is told of it without asking. */
const KINDS = [
  {
    of: Voter,
    methods: ["provePossession", "handOver", "prepare", "seal", "checkReceipt", "moveTo"],
    facts: ["key", "style", "place"],
  },
  {
    of: Election,
    methods: ["check", "openVoter", "checkReceipt", "receiptText", "checkConsistency", "lookUp", "close"],
    facts: ["fingerprint", "manifest", "checkpoint"],
  },
  {
    of: BallotVerifier,
    methods: ["verifyBallot", "verifyBallots", "close"],
    facts: ["fingerprint", "manifest"],
  },
];

/** @param {unknown} object */
const kindOf = (object) => KINDS.find(({ of }) => object instanceof of);

/** @param {any} object */
const factsOf = (object) =>
  Object.fromEntries((kindOf(object)?.facts ?? []).map((name) => [name, object[name]]));

/** @param {{ id: number, target: number | null, method: string, args: any[] }} asked */
async function answer({ id, target, method, args }) {
  const object = target === null ? null : objects.get(target);
  const known = target === null ? Object.keys(own) : (kindOf(object)?.methods ?? []);
  if (!known.includes(method)) throw argument(`There is no ${method}() here.`);
  const handed = args.map((given) => (Number.isInteger(given?.ref) ? objects.get(given.ref) : given));
  const value = object
    ? await /** @type {any} */ (object)[method](...handed)
    : await own[method]?.(handed[0], id);
  if (kindOf(value)) {
    objects.set((last += 1), /** @type {Held} */ (value));
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
