/** The bundlers and runtimes: of each, how a project with it looks. Continuous integration tries the newest of each. */
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { sizes } from "./size.mjs";

/** @param {string} where @param {Record<string, string>} texts */
async function write(where, texts) {
  for (const [name, text] of Object.entries(texts)) {
    await mkdir(dirname(join(where, name)), { recursive: true });
    await writeFile(join(where, name), text);
  }
}

/** @param {boolean} holds @param {string} what */
function ensure(holds, what) {
  if (!holds) throw new Error(`not so: ${what}`);
}

/** The script of a page. @param {string} from where the package is */
const script = (
  from = "@veche/core",
  entry = (/** @type {string} */ name) => `${from}${name ? `/${name}` : ""}`,
) => `
import * as core from "${entry("")}";
import * as worker from "${entry("worker")}";
import { vote, voteInWorker } from "./scenario.mjs";
export async function main() {
  if (globalThis.began) return;
  globalThis.began = true;
  try {
    const ballot = await vote(core, settings);
    globalThis.outcome = { ballot, inWorker: await voteInWorker(core, worker, settings, ballot) };
  } catch (error) {
    globalThis.outcome = { error: \`\${error.stack} \${error.code ?? ""} \${error.cause ?? ""}\` };
  }
}
`;
const page = (/** @type {string} */ src) =>
  `<!doctype html><html lang="en"><title>A portal</title><script type="module" src="${src}"></script></html>`;
const MAIN = 'import { main } from "./app.js";\nmain();\n';

/** A built page asks for the files themselves, never for the scripts that hold them. @param {string[]} asked */
const light = (asked) =>
  ensure(
    asked.some((address) => address.endsWith(".wasm")) && !asked.some((address) => /inline/.test(address)),
    `only what is needed is loaded: ${asked.join(" ")}`,
  );

const node = (/** @type {string} */ kind, /** @type {Record<string, string>} */ app) => ({
  name: `node-${kind}`,
  newest: true,
  async test({ project, run, vote }) {
    const where = await project(`node-${kind}`, []);
    await write(where, app);
    await run(where, "node", "--throw-deprecation", Object.keys(app)[0], JSON.stringify(vote));
  },
});

const plain = {
  name: "plain",
  newest: true,
  async test({ project, files, visit, vote, port, STRICT }) {
    const where = await project("plain", []);
    await cp(join(where, "node_modules/@veche/core"), join(where, "core"), { recursive: true });
    const entry = (/** @type {string} */ name) => `./core/${name || "index"}.js`;
    await write(where, { "index.html": page("./main.js"), "main.js": MAIN, "app.js": script("", entry) });
    const stop = await files(where, port, STRICT);
    try {
      light((await visit(`http://127.0.0.1:${port}/`, vote)).asked);
    } finally {
      await stop();
    }
  },
};

/** What the examples of README.md call the portal's own. */
const PORTAL = `
import { cast, choices, register } from "./scenario.mjs";
const { box, fingerprint, style, voter: signedIn } = globalThis.settings;
export const record = box + "record/";
export { fingerprint };
export async function registered(voter) {
  await register(box, signedIn, voter);
  return voter.place;
}
export const post = (bytes) => cast(box, { bytes });
export async function show(what, value) {
  if (what === "choose") return choices(value, style);
  if (what === "cast") globalThis.outcome = { receipt: value };
}
export const arrived = async () => [new Uint8Array(9)];
`;

/** The examples of README.md, as they stand there: the first is a page, the second a server. */
const readme = {
  name: "readme",
  newest: true,
  async test({ project, run, files, visit, vote, port, STRICT }) {
    const where = await project("readme", []);
    const text = await readFile(join(where, "node_modules/@veche/core/README.md"), "utf8");
    const [onPage, onServer, ...more] = Array.from(
      text.matchAll(/^```js\n(.*?)^```$/gms),
      ([, block]) => block ?? "",
    );
    ensure(onPage !== undefined && onServer !== undefined && more.length === 0, "README.md has two examples");
    await cp(join(where, "node_modules/@veche/core"), join(where, "core"), { recursive: true });
    const end =
      "process.exit(outcome !== 'failed' && verdicts.length === 1 && (await take(new Uint8Array(3))).status === 422 ? 0 : 1);";
    await write(where, {
      "index.html": page("./page.js"),
      "page.js": `import("./portal-page.js").catch((error) => (globalThis.outcome = { error: String(error.stack) }));`,
      "portal-page.js": String(onPage).replace('"@veche/core"', '"./core/index.js"'),
      "portal.js": PORTAL,
      "server.mjs": `globalThis.settings = JSON.parse(process.argv[2]);\nawait import("./server-example.mjs");`,
      "server-example.mjs": `${onServer}\n${end}`,
    });
    const stop = await files(where, port, STRICT);
    try {
      const { receipt } = await visit(`http://127.0.0.1:${port}/`, vote);
      ensure(typeof receipt === "string", "the page has a receipt");
    } finally {
      await stop();
    }
    await run(where, "node", "server.mjs", JSON.stringify(vote));
  },
};

