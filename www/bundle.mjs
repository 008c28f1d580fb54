// Bundles the site that Trunk has built: `node bundle.mjs DIST OUT`.
//
// What a page loads becomes few files, each under `assets/` and with its hash in its name, so that a browser keeps it
// for good: a script for the entry and for each area with what they share, one for each worker, one style sheet, one for
// pages that are not a voter's and one for printing, one file of texts for each area and language. `bundle.json` says which module loads which and what each
// file that the page asks for by name is called now; `veche_site::pin` reads it and does not publish it.
//
// The same bytes from every folder, whatever was in OUT before. What is compressed beside a file there may stay.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { argv } from "node:process";
import * as esbuild from "esbuild";

const ASSETS = "assets";
/** The oldest browsers served. */
const TARGET = ["chrome96", "firefox114", "safari15"];

/** What each file begins with. The licence stands in the page. */
const NAME = "/* Veche */";

const COMMON = {
  bundle: true,
  minify: true,
  charset: "utf8",
  target: TARGET,
  legalComments: "none",
  banner: { js: NAME, css: NAME },
  logLevel: "warning",
  write: false,
};

/** How the script that starts workers names them. */
const ADDRESS = /new URL\("\.\.\/(worker\/[^"]+\.js)", import\.meta\.url\)/g;

/**
 * @param {string} dist what Trunk has built
 * @returns {Promise<Map<string, Buffer>>} every file of the bundled site, by its path
 */
export async function bundle(dist) {
  const read = (path) => readFileSync(join(dist, path));
  const list = (folder) =>
    readdirSync(join(dist, folder), { recursive: true, withFileTypes: true })
      .filter((item) => item.isFile())
      .map((item) => join(item.path, item.name).slice(dist.length + 1))
      .sort();

  /** @type {Map<string, Buffer>} */
  const files = new Map();
  /** Where a file is that the page asks for by name. @type {Record<string, string>} */
  const names = {};
  /** @type {Record<string, { imports: string[], later: string[], workers: string[] }>} */
  const modules = {};

  /** Publishes a file under its hash. */
  const put = (name, bytes) => {
    const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 8);
    const path = `${ASSETS}/${basename(name, extname(name))}-${hash}${extname(name)}`;
    files.set(path, Buffer.from(bytes));
    return path;
  };

  const scripts = async (options) => {
    const { metafile, outputFiles } = await esbuild.build({
      ...COMMON,
      absWorkingDir: dist,
      outdir: ASSETS,
      format: "esm",
      entryNames: "[name]-[hash]",
      chunkNames: "[name]-[hash]",
      metafile: true,
      ...options,
    });
    for (const { path, contents } of outputFiles) {
      files.set(`${ASSETS}/${basename(path)}`, Buffer.from(contents));
    }
    const kinds = { imports: "import-statement", later: "dynamic-import" };
    for (const [path, output] of Object.entries(metafile.outputs)) {
      const of = (kind) => output.imports.filter((to) => to.kind === kind).map((to) => to.path);
      modules[path] = { imports: of(kinds.imports), later: of(kinds.later), workers: [] };
    }
    return Object.entries(metafile.outputs);
  };

  // The workers first: the page's scripts name them.
  const starters = "app/lib/worker-start.js";
  const workers = [...read(starters).toString().matchAll(ADDRESS)].map(([, path]) => `app/${path}`);
  if (workers.length === 0) throw new Error(`${starters} names no worker`);
  const entries = workers.map((path) => [`worker-${basename(path, ".js")}`, path]);
  for (const [path, { entryPoint }] of await scripts({ entryPoints: Object.fromEntries(entries) })) {
    names[entryPoint] = path;
  }
  const areas = readdirSync(join(dist, "app/areas")).sort();
  const main = "app/main.js";
  const begins = [main, ...areas.map((area) => `app/areas/${area}/main.js`)];
  const pages = await scripts({
    entryPoints: Object.fromEntries(begins.map((path, number) => [areas[number - 1] ?? "main", path])),
    splitting: true,
    plugins: [named(dist, names), await together(dist, begins)],
  });
  for (const [path, { entryPoint, inputs }] of pages) {
    if (starters in inputs) modules[path].workers = workers.map((worker) => names[worker]);
    if (begins.includes(entryPoint)) names[entryPoint] = path;
  }

  // The texts of an area under the names of the files that they come from: that is what the page asks for.
  const LISTS = /^ {2}(\w+): \{\n(?: {4}.*\n)*? {4}messages: \[([^\]]+)\],$/gm;
  const lists = new Map([...read(main).toString().matchAll(LISTS)].map(([, area, list]) => [area, list]));
  for (const area of areas) {
    const list = lists.get(area);
    if (!list) throw new Error(`${main} names no messages of the area ${area}`);
    const parts = JSON.parse(`[${list.replace(/,\s*$/, "")}]`);
    for (const language of readdirSync(join(dist, "app/messages")).sort()) {
      const sources = parts.map((part) => `app/messages/${language}/${part}.json`);
      // A language that is not complete is not offered.
      if (!sources.every((path) => existsSync(join(dist, path)))) continue;
      const texts = Object.assign({}, ...sources.map((path) => JSON.parse(read(path).toString())));
      const path = put(`${area}-${language}.json`, JSON.stringify(texts));
      names[`app/messages/${language}/${parts.join("+")}.json`] = path;
    }
  }

  for (const name of readdirSync(dist).filter((name) => name.endsWith(".wasm"))) {
    names[name] = put(name, read(name));
  }

  files.set("index.html", Buffer.from(await page(read("index.html").toString(), { dist, read, put, names })));
  const sorted = (object) =>
    Object.fromEntries(Object.entries(object).sort(([one], [other]) => (one < other ? -1 : 1)));
  files.set(
    "bundle.json",
    Buffer.from(`${JSON.stringify({ modules: sorted(modules), names: sorted(names) }, null, 1)}\n`),
  );
  // Whatever else lies there, such as pictures.
  const own = (path) =>
    path.startsWith("app/") || path === "index.html" || /\.(js|ts|wasm|br|gz)$/.test(path);
  for (const path of list("").filter((path) => !own(path))) files.set(path, read(path));
  return files;
}

