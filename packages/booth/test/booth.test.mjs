// The package without a browser; with one it is tested in tests/tests/browsers/browser_embedded.rs.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import test from "node:test";
import { gzipSync } from "node:zlib";
import ts from "typescript";

const folder = new URL("../", import.meta.url).pathname;

test("importing it where a server renders the page does nothing", async () => {
  const before = Object.keys(globalThis);
  const { VecheBooth } = await import("@veche/booth");
  assert.equal(typeof VecheBooth, "function");
  await import("@veche/booth/react");
  assert.deepEqual(Object.keys(globalThis), before);
});

test("it has no more than 8 kB, compressed as servers do, and leads to nothing else", () => {
  const script = readFileSync(`${folder}booth.js`);
  const bytes = gzipSync(script).length;
  assert.ok(bytes <= 8_000, `${bytes} bytes`);
  assert.ok(!/^\s*import\b|\bimport\(/m.test(script.toString()));
});

test("what is packed is what the package names", () => {
  const said = execFileSync("npm", ["pack", "--dry-run", "--json"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [{ files }] = JSON.parse(said);
  assert.deepEqual(files.map(({ path }) => path).sort(), [
    "README.md",
    "booth.d.ts",
    "booth.js",
    "package.json",
    "react.d.ts",
  ]);
});

/** What the strict compiler says of some files. */
function compiled(files, paths) {
  const program = ts.createProgram(
    files.map((file) => `${folder}typed/${file}`),
    {
      strict: true,
      skipLibCheck: false,
      noEmit: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      jsx: ts.JsxEmit.ReactJSX,
      lib: ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
      types: [],
      paths,
    },
  );
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const line = file ? ts.getLineAndCharacterOfPosition(file, start).line + 1 : 0;
    return `${file?.fileName}:${line}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
  });
}

test("the types hold for a page's script, in the strict compiler", () => {
  assert.deepEqual(compiled(["use.ts"], {}), []);
});

for (const [version, name] of [
  ["19", "@types/react"],
  ["18", "@types/react-18"],
])
  test(`the types hold in React ${version}`, () => {
    const require = createRequire(import.meta.url);
    const types = `${folder}node_modules/${name}`;
    assert.ok(require(`${types}/package.json`).version.startsWith(`${version}.`));
    const paths = { react: [`${types}/index.d.ts`], "react/jsx-runtime": [`${types}/jsx-runtime.d.ts`] };
    assert.deepEqual(compiled(["use.tsx"], paths), []);
  });
