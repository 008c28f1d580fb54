// The bundled site: the same from every folder, and everything in it that something asks for.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { bundle } from "../bundle.mjs";

const www = new URL("../", import.meta.url).pathname;

/** What Trunk makes of the repository, with programs that only have the names of the real ones. */
function built(folder) {
  const dist = join(folder, "dist");
  mkdirSync(dist, { recursive: true });
  cpSync(join(www, "app"), join(dist, "app"), { recursive: true });
  cpSync(join(www, "demo"), join(dist, "demo"), { recursive: true });
  const page = readFileSync(join(www, "../index.html"), "utf8")
    .replace(/^.*data-trunk.*\n/gm, "")
    .replace("</head>", '<script type="module" src="./app/main.js"></script></head>');
  writeFileSync(join(dist, "index.html"), page);
  for (const which of ["voter", "observer"]) {
    const names = new Set();
    for (const name of readdirSync(join(dist, "app"), { recursive: true }).filter((name) =>
      name.endsWith(".js"),
    )) {
      const source = readFileSync(join(dist, "app", name), "utf8");
      for (const [, list] of source.matchAll(
        new RegExp(`^import (?:\\w+, )?\\{([^}]*)\\} from "[^"]*veche-wasm-${which}\\.js";$`, "gm"),
      ))
        for (const name of list.split(",")) if (name.trim()) names.add(name.trim().split(" as ")[0]);
    }
    const glue = [...names].map((name) => `export const ${name} = () => "${which}";\n`).join("");
    writeFileSync(join(dist, `veche-wasm-${which}.js`), `${glue}export default async function init() {}\n`);
    writeFileSync(join(dist, `veche-wasm-${which}_bg.wasm`), which);
    writeFileSync(join(dist, `veche-wasm-${which}.d.ts`), "export {};");
  }
  return dist;
}

const folder = mkdtempSync(join(tmpdir(), "veche-bundle-"));
test.after(() => rmSync(folder, { recursive: true }));
const files = await bundle(built(join(folder, "one")));
const text = (path) => files.get(path).toString();
const { modules, names } = JSON.parse(text("bundle.json"));

/** A module and all that is loaded with it. */
function loaded(path, seen = new Set()) {
  if (!seen.has(path)) {
    seen.add(path);
    for (const next of modules[path].imports) loaded(next, seen);
  }
  return seen;
}

test("the same bytes from another folder", async () => {
  const again = await bundle(built(join(folder, "elsewhere/and longer")));
  assert.deepEqual([...again.keys()].sort(), [...files.keys()].sort());
  for (const [path, bytes] of files) assert.ok(bytes.equals(again.get(path)), path);
});

test("what depends on its bytes has their hash in its name, and nothing of the source is left", () => {
  for (const path of files.keys()) {
    if (path === "index.html" || path === "bundle.json" || path.startsWith("demo/")) continue;
    assert.match(path, /^assets\/[\w.-]+-[0-9A-Za-z]{8}\.(css|js|json|svg|wasm)$/);
  }
  assert.ok(
    [...files.keys()].some((path) => path.startsWith("demo/")),
    "pictures are published as they are",
  );
});