const vite = (/** @type {string} */ version, /** @type {boolean} */ newest) =>
  ["build", "dev"].map((mode) => ({
    name: `vite-${version.split(".")[0]}-${mode}`,
    newest,
    async test({ project, run, serve, files, visit, vote, port, STRICT }) {
      const where = await project(`vite-${version}`, [`vite@${version}`]);
      await write(where, { "index.html": page("/main.js"), "main.js": MAIN, "app.js": script() });
      const command = join(where, "node_modules/.bin/vite");
      if (mode === "build") await run(where, command, "build");
      const stop =
        mode === "build"
          ? await files(join(where, "dist"), port, STRICT)
          : await serve(where, port, command, "--host", "127.0.0.1", "--port", String(port), "--strictPort");
      try {
        const { asked } = await visit(`http://127.0.0.1:${port}/`, vote);
        if (mode === "build") light(asked);
      } finally {
        await stop();
      }
    },
  }));

const webpack = {
  name: "webpack-5",
  newest: true,
  async test({ project, run, files, visit, vote, port, STRICT }) {
    const where = await project("webpack", ["webpack@5.113.0", "webpack-cli@7.3.1"]);
    await write(where, {
      "dist/index.html": page("./main.js"),
      "main.js": MAIN,
      "app.js": script(),
      "webpack.config.js": `export default { mode: "production", entry: "./main.js", performance: { hints: false }, output: { trustedTypes: true } };`,
    });
    await run(where, join(where, "node_modules/.bin/webpack"));
    // Where webpack loads its own parts under Trusted Types, it has a policy of its own.
    const stop = await files(join(where, "dist"), port, `${STRICT} webpack`);
    try {
      light((await visit(`http://127.0.0.1:${port}/`, vote)).asked);
    } finally {
      await stop();
    }
  },
};

const next = (
  /** @type {string} */ version,
  /** @type {string[]} */ flags,
  /** @type {boolean} */ newest,
) => ({
  name: ["next", version.split(".")[0], ...flags.map((flag) => flag.replace("--", ""))].join("-"),
  newest,
  async test({ project, run, serve, visit, vote, port }) {
    const where = await project(`next-${version}`, [`next@${version}`, "react@19.3.1", "react-dom@19.3.1"]);
    await write(where, {
      "app.js": script(),
      "app/layout.jsx": `export default function Layout({ children }) { return <html lang="en"><body>{children}</body></html>; }`,
      "app/page.jsx": `"use client";
import { useEffect } from "react";
import { main } from "../app.js";
export default function Page() { useEffect(() => void main(), []); return <p>A portal</p>; }`,
      "app/verify/route.js": `import * as server from "@veche/core/server";
import { verify } from "../../scenario.mjs";
export async function POST(request) {
  const { vote, ballot } = await request.json();
  return verify(server, vote, ballot).then((outcome) => Response.json({ outcome }), (error) => Response.json({ error: String(error.stack) }));
}`,
    });
    const command = join(where, "node_modules/.bin/next");
    const mode = flags.includes("dev") ? "dev" : "start";
    if (mode === "start") await run(where, command, "build", ...flags);
    const stop = await serve(where, port, command, mode, "--hostname", "127.0.0.1", "--port", String(port));
    try {
      const { ballot, asked } = await visit(`http://127.0.0.1:${port}/`, vote);
      ensure(
        asked.some((/** @type {string} */ address) => address.endsWith(".wasm")),
        "the module is a file",
      );
      const body = JSON.stringify({ vote, ballot });
      const { error } = await (
        await fetch(`http://127.0.0.1:${port}/verify`, { method: "POST", body })
      ).json();
      if (error) throw new Error(`in the route handler: ${error}`);
    } finally {
      await stop();
    }
  },
});

