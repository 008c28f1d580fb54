/**
 * What sealing costs a page: node size.mjs PROJECT. The project has @veche/core and what it is compared with; esbuild, at
 * the version of the site's, bundles each as a page would.
 */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** What davinci-sdk names of Node.js, and no browser has. */
const OF_NODE = [
  "constants",
  "crypto",
  "fs",
  "os",
  "path",
  "readline",
  "worker_threads",
  "assert",
  "http",
  "https",
  "stream",
  "url",
  "util",
  "zlib",
  "tty",
  "net",
  "events",
];

const PAGES = {
  "@veche/core": 'export { initialise, openElection } from "@veche/core";',
  "libsodium-wrappers": 'export { default } from "libsodium-wrappers";',
  "@vocdoni/davinci-sdk": 'export * from "@vocdoni/davinci-sdk";',
};

const number = (/** @type {number} */ bytes) => bytes.toLocaleString("en");

/** @param {string} project */
export async function sizes(project) {
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const { build } = createRequire(join(root, "www/package.json"))("esbuild");
  const rows = [];
  for (const [name, contents] of Object.entries(PAGES)) {
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: project },
      bundle: true,
      splitting: true,
      minify: true,
      format: "esm",
      outdir: project,
      write: false,
      logLevel: "error",
      external: OF_NODE,
    });
    // What is imported when it is needed lies in files of their own, and the voter's module beside them.
    const parts = [Buffer.from(outputFiles.find(({ path }) => path.endsWith("stdin.js")).contents)];
    const shared = outputFiles.filter(({ path }) => parts[0].includes(`from"./${path.split("/").at(-1)}"`));
    parts.push(...shared.map(({ contents: bytes }) => Buffer.from(bytes)));
    if (name === "@veche/core")
      parts.push(await readFile(join(project, "node_modules/@veche/core/veche-voter.wasm")));
    const sum = (/** @type {(part: Buffer) => number} */ size) =>
      parts.reduce((all, part) => all + size(part), 0);
    rows.push({
      name,
      bytes: sum((part) => part.length),
      gzip: sum((part) => gzipSync(part, { level: 9 }).length),
      brotli: sum(
        (part) => brotliCompressSync(part, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length,
      ),
    });
  }
  console.log("| what a page loads to seal | bytes | gzip | brotli |\n| --- | --: | --: | --: |");
  for (const { name, bytes, gzip, brotli } of rows)
    console.log(`| ${name} | ${number(bytes)} | ${number(gzip)} | ${number(brotli)} |`);
  return rows;
}
