// What an interrupted verification has noted: read by the same build of the page only, and refused in one click.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Verification } from "../app/areas/public/model/verification.js";
import { Database } from "../app/lib/idb.js";
import { buildOf } from "../app/lib/integrity.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const dist = process.env.TRUNK_BUILD_DIST ?? path.join(root, "dist");
const { default: init, auditRecord } = await import(
  pathToFileURL(path.join(dist, "veche-wasm-observer.js")).href
);
await init({ module_or_path: readFileSync(path.join(dist, "veche-wasm-observer_bg.wasm")) });

/** A page as it was published with these modules. */
const published = (hashes) => ({
  baseURI: "https://vote.example/town/",
  querySelector: () => ({ textContent: JSON.stringify({ integrity: hashes }) }),
});
const HASHES = { "./app/main.js": "sha256-AAAA", "./veche-wasm-observer_bg.wasm": "sha256-BBBB" };
const honest = published(HASHES);
/** As it once was: the program is the same, and one module of the page another. */
const once = published({ ...HASHES, "./app/main.js": "sha256-CCCC" });

/** Has pages keep in memory what they would keep in the browser. */
function browser(t) {
  const kept = new Map();
  t.mock.method(Database, "open", async () => ({
    get: async (_, key) => kept.get(key),
    put: async (_, key, value) => void kept.set(key, value),
    remove: async (_, key) => void kept.delete(key),
  }));
  return kept;
}

/** @param {object} page @param {() => Promise<void>} visit */
async function on(page, visit) {
  globalThis.document = page;
  try {
    return await visit();
  } finally {
    delete globalThis.document;
  }
}

const PLACE = { url: "https://vote.example/record/" };
const ELECTION = "f".repeat(64);

/** H of the protocol, as a digest in hexadecimal. */
function digest(tag, field) {
  const hash = createHash("sha512");
  for (const bytes of [Buffer.from(`veche/1/${tag}`), field]) {
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(bytes.length));
    hash.update(length).update(bytes);
  }
  return hash.digest("hex").slice(0, 64);
}

/** A note that says of all its entries that they are verified, whatever was found. */
function lying(note, software) {
  const body = JSON.parse(new TextDecoder().decode(note.subarray(65)));
  assert.ok(body.bad.length > 0, "an honest note names the false entry");
  const bytes = Buffer.from(JSON.stringify({ ...body, bad: [], software }));
  return new Uint8Array(Buffer.concat([Buffer.from(`${digest("audit-snapshot", bytes)}\n`), bytes]));
}

/** A record with one false ballot, that ends while the vote is open. */
const records = path.join(root, "tests/vectors/records");
const vector = readdirSync(records)
  .filter((name) => name.startsWith("attack_06_"))
  .map((name) => JSON.parse(readFileSync(path.join(records, name), "utf8")))[0];

async function audit(software, resume) {
  const told = { snapshots: [], resumed: null, discarded: false };
  const source = {
    list: async () => Object.keys(vector.files),
    fetch: async (name) =>
      vector.files[name] === undefined ? null : new Uint8Array(Buffer.from(vector.files[name], "base64")),
  };
  const watch = {
    progress() {},
    examined() {},
    failed() {},
    election() {},
    wantsSnapshot: () => true,
    snapshot: (bytes, entries) => told.snapshots.push({ bytes, entries }),
    resumed: (entry) => {
      told.resumed = entry;
    },
    discarded: () => {
      told.discarded = true;
    },
  };
  const report = JSON.parse(await auditRecord(source, watch, undefined, vector.expected, resume, software));
  const named = report.checks
    .flatMap(({ failure, more_failures: more }) => [failure, ...more])
    .filter(Boolean);
  return { told, outcome: report.outcome, named: named.map(({ entry }) => entry) };
}

test("a build is all modules of a page, and a page without their hashes has none", async () => {
  const build = await buildOf(honest);
  assert.match(build, /^[0-9a-f]{64}$/);
  assert.equal(await buildOf(published({ ...HASHES })), build);
  assert.notEqual(await buildOf(once), build);
  assert.equal(await buildOf(published({})), null);
});

test("attack_72 what a page that was once false has noted is not believed", async (t) => {
  const [before, now] = [await buildOf(once), await buildOf(honest)];
  const honestly = await audit(before);
  assert.equal(honestly.outcome, "failed");
  const { bytes, entries } = honestly.told.snapshots.at(-1);
  const note = lying(bytes, before);
  // The note works: a page of the same build would believe it, and no longer name the false ballot.
  const believed = await audit(before, note);
  assert.deepEqual([believed.told.resumed, believed.named], [entries, []]);
  // Another build's program takes it for nothing.
  const later = await audit(now, note);
  assert.deepEqual([later.told.resumed, later.told.discarded], [null, true]);
  assert.deepEqual(later.named, honestly.named);

  // Nor does the page offer to go on from it.
  const kept = browser(t);
  const key = `verify ${PLACE.url} ${ELECTION}`;
  kept.set(key, { build: before, bytes: note, entries, at: 0 });
  assert.equal(await on(once, () => new Verification().kept(PLACE, ELECTION)), entries);
  assert.equal(await on(honest, () => new Verification().kept(PLACE, ELECTION)), null);
  // Notes of before builds were named, and those of a page without hashes, count for nothing either.
  kept.set(key, { software: now, bytes: note, entries, at: 0 });
  assert.equal(await on(honest, () => new Verification().kept(PLACE, ELECTION)), null);
  kept.set(key, { build: "", bytes: note, entries, at: 0 });
  assert.equal(await on(published({}), () => new Verification().kept(PLACE, ELECTION)), null);
});

test("attack_72 a note that names this very build is said, and refused when verifying starts from nothing", async (t) => {
  const kept = browser(t);
  const now = await buildOf(honest);
  const key = `verify ${PLACE.url} ${ELECTION}`;
  const note = { build: now, bytes: Uint8Array.of(1), entries: 7, at: 0 };
  kept.set(key, note);
  // There are no workers here, so that it goes no further than this.
  const start = async (anew) => {
    const verification = new Verification();
    await on(honest, async () => {
      assert.equal(await verification.kept(PLACE, ELECTION), kept.has(key) ? 7 : null);
      await verification.start(PLACE, ELECTION, anew);
    });
  };
  t.mock.method(globalThis, "fetch", async () => new Response(""));
  await start(false);
  assert.equal(kept.get(key), note);
  await start(true);
  assert.equal(kept.has(key), false);
});