test("every file that a module or the page names is there", () => {
  for (const [path, { imports, later, workers }] of Object.entries(modules)) {
    for (const other of [...imports, ...later, ...workers]) assert.ok(files.has(other), `${path}: ${other}`);
    // The list and the code say the same.
    const code = text(path);
    const named = [...code.matchAll(/(?:from|import|import\()\s*"\.\/([^"]+)"/g)].map(
      ([, name]) => `assets/${name}`,
    );
    assert.deepEqual([...new Set(named)].sort(), [...new Set([...imports, ...later])].sort(), path);
    const started = [...code.matchAll(/new URL\("\.\/(worker[^"]+)",\s*import\.meta\.url\)/g)];
    assert.deepEqual(
      started.map(([, name]) => `assets/${name}`),
      workers,
      path,
    );
    assert.doesNotMatch(code, /\bnew URL\("\.\.\//, path);
  }
  for (const [source, path] of Object.entries(names)) assert.ok(files.has(path), source);
  const asked = [...text("index.html").matchAll(/(?:src|href)="(?:\.\/)?([^"#]+)"/g)].map(([, path]) => path);
  assert.ok(asked.length >= 3);
  for (const path of asked) assert.ok(files.has(path), `index.html: ${path}`);
});

test("a worker is one file, with its own program and not the other", () => {
  for (const [own, other] of [
    ["voter", "observer"],
    ["observer", "voter"],
  ]) {
    const path = names[`app/worker/${own}.js`];
    assert.deepEqual(modules[path], { imports: [], later: [], workers: [] });
    assert.ok(text(path).includes(`"${own}"`), own);
    assert.ok(!text(path).includes(`"${other}"`), own);
  }
});

test("what is read is one script, voting is one more, and nothing of the other areas is in them", () => {
  const entry = names["app/main.js"];
  const read = loaded(names["app/areas/voter/main.js"]);
  assert.deepEqual([...read], [entry]);
  const voting = names["app/areas/voter/voting.js"];
  const all = loaded(voting, new Set(read));
  assert.deepEqual([...all], [entry, voting]);
  const holds = (paths, element) => [...paths].some((path) => text(path).includes(`"${element}"`));
  // Inside the page of a portal there is one more.
  const embedded = modules[entry].later.find((path) => path.startsWith("assets/embedded-"));
  // And where the site is a preview, one more, which no voter loads.
  const preview = modules[entry].later.find((path) => holds([path], "veche-preview-mark"));
  assert.deepEqual(
    [...modules[entry].later].sort(),
    [
      voting,
      embedded,
      preview,
      ...["desk", "public", "trustee"].map((area) => names[`app/areas/${area}/main.js`]),
    ].sort(),
  );
  for (const element of [
    "veche-desk-key",
    "veche-trustee-desk",
    "veche-verify",
    "veche-results",
    "veche-ballot-answer",
    "veche-preview-mark",
  ]) {
    assert.ok(!holds(all, element), element);
  }
  assert.ok(holds([embedded], "veche-portal-form") && !holds(all, "veche-portal-form"));
  for (const element of ["veche-choose", "veche-review", "veche-mine"]) {
    assert.ok(holds([voting], element) && !holds(read, element), element);
  }
  for (const element of ["veche-welcome", "veche-contest"]) assert.ok(holds(read, element), element);
});

test("an area's texts are one file for each language, with all that the area says", () => {
  const found = Object.keys(names).filter((name) => name.startsWith("app/messages/"));
  assert.ok(found.length >= 3);
  for (const name of found) {
    const [, language, list] = /^app\/messages\/([^/]+)\/([^/]+)\.json$/.exec(name);
    const expected = list
      .split("+")
      .map((file) => JSON.parse(readFileSync(join(www, `app/messages/${language}/${file}.json`), "utf8")));
    assert.deepEqual(JSON.parse(text(names[name])), Object.assign({}, ...expected));
  }
  for (const area of ["desk", "voter", "public", "trustee"]) {
    assert.ok(
      found.some((name) => names[name].startsWith(`assets/${area}-en-`)),
      area,
    );
  }
});

test("a voter's page has no style of the other pages, and these are loaded by their name", () => {
  const all = [...files.keys()].filter((path) => path.endsWith(".css"));
  const others = names["app/style/others.css"];
  for (const element of ["veche-trustee-desk", ".turnout-districts", ".check-standing", ".desk-steps"]) {
    assert.deepEqual(
      all.filter((path) => text(path).includes(element)),
      [others],
      element,
    );
  }
  assert.ok(!text("index.html").includes(others));
});

test("what every page needs first is a part of it, and what is printed comes last", () => {
  const page = text("index.html");
  const [, early] = /<script>([^]*?)<\/script>/.exec(page);
  assert.ok(early.includes("data-early"));
  const [, style] = /<style>([^]*?)<\/style>/.exec(page);
  assert.ok(style.includes("veche-welcome") && style.length > 10_000);
  // A style that is not there yet would keep the script from running.
  const places = [early, style, '<link rel="stylesheet"'].map((what) => page.indexOf(what));
  assert.deepEqual(
    places,
    [...places].sort((one, other) => one - other),
  );
  const links = [...page.matchAll(/<link rel="stylesheet" href="([^"]+)"([^>]*)>/g)];
  assert.deepEqual(
    links.map(([, , media]) => media),
    [' media="print"'],
  );
  for (const [, path] of links) assert.ok(files.get(path).length > 100);
});

test("a page that is not understood is not bundled", async () => {
  for (const [what, by] of [
    ["app/early.js", "app/late.js"],
    ['href="app/style/base.css"', 'href="app/style/base.css" data-x'],
    ["app/main.js", "app/other.js"],
  ]) {
    const dist = built(join(folder, "bad"));
    const page = join(dist, "index.html");
    writeFileSync(page, readFileSync(page, "utf8").replace(what, by));
    await assert.rejects(bundle(dist), /index\.html/, what);
  }
});
