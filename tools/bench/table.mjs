// What a voter's module makes once, because it carries none of it, the table of G above all: node tools/bench/table.mjs
//
// In fresh instances of the built module, opening the election and making a key take so much longer the first time than
// the second. In a browser, serve the repository and import this file from a page: it tells the page, not the terminal.
const ROUNDS = 15;
const here = new URL("../../", import.meta.url);
const inNode = typeof process === "object";
/** @param {string} path */
const file = async (path) =>
  inNode
    ? new Uint8Array((await import("node:fs")).readFileSync(new URL(path, here)))
    : new Uint8Array(await (await fetch(new URL(path, here))).arrayBuffer());

/** A fresh instance of a module: its glue keeps one for each address. */
async function fresh(name, round) {
  const glue = await import(new URL(`dist/${name}.js?${round}`, here).href);
  await glue.default({ module_or_path: (await file(`dist/${name}_bg.wasm`)).buffer });
  return glue;
}

const VECTOR = "a_finished_record_is_verified_and_counts_each_voters_last_ballot-1.json";
const vector = JSON.parse(new TextDecoder().decode(await file(`tests/vectors/records/${VECTOR}`)));
/** @param {string} name */
const bytes = (name) => Uint8Array.from(atob(vector.files[name]), (letter) => letter.charCodeAt(0));
const size = Number(new TextDecoder().decode(bytes("checkpoint")).split("\n")[1]);
const bundle = bytes(`tile/entries/000.p/${size}`);
const observer = await fresh("veche-wasm-observer", 0);
const card = observer.openElection(bytes("manifest.json"), [bundle], size, vector.expected).card();

const times = { first: [], second: [] };
for (let round = 0; round < ROUNDS; round += 1) {
  const { openElection } = await fresh("veche-wasm-voter", round);
  for (const list of [times.first, times.second]) {
    const began = performance.now();
    openElection(bytes("manifest.json"), card, vector.expected).newCredential();
    list.push(performance.now() - began);
  }
}
const middle = (list) => list.sort((one, other) => one - other)[ROUNDS >> 1].toFixed(1);
const found = `opened and a key made: the first time ${middle(times.first)} ms, the second ${middle(times.second)} ms`;
if (inNode) console.log(found);
else document.body.textContent = found;
