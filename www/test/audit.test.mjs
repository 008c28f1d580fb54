// The verifier from JavaScript: on every record of the test vectors it finds what the vectors say, alone and assisted.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { recordIn } from "../app/lib/dropped.js";
import { bundlePath, leavesPath } from "../app/lib/tiles.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const dist = process.env.TRUNK_BUILD_DIST ?? path.join(root, "dist");
const {
  default: init,
  auditRecord,
  checks,
  openElection,
} = await import(pathToFileURL(path.join(dist, "veche-wasm-observer.js")).href);
await init({ module_or_path: readFileSync(path.join(dist, "veche-wasm-observer_bg.wasm")) });

const records = path.join(root, "tests/vectors/records");
const vectors = readdirSync(records).map((name) => ({
  name,
  ...JSON.parse(readFileSync(path.join(records, name), "utf8")),
}));
const FINISHED = "a_finished_record_is_verified_and_counts_each_voters_last_ballot-1.json";
const finished = vectors.find(({ name }) => name === FINISHED);

const EXIT = { verified: 0, consistent: 0, "not-finished": 0, cancelled: 0, failed: 1, unreadable: 2 };
/** What a vector calls what became of a check. */
const LETTER = { passed: "p", failed: "f", "not-applicable": "n", "not-reached": "-" };

/** Who looks on, and remembers. */
function onlooker() {
  const told = {
    progress: [],
    failed: [],
    examined: null,
    election: null,
    snapshots: [],
    resumed: null,
    discarded: false,
  };
  return {
    told,
    progress: (...progress) => told.progress.push(progress),
    examined: (counts) => {
      told.examined = counts;
    },
    failed: (failure) => told.failed.push(failure),
    election: (fingerprint, manifest) => {
      told.election = fingerprint;
      told.manifest = manifest;
    },
    wantsSnapshot: () => true,
    snapshot: (bytes, entries) => told.snapshots.push({ bytes, entries }),
    resumed: (entry) => {
      told.resumed = entry;
    },
    discarded: () => {
      told.discarded = true;
    },
  };
}

/** Audits a vector. `assisted` has another instance of the election verify. */
async function audit(
  vector,
  { assisted = false, listed = true, resume, files = vector.files, software = "tests" } = {},
) {
  const watch = onlooker();
  const source = {
    list: async () => (listed ? Object.keys(files) : null),
    fetch: async (name) =>
      files[name] === undefined ? null : new Uint8Array(Buffer.from(files[name], "base64")),
  };
  let asked = 0;
  const assistants = {
    count: 2,
    async verify(first, leaves) {
      asked += 1;
      const note = new TextDecoder().decode(await source.fetch("checkpoint"));
      const size = Number(note.split("\n")[1]);
      const bundle = await source.fetch(bundlePath(0, Math.min(size, 256)));
      const election = openElection(await source.fetch("manifest.json"), [bundle], size, watch.told.election);
      return election.verifyEntries(first, leaves);
    },
  };
  const report = JSON.parse(
    await auditRecord(source, watch, assisted ? assistants : undefined, vector.expected, resume, software),
  );
  return { report, told: watch.told, asked };
}

/** What a vector states of a report. */
function gist({ outcome, checks: found }) {
  // Of one entry a check can find several things wrong that the same party is to blame for.
  const failures = new Map();
  for (const { number, failure, more_failures: more } of found) {
    for (const { entry, culprit } of [failure, ...more].filter(Boolean)) {
      const one = { check: number, ...(entry !== null && { entry }), blame: culprit };
      failures.set(JSON.stringify(one), one);
    }
  }
  return {
    exit: EXIT[outcome],
    statuses: found.map(({ status }) => LETTER[status]).join(""),
    ...(failures.size > 0 && { failures: [...failures.values()] }),
  };
}

/** The checks that fail by what a vector states, or a report. */
const failing = ({ failures = [] }) => [...new Set(failures.map(({ check }) => check))];

