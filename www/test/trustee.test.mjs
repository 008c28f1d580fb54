// A trustee's board from JavaScript: it refuses what the verifier refuses, on every record of the test vectors.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { bundlePath } from "../app/lib/tiles.js";
import { Desk, readInvitation } from "../app/areas/trustee/model/trustee.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const dist = process.env.TRUNK_BUILD_DIST ?? path.join(root, "dist");
const {
  default: init,
  Trustee,
  TrusteeBoard,
} = await import(pathToFileURL(path.join(dist, "veche-wasm-observer.js")).href);
await init({ module_or_path: readFileSync(path.join(dist, "veche-wasm-observer_bg.wasm")) });

const records = path.join(root, "tests/vectors/records");
const vectors = readdirSync(records).map((name) => ({
  name,
  ...JSON.parse(readFileSync(path.join(records, name), "utf8")),
}));
const FINISHED = "a_finished_record_is_verified_and_counts_each_voters_last_ballot-1.json";

const files = (vector) => (name) => {
  const text = vector.files[name];
  if (text === undefined) throw Object.assign(new Error(`${name} is missing`), { code: "missing" });
  return new Uint8Array(Buffer.from(text, "base64"));
};

/** Replays a record as the page does; all of these fit into one bundle. */
function replay(vector, before = () => undefined) {
  const file = files(vector);
  const note = new TextDecoder().decode(file("checkpoint"));
  const size = Number(note.split("\n")[1]);
  const bundle = file(bundlePath(0, size));
  const board = TrusteeBoard.open(file("manifest.json"), bundle, size, vector.expected);
  before(board);
  let settled = 0;
  for (let added = { size: 0, owed: [] }; added.size < size;) {
    added = board.add(bundle, size);
    if (added.owed.length > 0) {
      board.settle(bundle, size, 0);
      settled += added.owed.length;
    }
  }
  return { board, note, size, settled, checkpoint: board.check(note) };
}

const finished = vectors.find(({ name }) => name === FINISHED);
const refused = (code, run) => assert.throws(run, (error) => error.code === code);

test("a trustee's board refuses what the verifier refuses, at the same entry, for the same reason", () => {
  // Which files there are, tiles of hashes and the result as a file: the page asks for none of these.
  const FILES = new Set([1, 6, 31]);
  assert.ok(vectors.length > 150);
  for (const vector of vectors) {
    const { failures = [] } = vector.expect;
    let error = null;
    try {
      replay(vector);
    } catch (caught) {
      error = caught;
    }
    const what = `${vector.name}: ${error}`;
    if (failures.length === 0) assert.equal(error, null, what);
    else if (!failures.every(({ check }) => FILES.has(check))) {
      assert.notEqual(error, null, what);
      // A bundle that cannot be cut is a broken transfer; everything else is named as the verifier names it.
      const [, check, at] = /check (\d+), entry (\d+):/.exec(String(error))?.map(Number) ?? [];
      const named =
        error.code === "record-unreadable" ||
        failures.every(({ entry }) => entry === undefined) ||
        failures.some((one) => one.check === check && one.entry === at);
      assert.ok(named, what);
    }
  }
});

test("a finished board says who has done what, with replaced ballots taken out", () => {
  const { board, settled } = replay(finished);
  assert.ok(settled > 0, "no ballot was replaced");
  const status = board.status();
  assert.equal(status.course, "published");
  assert.equal(status.fingerprint, finished.expected);
  assert.deepEqual(
    status.trustees.map(({ number }) => number),
    [1, 2, 3],
  );
  assert.ok(
    status.trustees.every(
      ({ committed, dealt, confirmed, blamed }) => committed && dealt && confirmed && !blamed,
    ),
  );
  assert.equal(status.trustees.filter(({ decrypted }) => decrypted).length >= status.threshold, true);
});

test("a board that is not the one seen before is refused", () => {
  const { checkpoint, note, size } = replay(finished);
  replay(finished, (board) => board.remember(size, checkpoint.root));
  refused("board-forked", () => replay(finished, (board) => board.remember(size - 1, checkpoint.root)));
  refused("board-rolled-back", () => replay(finished, (board) => board.remember(size + 1, checkpoint.root)));
  refused("checkpoint-wrong", () =>
    replay({
      ...finished,
      files: {
        ...finished.files,
        checkpoint: Buffer.from(note.replace(/^(.*\n.*\n)..../, "$1AAAA")).toString("base64"),
      },
    }),
  );
});

