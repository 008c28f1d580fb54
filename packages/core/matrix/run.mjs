/**
 * Each bundler and runtime installs the packed file, as a project of its own, and votes with it against a real ballot box:
 * node run.mjs SETTINGS. `cargo xtask npm --matrix` writes the settings.
 */
import { spawn } from "node:child_process";
import { createReadStream } from "node:fs";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cells } from "./cells.mjs";

const settings = JSON.parse(await readFile(process.argv[2], "utf8"));
const { folder, box, fingerprint, style, ports, voters, only } = settings;
const here = fileURLToPath(new URL(".", import.meta.url));

/** Runs a program to its end; what it printed is shown when it fails. */
function run(where, program, ...args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: where,
      env: { ...process.env, CI: "1", NEXT_TELEMETRY_DISABLED: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (said += data));
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0
        ? resolve(said)
        : reject(new Error(`${program} ${args.join(" ")} ended with ${code}:\n${said}`)),
    );
  });
}

/** Starts a server, and resolves when something answers at the port. */
async function serve(where, port, program, ...args) {
  // A group of its own: what it starts ends with it.
  const child = spawn(program, args, {
    cwd: where,
    detached: true,
    env: { ...process.env, CI: "1", NEXT_TELEMETRY_DISABLED: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  let ended = false;
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (said += data));
  child.on("close", () => (ended = true));
  const stop = () => {
    if (!ended) process.kill(-child.pid, "SIGKILL");
  };
  for (let tries = 0; tries < 300 && !ended; tries += 1) {
    if (
      await fetch(`http://127.0.0.1:${port}/`).then(
        () => true,
        () => false,
      )
    )
      return stop;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  stop();
  throw new Error(`${program} ${args.join(" ")} does not answer:\n${said}`);
}

const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

/** Hands out a folder's files, under a content security policy. */
async function files(root, port, policy) {
  const server = createServer((request, response) => {
    const path = new URL(request.url, "http://x").pathname.replace(/\/$/, "/index.html");
    const stream = createReadStream(join(root, path));
    stream.on("open", () => {
      response.writeHead(200, {
        "content-type": TYPES[extname(path)] ?? "application/octet-stream",
        ...(policy && { "content-security-policy": policy }),
      });
      stream.pipe(response);
    });
    stream.on("error", () => response.writeHead(404).end());
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  return () => new Promise((resolve) => server.close(resolve).closeAllConnections?.() ?? resolve());
}

/** What a page needs to vote, and nothing else. */
const STRICT =
  `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' ${new URL(box).origin}; ` +
  "worker-src 'self'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types veche-worker";

const installed = new Map();
/** An empty project with the packed file and some packages of pinned versions. */
async function project(name, packages) {
  const where = join(folder, name);
  await mkdir(where, { recursive: true });
  await cp(join(here, "scenario.mjs"), join(where, "scenario.mjs"));
  await writeFile(join(where, "package.json"), JSON.stringify({ name, private: true, type: "module" }));
  const flags = ["--no-audit", "--no-fund", "--loglevel=error", "--save-exact", "--prefer-offline"];
  await run(where, "npm", "install", ...flags, settings.package, ...packages);
  installed.set(name, where);
  return where;
}

let browser;
/** Opens a page and waits for what its script says; gives the ballot. */
async function visit(address, vote) {
  if (!browser) {
    const { chromium } = createRequire(join(installed.get("driver"), "package.json"))("playwright-core");
    browser = await chromium.launch({ executablePath: settings.chromium, args: settings.chromiumOptions });
  }
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const said = [];
    const asked = [];
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(String(error)));
    page.on("request", (request) => asked.push(request.url()));
    await page.addInitScript((given) => (globalThis.settings = given), vote);
    await page.goto(address);
    const outcome = await page
      .waitForFunction(() => globalThis.outcome, undefined, { timeout: 60_000 })
      .then((handle) => handle.jsonValue())
      .catch((error) => ({ error: String(error) }));
    if (outcome.error) throw new Error([outcome.error, ...said].join("\n"));
    return { ...outcome, asked };
  } finally {
    await context.close();
  }
}

let turn = 0;
const tools = { run, serve, files, project, visit, STRICT, here, box, fingerprint };
const outcomes = [];
// What drives the browser is a project like any other.
await project("driver", ["playwright-core@1.65.1"]);
for (const { name, newest, test } of cells) {
  if (only ? !only.includes(name) : !settings.all && !newest) continue;
  const began = Date.now();
  const vote = { box, fingerprint, style, voter: voters[turn] };
  const port = ports[turn];
  turn += 1;
  let problem = null;
  try {
    await test({ ...tools, vote, port });
  } catch (error) {
    problem = error;
  }
  outcomes.push(problem === null);
  console.log(
    `${name} ... ${problem ? `FAILED\n${problem.stack ?? problem}` : "ok"} (${((Date.now() - began) / 1000).toFixed(1)} s)`,
  );
}
await browser?.close();
const failed = outcomes.filter((passed) => !passed).length;
console.log(`${outcomes.length - failed} passed, ${failed} failed`);
process.exit(failed > 0 || outcomes.length === 0 ? 1 : 0);