const CONSUMER = `
import { VecheError, initialise, memoryStorage, openElection, type Bytes, type Voter, type VoterStorage } from "@veche/core";
import * as server from "@veche/core/server";
import { startWorker, type BallotVerdict, type VecheWorker, type WorkerVerifier } from "@veche/core/worker";

const storage: VoterStorage = memoryStorage();
export async function vote(record: string, fingerprint: string): Promise<Bytes> {
  await initialise();
  const election = await openElection({ record, fingerprint });
  const voter: Voter = await election.openVoter({ name: "x", style: "north", storage });
  const ballot = await voter.seal({ projects: { values: { well: 1 } } });
  const plain: Uint8Array = ballot.bytes;
  const exact: ReturnType<typeof Uint8Array.of> = ballot.bytes;
  for (const contest of election.manifest.contests) if (contest.rule.type === "knapsack") console.log(contest.rule.budget);
  const place = await voter.checkReceipt(ballot.bytes, { index: 1, leaf: "", proof: [], checkpoint: "" });
  const found = await election.lookUp({ code: place.code });
  if (found.standing === "recorded") return exact;
  return plain.length > 0 ? exact : exact;
}
export async function take(record: string, fingerprint: string, ballot: Bytes): Promise<string> {
  await server.initialise();
  const election = await server.openElection({ record, fingerprint });
  try {
    return (await election.verifyBallot(ballot)).hash;
  } catch (error) {
    if (error instanceof VecheError && error.code === "ballot-invalid" && error.fault === "ballot") return error.message;
    throw error;
  }
}
export async function inWorker(record: URL, fingerprint: string): Promise<string> {
  const worker: VecheWorker = await startWorker();
  const election = await worker.openElection({ record, fingerprint });
  const voter = await election.openVoter({ name: "x", style: "north" });
  await voter.moveTo({ sequence: 0, previous: "0".repeat(64) });
  return (await worker.verifyRecord({ record, fingerprint })).outcome;
}
export async function verifyInWorker(worker: VecheWorker, record: string, fingerprint: string, ballots: Bytes[]): Promise<string[]> {
  const verifier: WorkerVerifier = await worker.openVerifier({ record, fingerprint });
  const verdicts: BallotVerdict[] = await verifier.verifyBallots(ballots);
  const { hash } = await verifier.verifyBallot(ballots[0]!);
  await verifier.close();
  return [hash, ...verdicts.map((verdict) => (verdict.valid ? verdict.code : verdict.reason))];
}
`;
const WRONG = `
import { initialise, openElection } from "@veche/core";
import { startWorker } from "@veche/core/worker";
await initialise();
// @ts-expect-error: no fingerprint
await openElection({ record: "" });
const election = await openElection({ record: "", fingerprint: "" });
// @ts-expect-error: a code or a receipt
await election.lookUp({});
// @ts-expect-error: no text
await election.openVoter({ name: "x", style: "y", storage: "here" });
// @ts-expect-error: a worker reaches an address only
await (await startWorker()).openVerifier({ record: { file: async () => null }, fingerprint: "" });
// @ts-expect-error: bytes
await election.checkReceipt("ballot", { index: 1, leaf: "", proof: [], checkpoint: "" });
export {};
`;

const typescript = (/** @type {string} */ version, /** @type {boolean} */ newest) => ({
  name: `typescript-${version}`,
  newest,
  async test({ project, run }) {
    const where = await project(`typescript-${version}`, [`typescript@${version}`]);
    await write(where, { "consumer.ts": CONSUMER, "consumer-common.cts": CONSUMER, "wrong.ts": WRONG });
    const generic = Number.parseFloat(version) >= 5.7;
    if (generic)
      await write(where, {
        "generic.ts": `import type { SealedBallot } from "@veche/core";
export const exact = (ballot: SealedBallot): Uint8Array<ArrayBuffer> => ballot.bytes;`,
      });
    for (const [kind, compilerOptions] of Object.entries({
      node: { module: "nodenext", moduleResolution: "nodenext" },
      bundler: { module: "esnext", moduleResolution: "bundler" },
    })) {
      const config = {
        compilerOptions: {
          ...compilerOptions,
          target: "es2022",
          lib: ["es2022", "dom"],
          types: [],
          strict: true,
          exactOptionalPropertyTypes: true,
          skipLibCheck: false,
          noEmit: true,
        },
        include: ["*.ts", ...(kind === "node" ? ["*.cts"] : [])],
      };
      await write(where, { [`${kind}.json`]: JSON.stringify(config) });
      await run(where, join(where, "node_modules/.bin/tsc"), "--project", `${kind}.json`);
    }
  },
});

const size = {
  name: "size",
  newest: false,
  async test({ project }) {
    const where = await project("size", ["libsodium-wrappers@0.8.4", "@vocdoni/davinci-sdk@0.2.2"]);
    const [own] = await sizes(where);
    ensure(own.brotli < 180_000, `sealing takes ${own.brotli} bytes`);
  },
};

export const cells = [
  node("modules", {
    "app.mjs": `
import * as core from "@veche/core";
import * as server from "@veche/core/server";
import { verify, vote } from "./scenario.mjs";
const given = JSON.parse(process.argv[2]);
await verify(server, given, await vote(core, given, core.memoryStorage()));
`,
  }),
  node("commonjs", {
    "app.cjs": `
const core = require("@veche/core");
const server = require("@veche/core/server");
const given = JSON.parse(process.argv[2]);
if (core.VecheError !== server.VecheError) throw new Error("there are two classes of errors");
import("./scenario.mjs")
  .then(async ({ verify, vote }) => verify(server, given, await vote(core, given, core.memoryStorage())));
`,
  }),
  plain,
  readme,
  ...vite("8.4.0", true),
  ...vite("7.3.8", false),
  ...vite("6.4.6", false),
  webpack,
  next("16.4.6", [], true),
  next("16.4.6", ["--webpack"], false),
  next("16.4.6", ["dev"], false),
  typescript("7.0.2", true),
  typescript("5.6.3", false),
  size,
];