test("nobody acts on a board that no checkpoint was compared with", () => {
  const file = files(finished);
  const { size } = replay(finished);
  const board = TrusteeBoard.open(file("manifest.json"), file(bundlePath(0, size)), size, undefined);
  refused("board-unchecked", () => Trustee.create(board, 1));
});

test("words are given once, and are those of one trustee", () => {
  const { board } = replay(finished);
  const trustee = Trustee.create(board, 2);
  const words = trustee.words();
  assert.equal(words.length, 24);
  refused("already-used", () => trustee.words());
  assert.ok(trustee.isWord(24, ` ${words[23].toUpperCase()} `));
  assert.ok(!trustee.isWord(0, words[0]) && !trustee.isWord(25, words[0]) && !trustee.isWord(1, ""));
  assert.ok(!trustee.kept().includes(words[0]), "what is kept holds no word");
  refused("no-such-trustee", () => Trustee.create(board, 4));
  refused("no-such-trustee", () => Trustee.create(board, 0));
  refused("not-your-words", () => Trustee.recover(board, 2, words.join(" "), undefined));
  assert.throws(() => Trustee.recover(board, 2, words.slice(1).join(" "), undefined), {
    code: "words-count",
    number: 23,
  });
  assert.throws(
    () => Trustee.recover(board, 2, words.with?.(4, "vechebox").join(" ") ?? "", undefined),
    (error) => error.code.startsWith("words-"),
  );
  refused("storage", () => Trustee.recover(board, 2, words.join(" "), "{}"));
});

test("bundles are found where the record has them", () => {
  assert.equal(bundlePath(0, 256), "tile/entries/000");
  assert.equal(bundlePath(7, 3), "tile/entries/007.p/3");
  assert.equal(bundlePath(1234, 256), "tile/entries/x001/234");
  assert.equal(bundlePath(1234067, 1), "tile/entries/x001/x234/067.p/1");
});

test("an invitation is read whole or not at all", () => {
  assert.deepEqual(readInvitation("#trustee=12&token=aB-_9"), { number: 12, token: "aB-_9" });
  for (const hash of [
    "",
    "#trustee",
    "#trustee=2",
    "#trustee=2&token=",
    "#trustee=x&token=y",
    "#trustee=2&token=a b",
    "#trustee=222&token=y",
  ]) {
    assert.equal(readInvitation(hash), null, hash);
  }
});

test("nobody acts on a board while it is being read", async () => {
  const { note, size } = replay(finished);
  const file = files(finished);
  const board = { value: null };
  const asked = [];
  const engine = {
    async call(name, given) {
      asked.push(name);
      // As long as a worker takes.
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (name === "trusteeOpen") {
        board.value = TrusteeBoard.open(given.manifest, given.bundle, given.count, undefined);
        return { manifest: board.value.manifest() };
      }
      if (name === "trusteeAdd") return board.value.add(given.bundle, given.count);
      if (name === "trusteeSettle") return board.value.settle(given.bundle, given.count, given.first);
      if (name === "trusteeCheck") return board.value.check(given.note) && board.value.status();
      // What a step takes of the board: that a checkpoint is of all of it.
      Trustee.create(board.value, 1);
      return { bytes: new Uint8Array(1) };
    },
  };
  globalThis.document ??= { baseURI: "http://localhost/" };
  globalThis.sessionStorage ??= { getItem: () => null };
  const desk = new Desk({ box: "./", fingerprint: null }, engine);
  desk.api = { election: async () => ({ checkpoint: note }), record: async (name) => file(name) };
  const read = desk.refresh();
  const signed = desk.sign({ what: "deal" });
  const again = desk.refresh();
  await Promise.all([read, signed, again]);
  assert.equal(desk.size, size);
  assert.equal(asked.filter((name) => name === "trusteeOpen").length, 1);
  assert.ok(asked.indexOf("trusteeAct") > asked.indexOf("trusteeCheck"), asked.join());
});
