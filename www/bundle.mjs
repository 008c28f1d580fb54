// Bundles the site that Trunk has built: `node bundle.mjs DIST OUT`.
//
// What a page loads becomes few files, each under `assets/` and with its hash in its name, so that a browser keeps it
// for good: a script for the entry and for what the voter's area shares with others, one for each area and for what is
// loaded later, one for each worker, one style sheet for pages that are not a voter's and one for printing, one file of
// texts for each area and language. What every page needs before anything else, its styles and `early.js`, becomes a
// part of it: asked for, they would come a round trip later. `bundle.json` says which module loads which and what each
// file that the page asks for by name is called now; `veche_site::pin` reads it and does not publish it.
//
// The same bytes from every folder, whatever was in OUT before. What is compressed beside a file there may stay.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, relative, resolve } from "node:path";
import { argv } from "node:process";
import * as esbuild from "esbuild";
import { rollup } from "rollup";

const ASSETS = "assets";
/** The oldest browsers served. */
const TARGET = ["chrome96", "firefox114", "safari15"];

/** What each file begins with. The licence stands in the page. */
const NAME = "/* Veche */";

const SMALL = { minify: true, charset: "utf8", target: TARGET, legalComments: "none", logLevel: "warning" };

/** The script that starts workers, and how it names them. */
const STARTERS = "app/lib/worker-start.js";
const ADDRESS = /new URL\("\.\.\/(worker\/[^"]+\.js)", import\.meta\.url\)/g;

/** What it takes to vote, which is loaded behind what is read. */
const VOTING = "app/areas/voter/voting.js";

/** The texts that are loaded by themselves, where a site is a preview. */
const ALONE = "preview";

const areaMain = (area) => `app/areas/${area}/main.js`;

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

  /** Publishes scripts with all that they lead to. */
  const scripts = async (input, options = {}) => {
    const bundled = await rollup({
      input,
      // So that `dist` names its files.
      preserveSymlinks: true,
      preserveEntrySignatures: false,
      plugins: [named(dist, names)],
    });
    const { output } = await bundled.generate({
      hashCharacters: "hex",
      entryFileNames: `${ASSETS}/[name]-[hash].js`,
      chunkFileNames: ({ moduleIds, name }) => {
        const area = areas.find((area) => moduleIds.includes(join(dist, areaMain(area))));
        return `${ASSETS}/${area ?? name}-[hash].js`;
      },
      plugins: [small],
      ...options,
    });
    for (const { fileName, code, imports, dynamicImports, moduleIds } of output) {
      files.set(fileName, Buffer.from(code));
      const sources = moduleIds.map((id) => relative(dist, id));
      for (const source of sources) if (begins.includes(source)) names[source] = fileName;
      const workers = sources.includes(STARTERS) ? startedFrom.map((worker) => names[worker]) : [];
      modules[fileName] = { imports, later: dynamicImports, workers };
    }
  };

  const main = "app/main.js";
  const areas = readdirSync(join(dist, "app/areas")).sort();
  const startedFrom = [...read(STARTERS).toString().matchAll(ADDRESS)].map(([, path]) => `app/${path}`);
  if (startedFrom.length === 0) throw new Error(`${STARTERS} names no worker`);
  const begins = [main, ...areas.map(areaMain), VOTING, ...startedFrom];
  // The workers first: the page's scripts name them.
  for (const worker of startedFrom) {
    await scripts({ [`worker-${basename(worker, ".js")}`]: join(dist, worker) });
  }
  await scripts({ main: join(dist, main) }, { manualChunks: shared(dist) });

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

  for (const language of readdirSync(join(dist, "app/messages")).sort()) {
    const path = `app/messages/${language}/${ALONE}.json`;
    if (!existsSync(join(dist, path))) continue;
    names[path] = put(`${ALONE}-${language}.json`, JSON.stringify(JSON.parse(read(path).toString())));
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
  transform: (code, id) =>
    id === join(dist, STARTERS)
      ? {
          code: code.replace(
            ADDRESS,
            (_, worker) => `new URL("./${basename(names[`app/${worker}`])}", import.meta.url)`,
          ),
          map: null,
        }
      : null,
});

/** Makes a script as short as it can be. */
const small = {
  name: "small",
  async renderChunk(code) {
    const { code: short } = await esbuild.transform(code, { ...SMALL, format: "esm", banner: NAME });
    return { code: short, map: null };
  },
};

/**
 * Puts all that a voter reads into the entry: a second file would come on a second connection, which a phone waits for
 * twice as long. So it does with what voting shares with the other areas, which would be many files; what a voter shares
 * with them and may never look at stays apart.
 * @param {string} dist
 */
const shared =
  (dist) =>
  (id, { getModuleInfo }) => {
    const leading = new Set([id]);
    for (const path of leading) for (const by of getModuleInfo(path).importers) leading.add(by);
    const paths = [...leading].map((path) => relative(dist, path));
    const others = paths.some((path) => /^app\/areas\/(?!voter\/)/.test(path));
    const reads = paths.includes("app/main.js") || paths.includes(areaMain("voter"));
    if (reads || (others && paths.includes(VOTING))) return "main";
    return others && paths.some((path) => path.startsWith("app/areas/voter/")) ? "shared" : undefined;
  };

/**
 * The page with its styles and scripts as they are named now.
 * @param {string} html
 */
async function page(html, { dist, read, put, names }) {
  /** Replaces what must be there. */
  const replace = (what, by) => {
    if (!html.includes(what)) throw new Error(`index.html has no ${what}`);
    html = html.replaceAll(what, () => by);
  };

  const [PRINT, OTHERS] = [' media="print"', ' data-for="others"'];
  const LINK =
    /^[ \t]*<link rel="stylesheet" href="(app\/style\/[^"]+)"( media="print"| data-for="others")?>\n/gm;
  /** By what they are for, in their order. @type {Map<string, { tag: string, path: string }[]>} */
  const styles = new Map();
  for (const [tag, path, kind = ""] of html.matchAll(LINK)) {
    styles.set(kind, [...(styles.get(kind) ?? []), { tag, path }]);
  }
  for (const [kind, sheets] of styles) {
    const all = sheets.map(({ path }) => read(path).toString()).join("");
    const { code } = await esbuild.transform(all, { ...SMALL, loader: "css", ...(kind && { banner: NAME }) });
    const path = kind && put(kind === OTHERS ? "others.css" : "print.css", code);
    // Those of the other pages are loaded by these.
    if (kind === OTHERS) names["app/style/others.css"] = path;
    const tag = {
      "": `  <style>${code.trim()}</style>\n`,
      [OTHERS]: "",
      [PRINT]: `  <link rel="stylesheet" href="${path}"${kind}>\n`,
    }[kind];
    sheets.forEach((sheet, number) => replace(sheet.tag, number === 0 ? tag : ""));
  }

  const early = await esbuild.transform(read("app/early.js").toString(), { ...SMALL, target: "es5" });
  replace('<script src="app/early.js"></script>', `<script>${early.code.trim()}</script>`);
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