test("every record of the vectors is judged as they say", async () => {
  assert.ok(vectors.length > 150);
  for (const vector of vectors) {
    const { report } = await audit(vector);
    const { funding = [], key_changes, turnout, ...expect } = vector.expect;
    assert.deepEqual(gist(report), expect, vector.name);
    if (expect.exit === 0) assert.deepEqual(report.funding ?? [], funding, vector.name);
    if (key_changes)
      assert.deepEqual([report.key_changes, report.turnout], [key_changes, turnout], vector.name);
    assert.deepEqual((await audit(vector, { assisted: true })).report, report, vector.name);
  }
});

test("the checks are those of the report", async () => {
  const { report, told } = await audit(finished);
  assert.deepEqual(
    [...checks()],
    report.checks.map(({ number }) => number),
  );
  assert.equal(told.election, report.fingerprint);
  assert.equal(
    told.manifest.title.en,
    JSON.parse(Buffer.from(finished.files["manifest.json"], "base64")).title.en,
  );
  assert.equal(told.progress.at(-1)[0], report.entries);
  assert.equal(told.examined[24], report.checks[23].examined);
  assert.equal(told.failed.length, 0);
});

test("behind a server that lists nothing a missing file is missed", async () => {
  const whole = await audit(finished, { listed: false });
  assert.equal(gist(whole.report).exit, 0);
  const { "result.json": _, ...files } = finished.files;
  const missed = gist((await audit(finished, { listed: false, files })).report);
  assert.deepEqual([missed.exit, failing(missed)], [1, [1]]);
});

test("what is found on the way is in the report", async () => {
  const vector = vectors.find(({ expect }) => failing(expect).join() === "24");
  const { report, told } = await audit(vector);
  const named = report.checks.flatMap(({ number, failure, more_failures: more }) =>
    [failure, ...more].filter(Boolean).map((one) => ({ check: number, ...one })),
  );
  assert.deepEqual(
    told.failed.map((one) => ({ entry: null, ...one })),
    named,
  );
});

test("an interrupted audit goes on, and a snapshot of other software or of another record does not count", async () => {
  // The vectors are short: all of it is one window, and the snapshot comes at its end, if there is one.
  const { told, report } = await audit(finished);
  for (const { bytes, entries } of told.snapshots) {
    const again = await audit(finished, { resume: bytes });
    assert.equal(again.told.resumed, entries);
    assert.deepEqual(again.report, report);
    const other = await audit(finished, { resume: bytes, software: "other" });
    assert.deepEqual([other.told.resumed, other.told.discarded], [null, true]);
    assert.deepEqual(other.report, report);
  }
  const damaged = await audit(finished, { resume: Uint8Array.of(1, 2, 3) });
  assert.ok(damaged.told.discarded);
  assert.deepEqual(damaged.report, report);
});

test("a record that cannot be read is no verdict, and a script that throws is quoted", async () => {
  const nothing = await audit(finished, { files: {} });
  assert.equal(nothing.report.outcome, "unreadable");
  const watch = onlooker();
  const source = {
    list: async () => [],
    fetch: async () => {
      throw new Error("the disk is wet");
    },
  };
  const report = JSON.parse(await auditRecord(source, watch, undefined, undefined, undefined, "tests"));
  assert.match(JSON.stringify(report), /the disk is wet/);
});

test("places in a record, and the record in a dropped folder", () => {
  assert.equal(bundlePath(0, 256), "tile/entries/000");
  assert.equal(bundlePath(1_234_067, 7), "tile/entries/x001/x234/067.p/7");
  assert.equal(leavesPath(390, 160), "tile/0/390.p/160");
  const files = new Map([
    ["Downloads/vote/record/checkpoint", 1],
    ["Downloads/vote/record/tile/0/000", 2],
    ["Downloads/notes.txt", 3],
  ]);
  assert.deepEqual(
    [...recordIn(files)],
    [
      ["checkpoint", 1],
      ["tile/0/000", 2],
    ],
  );
  assert.deepEqual([...recordIn(new Map([["checkpoint", 1]]))], [["checkpoint", 1]]);
  assert.equal(recordIn(new Map([["my-checkpoint", 1]])), null);
});
