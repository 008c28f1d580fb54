// "My ballot": what it takes to prove that a ballot is on a board of 200,000 entries, with the built module, a board of
// that shape signed with the log's key of the test vectors, and the page's own memory of the box.
import assert from "node:assert/strict";
import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { PROGRAM } from "../app/areas/voter/model/aftermath.js";
import { Box } from "../app/areas/voter/model/box.js";
import { Voter } from "../app/areas/voter/model/voter.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const dist = process.env.TRUNK_BUILD_DIST ?? path.join(root, "dist");
/** A built module. */
async function built(name) {
  const glue = await import(pathToFileURL(path.join(dist, `${name}.js`)).href);
  await glue.default({ module_or_path: readFileSync(path.join(dist, `${name}_bg.wasm`)) });
  return glue;
}
const voter = await built("veche-wasm-voter");
const observer = await built("veche-wasm-observer");

const VECTOR = "a_finished_record_is_verified_and_counts_each_voters_last_ballot-1.json";
const vector = JSON.parse(readFileSync(path.join(root, "tests/vectors/records", VECTOR), "utf8"));
const file = (name) => new Uint8Array(Buffer.from(vector.files[name], "base64"));
const first = new TextDecoder().decode(file("checkpoint"));
const size = Number(first.split("\n")[1]);
const bundle = file(`tile/entries/000.p/${size}`);
const card = observer.openElection(file("manifest.json"), [bundle], size, vector.expected).card();
const election = voter.openElection(file("manifest.json"), card, vector.expected);

/** The ballots of the record, as they were cast. */
const ballots = [];
for (let at = 0; at < bundle.length;) {
  const length = bundle[at] * 256 + bundle[at + 1];
  if (bundle[at + 2] === 4) ballots.push(bundle.slice(at + 3, at + 2 + length));
  at += 2 + length;
}

const sha = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();
const leafOf = (ballot) => sha(Uint8Array.of(0, 4), ballot);

/** The log's key of the vectors: H("test-bytes"; "board", 2 as u64) is its seed. */
function logKey() {
  const number = (value) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(value));
    return bytes;
  };
  const hash = createHash("sha512");
  for (const field of [Buffer.from("veche/1/test-bytes"), Buffer.from("board"), number(2)])
    hash.update(number(field.length)).update(field);
  const der = Buffer.from("302e020100300506032b657004220420", "hex");
  return createPrivateKey({
    key: Buffer.concat([der, hash.digest().subarray(0, 32)]),
    format: "der",
    type: "pkcs8",
  });
}

const key = logKey();
const origin = first.split("\n")[0];

/** A checkpoint as the log signs it (C2SP signed-note). */
function signed(entries, rootHash) {
  const text = `${origin}\n${entries}\n${rootHash.toString("base64")}\n`;
  const publicKey = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);
  const id = sha(`${origin}\n`, Uint8Array.of(1), publicKey).subarray(0, 4);
  const signature = Buffer.concat([id, sign(null, Buffer.from(text), key)]).toString("base64");
  return `${text}\n— ${origin} ${signature}\n`;
}

/** A board of any leaves (RFC 6962, section 2.1): roots, inclusion, consistency. */
class Board {
  #roots = new Map();

  /** @param {Buffer[]} leaves */
  constructor(leaves) {
    this.leaves = leaves;
  }

  root(from = 0, to = this.leaves.length) {
    if (to - from === 1) return this.leaves[from];
    const name = from * 2 ** 25 + to;
    const known = this.#roots.get(name);
    if (known) return known;
    const split = from + 2 ** Math.floor(Math.log2(to - from - 1));
    const made = sha(Uint8Array.of(1), this.root(from, split), this.root(split, to));
    this.#roots.set(name, made);
    return made;
  }

  inclusion(index, from, to) {
    if (to - from === 1) return [];
    const split = from + 2 ** Math.floor(Math.log2(to - from - 1));
    return index < split
      ? [...this.inclusion(index, from, split), this.root(split, to)]
      : [...this.inclusion(index, split, to), this.root(from, split)];
  }

  consistency(then, from, to, whole = true) {
    if (then === to - from) return whole ? [] : [this.root(from, to)];
    const split = 2 ** Math.floor(Math.log2(to - from - 1));
    return then <= split
      ? [...this.consistency(then, from, from + split, whole), this.root(from + split, to)]
      : [...this.consistency(then - split, from + split, to, false), this.root(from, from + split)];
  }

  checkpoint(entries) {
    return signed(entries, this.root(0, entries));
  }

  /** The receipt that the box gave when it had so many entries. */
  receipt(index, entries) {
    return {
      index,
      leaf: this.leaves[index].toString("base64"),
      proof: this.inclusion(index, 0, entries).map((hash) => hash.toString("base64")),
      checkpoint: this.checkpoint(entries),
    };
  }
}

/** The page's memory, with nothing but what it needs here. */
function memory(stores = {}) {
  const store = (name) => (stores[name] ??= new Map());
  return {
    get: async (name, key) => store(name).get(key),
    all: async (name) => [...store(name).values()],
    transact: async (names, _, work) => {
      const opened = (name) => ({
        get: (key) => {
          const request = {};
          queueMicrotask(() => {
            request.result = store(name).get(key);
            request.onsuccess();
          });
          return request;
        },
        put: (value, key) => void store(name).set(key, value),
      });
      return work(Object.fromEntries(names.map((name) => [name, opened(name)])));
    },
  };
}

