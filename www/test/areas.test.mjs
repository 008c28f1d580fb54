// The walls between the areas: who may import whom, what a page loads, and which files of messages it speaks with.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import test from "node:test";
import { messagesOf, named } from "./texts.mjs";

const app = new URL("../app/", import.meta.url);
const AREAS = readdirSync(new URL("areas/", app));
const read = (path) => readFileSync(new URL(path, app), "utf8");
const files = readdirSync(app, { recursive: true })
  .map((name) => name.replaceAll("\\", "/"))
  .filter((name) => name.endsWith(".js") && name !== "early.js");

/** What a file refers to inside app/: by import statements, by import() when the page runs, by import() in types. */
function references(path) {
  const source = read(path);
  const code = source.replace(/\/\*[^]*?\*\//g, "");
  const targets = (text, pattern) =>
    [...text.matchAll(pattern)]
      .map(([, target]) => new URL(target, new URL(path, app)).href)
      .filter((address) => address.startsWith(app.href))
      .map((address) => address.slice(app.href.length));
  return {
    statically: targets(code, /^(?:import|export) (?:[^;"]*from )?"([^"]+)";$/gm),
    later: targets(code, /\bimport\("([^"]+)"\)/g),
    all: [
      ...targets(source, /\bimport\("([^"]+)"\)/g),
      ...targets(code, /^(?:import|export) (?:[^;"]*from )?"([^"]+)";$/gm),
    ],
  };
}

const areaOf = (path) => /^areas\/([^/]+)\//.exec(path)?.[1];

/** Everything that a module leads to. `later` includes what is loaded only when it is needed. */
function reach(path, later, seen = new Set()) {
  if (seen.has(path)) return seen;
  seen.add(path);
  const found = references(path);
  for (const target of later ? [...found.statically, ...found.later] : found.statically) {
    reach(target, later, seen);
  }
  return seen;
}

test("there are four areas, and what is imported is there", () => {
  assert.deepEqual(AREAS.sort(), ["desk", "public", "trustee", "voter"]);
  for (const path of files) {
    for (const target of references(path).all) {
      assert.ok(existsSync(new URL(target, app)), `${path} imports ${target}`);
    }
  }
});

test("no area imports from another, not even a type", () => {
  for (const path of files.filter(areaOf)) {
    for (const target of references(path).all) {
      assert.ok([undefined, areaOf(path)].includes(areaOf(target)), `${path} imports ${target}`);
    }
  }
});

test("what all areas share knows none of them: imports run from areas to parts to lib, and from worker to lib", () => {
  const below = { parts: ["parts", "lib"], lib: ["lib"], worker: ["worker", "lib"] };
  for (const path of files) {
    const folders = below[path.split("/")[0]];
    if (!folders) continue;
    const { statically, later, all } = references(path);
    for (const target of [...statically, ...later]) {
      assert.ok(folders.includes(target.split("/")[0]), `${path} imports ${target}`);
    }
    assert.deepEqual(all.filter(areaOf), [], `${path} knows an area`);
  }
});

test("an area is loaded when it is asked for, and then alone", () => {
  const entry = references("main.js");
  const areas = AREAS.map((area) => `areas/${area}/main.js`);
  assert.deepEqual(entry.later.sort(), [...areas, "embedded.js"].sort());
  assert.deepEqual([...reach("main.js", false)].filter(areaOf), []);
  for (const area of AREAS) {
    for (const path of reach(`areas/${area}/main.js`, true)) {
      assert.ok([undefined, area].includes(areaOf(path)), `${area} loads ${path}`);
    }
  }
});

test("an area speaks with its own files of messages, and needs each of them", async () => {
  for (const area of AREAS) {
    const [, list] = new RegExp(`^  ${area}: {[^}]*\n    messages: \\[([^\\]]+)\\],$`, "m").exec(
      read("main.js"),
    );
    const [used, stems] = [new Set(), new Set()];
    for (const path of [...reach("main.js", false), ...reach(`areas/${area}/main.js`, true)]) {
      const found = named(read(path));
      for (const key of found.keys) used.add(key);
      for (const stem of found.stems) stems.add(stem);
    }
    // What only a preview says is loaded by it alone.
    const alone = area === "voter" ? ["preview"] : [];
    for (const file of [...JSON.parse(`[${list.replace(/,\s*$/, "")}]`), ...alone]) {
      const messages = messagesOf("en", file);
      assert.ok(
        Object.keys(messages).some(
          (key) => used.delete(key) || [...stems].some((stem) => key.startsWith(stem)),
        ),
        `${area} says nothing of ${file}`,
      );
      for (const key of Object.keys(messages)) used.delete(key);
    }
    assert.deepEqual([...used], [], `${area} loads no text for these`);
  }
});
