// Receipts and checkpoints where the manifest names witnesses: what the built module believes, on vectors of such a vote.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

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

// Two of three witnesses are needed, and two have cosigned.
const VECTOR = "a_checkpoint_that_enough_witnesses_saw_passes-1.json";
const vector = JSON.parse(readFileSync(path.join(root, "tests/vectors/records", VECTOR), "utf8"));
const file = (name) => new Uint8Array(Buffer.from(vector.files[name], "base64"));
const checkpoint = new TextDecoder().decode(file("checkpoint"));
const size = Number(checkpoint.split("\n")[1]);
const bundle = file(`tile/entries/000.p/${size}`);
/** What the ballot box hands out, here made by whoever has replayed the ceremony. */
const card = observer.openElection(file("manifest.json"), [bundle], size, vector.expected).card();
const election = voter.openElection(file("manifest.json"), card, vector.expected);

const leaves = [];
for (let at = 0; at < bundle.length;) {
  const length = bundle[at] * 256 + bundle[at + 1];
  leaves.push(bundle.slice(at + 2, at + 2 + length));
  at += 2 + length;
}
const sha = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();
const leafHash = (entry) => sha(Uint8Array.of(0), entry);

/** The root of RFC 6962 section 2.1 over some leaf hashes, and the proof of one of them. */
function tree(hashes, index) {
  if (hashes.length === 1) return { root: hashes[0], proof: [] };
  const split = 2 ** Math.floor(Math.log2(hashes.length - 1));
  const [left, right] = [tree(hashes.slice(0, split), index), tree(hashes.slice(split), index - split)];
  const proof = index < split ? [...left.proof, right.root] : [...right.proof, left.root];
  return { root: sha(Uint8Array.of(1), left.root, right.root), proof };
}

const index = leaves.findIndex((entry) => entry[0] === 4);
const ballot = leaves[index].slice(1);
const receipt = {
  index,
  leaf: leafHash(leaves[index]).toString("base64"),
  proof: tree(leaves.map(leafHash), index).proof.map((hash) => hash.toString("base64")),
  checkpoint,
};
/** @param {(line: string) => boolean} keep which of the witnesses' lines stay */
const noteWith = (keep) =>
  checkpoint
    .split("\n")
    .filter((line) => !line.startsWith("— witness.example/") || keep(line))
    .join("\n");

function refused(code, run) {
  assert.throws(run, (error) => {
    assert.equal(error.code, code, error.message);
    assert.equal(error.fault, "server", error.message);
    return true;
  });
}

test("a receipt that enough witnesses stand behind holds", () => {
  assert.equal(election.manifest().witnesses.needed, 2);
  assert.equal(election.checkReceipt(ballot, receipt).index, index);
  assert.equal(election.checkCheckpoint(checkpoint).size, size);
});

test("attack_23 a receipt without enough cosignatures is refused, though the box signed it", () => {
  for (const keep of [() => false, (line) => line.includes("/w1 "), (line) => !line.includes("/w1 ")]) {
    const note = noteWith(keep);
    refused("receipt-wrong", () => election.checkReceipt(ballot, { ...receipt, checkpoint: note }));
    assert.throws(() => election.checkCheckpoint(note));
    assert.throws(() => election.checkConsistency(note, checkpoint, []));
    assert.throws(() => election.checkConsistency(checkpoint, note, []));
  }
});

test("attack_23 one witness twice is not two, and a false line spoils the note", () => {
  const lines = checkpoint.split("\n").filter((line) => line.startsWith("— witness.example/"));
  const only = noteWith((line) => line === lines[0]);
  refused("receipt-wrong", () =>
    election.checkReceipt(ballot, { ...receipt, checkpoint: `${only}${lines[0]}\n` }),
  );
  const last = lines[1].length - 8;
  const flipped = lines[1].slice(0, last) + (lines[1][last] === "A" ? "B" : "A") + lines[1].slice(last + 1);
  refused("receipt-wrong", () =>
    election.checkReceipt(ballot, { ...receipt, checkpoint: `${only}${flipped}\n` }),
  );
});