/**
 * Lets the script that starts workers name them as they are named now, beside whatever script it becomes a part of.
 * @param {Record<string, string>} names
 */
const named = (dist, names) => ({
  name: "names of workers",
  setup: (build) =>
    build.onLoad({ filter: /[\\/]worker-start\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace(
        ADDRESS,
        (_, worker) => `new URL("./${basename(names[`app/${worker}`])}", import.meta.url)`,
      ),
    })),
});

/**
 * Puts what the voter's area shares with anybody else into one file: left alone, esbuild makes one for each set of pages
 * that share something, and a phone asks for them all. For that, whatever is loaded on its own loads all of it.
 * @param {string[]} begins where pages begin, the entry first
 */
async function together(dist, begins) {
  const entryPoints = begins.map((path) => join(dist, path));
  const look = {
    ...COMMON,
    absWorkingDir: dist,
    format: "esm",
    splitting: true,
    outdir: "look",
    metafile: true,
  };
  const { inputs, outputs } = (await esbuild.build({ ...look, entryPoints })).metafile;
  const reach = (path, seen = new Set()) => {
    if (seen.has(path)) return seen;
    seen.add(path);
    for (const to of inputs[path].imports) if (to.kind === "import-statement") reach(to.path, seen);
    return seen;
  };
  const [main] = begins;
  const voter = "app/areas/voter/main.js";
  const starts = Object.values(outputs).flatMap(({ entryPoint }) => entryPoint ?? []);
  const others = new Set(starts.filter((path) => path !== voter).flatMap((path) => [...reach(path)]));
  const shared = new Set(
    [...reach(main), ...reach(voter)].filter((path) => others.has(path) && path !== main),
  );
  return {
    name: "one file of what is shared",
    setup(build) {
      build.onResolve({ filter: /^veche:shared$/ }, ({ path }) => ({ path, namespace: "veche" }));
      build.onLoad({ filter: /./, namespace: "veche" }, () => ({
        contents: [...shared].map((path) => `import "./${path}";\n`).join(""),
        resolveDir: dist,
      }));
      build.onLoad({ filter: /\.js$/, namespace: "file" }, ({ path }) => {
        const start = starts.some((start) => join(dist, start) === path);
        return start ? { contents: `import "veche:shared";\n${readFileSync(path, "utf8")}` } : undefined;
      });
    },
  };
}

/**
 * The page with its styles and scripts as they are named now.
 * @param {string} html
 */
async function page(html, { dist, read, put, names }) {
  /** Replaces what must be there. */
  const replace = (what, by) => {
    if (!html.includes(what)) throw new Error(`index.html has no ${what}`);
    html = html.replaceAll(what, by);
  };

  const LINK =
    /^[ \t]*<link rel="stylesheet" href="(app\/style\/[^"]+)"( media="print"| data-for="others")?>\n/gm;
  /** By what they are for, in their order. @type {Map<string, { tag: string, path: string }[]>} */
  const styles = new Map();
  for (const [tag, path, kind = ""] of html.matchAll(LINK)) {
    styles.set(kind, [...(styles.get(kind) ?? []), { tag, path }]);
  }
  for (const [kind, sheets] of styles) {
    const { outputFiles } = await esbuild.build({
      ...COMMON,
      stdin: {
        contents: sheets.map(({ path }) => `@import "./${path}";\n`).join(""),
        resolveDir: dist,
        loader: "css",
      },
    });
    const name = { "": "site.css", ' media="print"': "print.css", ' data-for="others"': "others.css" }[kind];
    const path = put(name, outputFiles[0].contents);
    // Those of the other pages are loaded by these.
    const tag = name === "others.css" ? "" : `  <link rel="stylesheet" href="${path}"${kind}>\n`;
    if (tag === "") names["app/style/others.css"] = path;
    sheets.forEach((sheet, number) => replace(sheet.tag, number === 0 ? tag : ""));
  }

  const { code } = await esbuild.transform(read("app/early.js").toString(), { minify: true, target: "es5" });
  replace("app/early.js", put("early.js", `${NAME}\n${code}`));
  replace("app/icon.svg", put("icon.svg", read("app/icon.svg")));
  replace("app/main.js", names["app/main.js"]);
  const left = /(?:src|href)="(?:\.\/)?app\//.exec(html);
  if (left)
    throw new Error(
      `index.html names a file that is not bundled: ${html.slice(left.index, left.index + 80)}`,
    );
  return html;
}

/**
 * Puts the files into a folder in the place of those that are there.
 * @param {Map<string, Buffer>} files
 * @param {string} out
 */
function write(files, out) {
  const before = existsSync(out)
    ? readdirSync(out, { recursive: true, withFileTypes: true }).filter((item) => item.isFile())
    : [];
  for (const item of before) {
    const path = join(item.path, item.name);
    if (!files.has(path.slice(out.length + 1).replace(/\.(br|gz)$/, ""))) rmSync(path);
  }
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(out, path)), { recursive: true });
    writeFileSync(join(out, path), bytes);
  }
}

if (argv[1] === import.meta.filename || argv[1]?.endsWith("bundle.mjs")) {
  const [dist, out] = argv.slice(2);
  if (!dist || !out) throw new Error("node bundle.mjs DIST OUT");
  write(await bundle(resolve(dist)), resolve(out));
}
