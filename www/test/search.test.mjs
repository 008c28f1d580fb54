// Opening an election from a long record: which files are asked for.
import assert from "node:assert/strict";
import test from "node:test";
import { BallotSearch } from "../app/lib/ballot-search.js";
import { openFromBundles } from "../app/lib/bundles.js";
import { bundleCount, bundlePath } from "../app/lib/tiles.js";
import { Trouble } from "../app/lib/trouble.js";

const LAST = 1_234_067;
const SIZE = LAST * 256 + 7;
const more = () => new Trouble("more-bundles");

/** The files that a search opens an election from which needs `needed` bundles. */
async function asked(needed) {
  const paths = [];
  const files = { checkpoint: `origin\n${SIZE}\nroot\n`, "manifest.json": "{}" };
  const record = {
    file: async (path) => {
      paths.push(path);
      return new TextEncoder().encode(files[path] ?? "");
    },
  };
  const engine = {
    call: async (_, { bundles }) => {
      if (bundles.length < needed) throw more();
      return { manifest: {} };
    },
  };
  await new BallotSearch(record, engine, "", {}).open();
  return paths.slice(2);
}

test("a search asks for the bundles by the paths that the record has", async () => {
  const paths = await asked(1_001);
  assert.equal(paths[999], "tile/entries/999");
  assert.equal(paths[1_000], "tile/entries/x001/000");
  // The path of this one is computed as all are; a million bundles would take minutes.
  assert.equal(bundlePath(LAST, bundleCount(LAST, SIZE)), "tile/entries/x001/x234/067.p/7");
});

test("bundles are added until the election opens; any other trouble, and a record that ends, end it", async () => {
  const paths = [];
  const file = async (path) => {
    paths.push(path);
    return Uint8Array.of(paths.length);
  };
  const opened = await openFromBundles(600, file, async (bundles) => {
    if (bundles.length < 3) throw more();
    return bundles.map(([first]) => first);
  });
  assert.deepEqual(opened, [1, 2, 3]);
  assert.deepEqual(paths, ["tile/entries/000", "tile/entries/001", "tile/entries/002.p/88"]);
  const never = (bundles) => Promise.reject(bundles.length > 9 ? new Error("it goes on and on") : more());
  await assert.rejects(openFromBundles(600, file, never), { code: "setup" });
  await assert.rejects(openFromBundles(0, file, never), { code: "setup" });
  const wrong = () => Promise.reject(new Trouble("wrong-election"));
  await assert.rejects(openFromBundles(600, file, wrong), { code: "wrong-election" });
});
