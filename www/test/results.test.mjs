// The results page's part of the wasm API, on the record of a finished vote; and the page's words.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const dist = process.env.TRUNK_BUILD_DIST ?? path.join(root, "dist");
const { default: init, openElection } = await import(
  pathToFileURL(path.join(dist, "veche-wasm-observer.js")).href
);
await init({ module_or_path: readFileSync(path.join(dist, "veche-wasm-observer_bg.wasm")) });

const name = "a_finished_record_is_verified_and_counts_each_voters_last_ballot-1.json";
const vector = JSON.parse(readFileSync(path.join(root, "tests/vectors/records", name), "utf8"));
const file = (name) => new Uint8Array(Buffer.from(vector.files[name], "base64"));
const checkpoint = new TextDecoder().decode(file("checkpoint"));
const size = Number(checkpoint.split("\n")[1]);
const bundle = `tile/entries/000.p/${size}`;
const election = openElection(file("manifest.json"), [file(bundle)], size, vector.expected);
const published = JSON.parse(new TextDecoder().decode(file("result.json")));
const bytes = (value) => new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
const files = new Map([[bundle, file(bundle)]]);
const read = (result = published, note = checkpoint, given = files) =>
  election.results(bytes(result), note, 1, given);
const refused = (code, run) =>
  assert.throws(run, (error) => error.name === "VecheError" && error.code === code);

test("a published result is drawn as it is stated, best first", () => {
  const { contests, turnout } = read().view();
  const manifest = election.manifest();
  assert.equal(contests.length, manifest.contests.length);
  let compared = 0;
  contests.forEach(({ places, ballots, withheld }, position) => {
    const groups = published.contests.filter(({ id }) => id === manifest.contests[position].id);
    assert.equal(
      ballots,
      groups.reduce((sum, group) => sum + group.ballots, 0),
    );
    assert.equal(
      withheld,
      groups.some((group) => group.withheld === true),
    );
    for (const { option, total } of places) {
      assert.equal(
        total,
        groups.reduce((sum, { options }) => sum + options[option].total, 0),
      );
      compared += 1;
    }
    assert.deepEqual(
      places.map(({ total }) => total),
      places.map(({ total }) => total).sort((one, other) => other - one),
    );
  });
  assert.ok(compared > 1);
  assert.equal(turnout.districts.length, manifest.styles.length);
  assert.equal(
    turnout.all.electorate,
    manifest.styles.reduce((sum, { electorate }) => sum + electorate, 0),
  );
});

test("the files are those of the command line", () => {
  const results = read();
  assert.match(results.csv("en"), /^contest,styles,option,name,total,cost,place,funded,outcome\n/);
  // In the reader's language where the town has written in it, otherwise in the town's first.
  const { languages, contests } = election.manifest();
  const { name } = contests[0].options[0];
  for (const language of languages) assert.ok(results.csv(language).includes(name[language]), language);
  assert.equal(results.csv("xx"), results.csv(languages[0]));
  assert.deepEqual(
    JSON.parse(results.json()).contests.map(({ id }) => id),
    election.manifest().contests.map(({ id }) => id),
  );
  refused("bad-argument", () => results.pabulib("no such contest"));
});

test("which files are needed, and how far the vote is", () => {
  assert.deepEqual(election.endFiles(size, 1), [bundle]);
  assert.deepEqual(election.endFiles(300, 1), ["tile/entries/001.p/44", "tile/1/000.p/1"]);
  assert.equal(election.stage(checkpoint, 1, files), "published");
  assert.ok(election.ended(checkpoint, 1, files) > 1_700_000_000);
});

test("a result that was altered is refused, whatever was altered", () => {
  const change = (alter) => {
    const altered = structuredClone(published);
    alter(altered.contests);
    return altered;
  };
  const group = published.contests.findIndex(
    ({ options }) => options.length > 1 && options[0].total !== options[1].total,
  );
  assert.ok(group >= 0);
  refused("result-wrong", () =>
    read(
      change((contests) => {
        const { options } = contests[group];
        [options[0].total, options[1].total] = [options[1].total, options[0].total];
      }),
    ),
  );
  refused("result-wrong", () =>
    read(
      change((contests) => {
        contests[group].ballots += 1;
      }),
    ),
  );
  refused("result-wrong", () =>
    read(
      change((contests) => {
        contests.pop();
      }),
    ),
  );
  refused("result-wrong", () =>
    read(
      change((contests) => {
        contests[group].options[0].id = "constructor";
      }),
    ),
  );
  for (const text of ["", "{}", "null", "[]", `${JSON.stringify(published)}x`])
    refused("result-wrong", () => read(text));
});

test("a board that was altered is refused", () => {
  refused("record-unreadable", () => read(published, checkpoint, new Map()));
  const altered = file(bundle);
  altered[altered.length - 1] ^= 1;
  refused("result-wrong", () => read(published, checkpoint, new Map([[bundle, altered]])));
  const lines = checkpoint.split("\n");
  lines[2] = lines[2].replace(/^./, (first) => (first === "A" ? "B" : "A"));
  refused("result-wrong", () => read(published, lines.join("\n")));
});
