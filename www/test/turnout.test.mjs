// The turnout against time: the reader of the wasm API on the record of a finished vote, and the marks of the chart.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { pointsOf } from "../app/lib/turnout.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const dist = process.env.TRUNK_BUILD_DIST ?? path.join(root, "dist");
const {
  default: init,
  TurnoutReader,
  openElection,
} = await import(pathToFileURL(path.join(dist, "veche-wasm-observer.js")).href);
await init({ module_or_path: readFileSync(path.join(dist, "veche-wasm-observer_bg.wasm")) });

const name = "a_finished_record_is_verified_and_counts_each_voters_last_ballot-1.json";
const vector = JSON.parse(readFileSync(path.join(root, "tests/vectors/records", name), "utf8"));
const file = (name) => new Uint8Array(Buffer.from(vector.files[name], "base64"));
const manifest = file("manifest.json");
const checkpoint = new TextDecoder().decode(file("checkpoint"));
const size = Number(checkpoint.split("\n")[1]);
const bundle = `tile/entries/000.p/${size}`;
const election = openElection(manifest, [file(bundle)], size, vector.expected);
const open = (note = checkpoint, given = manifest) =>
  TurnoutReader.open(election, given, note, new Float64Array([size - 1]), new Float64Array([1_800_000_000]));
const refused = (code, run) =>
  assert.throws(run, (error) => error.name === "VecheError" && error.code === code);

test("a board that was read says who has taken part, at the opening and at the end", () => {
  const reader = open();
  assert.deepEqual(reader.upcoming(8), [bundle]);
  assert.equal(reader.add(file(bundle)), size);
  assert.deepEqual(reader.upcoming(8), []);
  const turnout = reader.finish();
  assert.equal(turnout.entries, size);
  assert.equal(turnout.open, false);
  const all = pointsOf(election.manifest(), turnout, null);
  // What is seen after the end says nothing more.
  assert.deepEqual(
    all.map(({ by }) => by),
    ["organiser", "organiser"],
  );
  assert.equal(all[0].all.ballots, 0);
  assert.equal(all[1].all.ballots, 3);
  for (const { all: whole, routes } of all) {
    assert.equal(
      whole.ballots,
      routes.reduce((sum, { ballots }) => sum + ballots, 0),
    );
  }
  const apart = turnout.districts.map(({ style }) => pointsOf(election.manifest(), turnout, style));
  assert.equal(
    all[1].all.ballots,
    apart.reduce((sum, points) => sum + points[1].all.ballots, 0),
  );
  assert.ok(turnout.districts.every(({ electorate }) => electorate > 0));
});

test("another board, another election and too many files are refused", () => {
  const altered = open();
  const bytes = file(bundle);
  bytes[bytes.length - 1] ^= 1;
  altered.add(bytes);
  refused("result-wrong", () => altered.finish());
  refused("result-wrong", () => open().finish());
  refused("record-unreadable", () => open().add(file(bundle).slice(1)));
  refused("result-wrong", () => open(checkpoint.replace(/\n\d+\n/, `\n${size - 1}\n`)));
  refused("wrong-election", () => open(checkpoint, new TextEncoder().encode("{}")));
  const whole = open();
  whole.add(file(bundle));
  refused("bad-argument", () => whole.add(file(bundle)));
});

test("the marks of the chart are whole numbers and whole hours of the town", async () => {
  globalThis.HTMLElement ??= class {};
  globalThis.customElements ??= { define() {} };
  const { hours, known, scale } = await import("../app/parts/results/curve.js");
  assert.deepEqual(scale(0), [0, 1]);
  assert.deepEqual(scale(3), [0, 1, 2, 3]);
  assert.deepEqual(scale(97), [0, 50, 100]);
  assert.deepEqual(scale(1_234), [0, 500, 1_000, 1_500]);
  // 24 to 26 October 2026 in Warsaw: on the 25th the clock is put back at three.
  const at = (text) => Date.parse(text) / 1_000;
  const { step, marks } = hours(at("2026-10-24T10:10:00Z"), at("2026-10-26T12:00:00Z"), "Europe/Warsaw", 6);
  assert.equal(step, 12 * 3_600);
  const local = marks.map((time) =>
    new Date(time * 1_000).toLocaleString("en-GB", {
      timeZone: "Europe/Warsaw",
      day: "numeric",
      hour: "2-digit",
      minute: "2-digit",
    }),
  );
  assert.deepEqual(
    local,
    ["25, 00:00", "25, 12:00", "26, 00:00", "26, 12:00"].map((one) => one),
  );
  assert.equal(known("Europe/Warsaw"), "Europe/Warsaw");
  assert.equal(known("Nowhere/Town"), "UTC");
});
