/**
 * Puts the package together: node build.mjs GLUE OUT VERSION. GLUE is where wasm-bindgen has written the two modules.
 * Bundlers and browsers get the sources as they stand here; CommonJS gets each of them translated.
 */
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const [glue, out, version] = process.argv.slice(2);
const here = fileURLToPath(new URL(".", import.meta.url));
const root = join(here, "../..");
// The site's own, at the version that its lock file pins.
const { build, transform } = createRequire(join(root, "www/package.json"))("esbuild");

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const write = (name, text) => writeFile(join(out, name), text);

// The modules, each also as a script for where no file can be fetched.
const inline = (bytes) => `export default "${bytes.toString("base64")}";\n`;
for (const name of ["voter", "observer"]) {
  const bytes = await readFile(join(glue, `veche-${name}_bg.wasm`));
  await write(`veche-${name}.wasm`, bytes);
  await write(`veche-${name}.inline.js`, inline(bytes));
  await cp(join(glue, `veche-${name}.js`), join(out, `veche-${name}.js`));
}

// The sources as they stand, and the script of the worker as one file, for it may be served from anywhere.
const sources = (await readdir(join(here, "src"))).filter(
  (name) => name.endsWith(".js") && name !== "worker-script.js",
);
for (const name of sources) await cp(join(here, "src", name), join(out, name));
await cp(join(here, "src/worker-script.js"), join(out, "worker-script.js"));
const bundled = await build({
  entryPoints: [join(out, "worker-script.js")],
  bundle: true,
  minify: true,
  format: "iife",
  target: ["chrome96", "safari15", "firefox114"],
  write: false,
});
await rm(join(out, "worker-script.js"));
const script = Buffer.from(bundled.outputFiles[0].contents);
await write("veche-worker.js", script);
await write("veche-worker.inline.js", inline(script));

for (const name of [...sources, "veche-voter.js", "veche-observer.js"]) {
  const text = await readFile(join(out, name), "utf8");
  // Without import.meta a script has no address; in Node.js none is needed.
  const { code } = await transform(text, {
    format: "cjs",
    platform: "node",
    target: "node20",
    logLevel: "error",
  });
  const translated = code.replace(/(require|import)\("(\.\/[a-z-]+)\.js"\)/g, '$1("$2.cjs")');
  await write(name.replace(/\.js$/, ".cjs"), translated);
}

// The shapes stand beside the Rust that makes them.
const shapes = ["common", "voter", "observer"].map((name) =>
  join(root, `crates/wasm/${name}/src/types.d.ts`),
);
const types = { "shapes.d.ts": (await Promise.all(shapes.map((path) => readFile(path, "utf8")))).join("\n") };
for (const name of await readdir(join(here, "types")))
  types[name] = await readFile(join(here, "types", name), "utf8");
for (const [name, text] of Object.entries(types)) {
  await write(name, text);
  await write(name.replace(/\.d\.ts$/, ".d.cts"), text.replace(/(from "\.\/[a-z-]+)\.js"/g, '$1.cjs"'));
}

const description = JSON.parse(await readFile(join(here, "package.json"), "utf8"));
delete description.private;
await write("package.json", `${JSON.stringify({ ...description, version }, null, 2)}\n`);
await cp(join(here, "README.md"), join(out, "README.md"));
for (const licence of ["LICENSE-APACHE", "LICENSE-MIT"]) await cp(join(root, licence), join(out, licence));