const engine = {
  call: async (op, args) =>
    ({
      checkReceipt: () => election.checkReceipt(args.ballot, args.receipt),
      checkCheckpoint: () => election.checkCheckpoint(args.note),
      checkConsistency: () => election.checkConsistency(args.older, args.newer, args.proof),
    })[op](),
};

/** The box's answers, counted in bytes of JSON. */
function boxOf(board, entries) {
  const asked = { bytes: 0, times: 0 };
  const answer = (value) => {
    asked.bytes += Buffer.byteLength(JSON.stringify(value));
    asked.times += 1;
    return value;
  };
  const api = {
    election: async () =>
      answer({
        fingerprint: vector.expected,
        phase: "open",
        registration: "open",
        origin,
        checkpoint: board.checkpoint(entries),
        now: "2026-05-03T08:00:00Z",
        closes: "2026-05-14T20:00:00Z",
        statements: [],
      }),
    consistency: async (from, to) => {
      // The proof of so many first entries in a board of `to`.
      const proof = board.consistency(from, 0, to).map((hash) => hash.toString("base64"));
      return answer({ proof });
    },
  };
  return { asked, api };
}

const ENTRIES = 200_000;
const filler = (index) => sha(`entry ${index}`);

test("attack_50 a ballot is proved to be recorded with less than 100 kB at 200,000 entries, and no entry is asked for", async () => {
  const [ballot] = ballots;
  const places = [0, 1, 65_535, 131_071, 131_072, 199_998];
  let most = 0;
  for (const index of places) {
    const leaves = Array.from({ length: ENTRIES }, (_, at) => (at === index ? leafOf(ballot) : filler(at)));
    const board = new Board(leaves);
    const { asked, api } = boxOf(board, ENTRIES);
    const cast = { bytes: ballot, receipt: board.receipt(index, index + 1) };
    const box = new Box(api, engine, memory());
    // Seen yesterday, somewhere in between.
    await box.see(board.checkpoint(ENTRIES));
    asked.bytes = 0;
    const { place, size } = await box.prove(cast);
    assert.deepEqual([place.index, size], [index, ENTRIES]);
    most = Math.max(most, asked.bytes);
  }
  console.log(`at most ${most} bytes`);
  assert.ok(most > 500 && most < 100_000, `${most} bytes`);
});

test("attack_50 a board that does not go on from the receipt is never called the place of its ballot", async () => {
  const [ballot, other] = ballots;
  const index = 700;
  const leaves = Array.from({ length: 2_000 }, (_, at) => (at === index ? leafOf(ballot) : filler(at)));
  const honest = new Board(leaves);
  const robbed = new Board(leaves.map((hash, at) => (at === index ? leafOf(other) : hash)));
  const cast = { bytes: ballot, receipt: honest.receipt(index, index + 1) };
  // A browser that remembers nothing, as after everything was removed from it, and one that has seen the other board.
  for (const seen of [null, robbed]) {
    const box = new Box(boxOf(robbed, 2_000).api, engine, memory());
    if (seen) await box.see(seen.checkpoint(2_000));
    await assert.rejects(box.prove(cast), { code: "box-forked" });
  }
  // A box that has gone back to before the ballot.
  const box = new Box(boxOf(honest, index).api, engine, memory());
  await assert.rejects(box.prove(cast), { code: "box-rolled-back" });
});

test("attack_50 the next ballot's place is believed only where it can be", async () => {
  const [ballot] = ballots;
  const board = new Board([leafOf(ballot), filler(1)]);
  const receipt = board.receipt(0, 1);
  const { key, hash } = election.checkReceipt(ballot, receipt);
  const zeros = "0".repeat(64);
  const database = memory({ receipts: new Map([[hash, { bytes: ballot, receipt, key }]]) });
  globalThis.sessionStorage = { getItem: () => null };
  const placed = (own, sequence, previous) => {
    const page = new Voter({ database, engine, config: { fingerprint: "" } });
    page.me = { pseudonym: "", style: "", key: own, sequence, previous };
    return page.place();
  };
  assert.equal((await placed(key, 1, hash)).previous, hash);
  assert.equal((await placed(key, 2, "1".repeat(64))).sequence, 2);
  assert.equal((await placed("another key", 0, zeros)).sequence, 0);
  for (const [own, sequence, previous] of [
    [key, 0, zeros],
    [key, 0, hash],
    [key, 1, "1".repeat(64)],
    [key, 1, zeros],
    ["another key", 0, hash],
    ["another key", 3, zeros],
  ]) {
    await assert.rejects(placed(own, sequence, previous), { code: "chain-wrong" }, `${sequence} ${previous}`);
  }
  // The module refuses what no ballot can be, whoever asks.
  const credential = election.newCredential();
  const [{ id: style }] = election.manifest().styles;
  for (const [sequence, previous] of [
    [0, hash],
    [3, zeros],
  ])
    assert.throws(() => election.prepare(credential, style, sequence, previous, 1), { code: "chain-wrong" });
});

test("an observer's program is no larger than a voter is told", () => {
  const bytes = ["veche-wasm-observer_bg.wasm", "veche-wasm-observer.js"].map(
    (name) => statSync(path.join(dist, name)).size,
  );
  const sum = bytes.reduce((one, other) => one + other, 0);
  assert.ok(sum < PROGRAM, `${sum} bytes`);
});
