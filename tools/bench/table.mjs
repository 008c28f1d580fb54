// How long a device takes to make the table of G, which a voter's module does not carry: node tools/bench/table.mjs
//
// The first key that a fresh module makes needs the table, the second finds it there. In a browser, serve the repository
// and import this file: it then tells the page instead of the terminal.
const ROUNDS = 9;
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

const made = [];
for (let round = 0; round < ROUNDS; round += 1) {
  const { openElection } = await fresh("veche-wasm-voter", round);
  const election = openElection(bytes("manifest.json"), card, vector.expected);
  const [first, second] = [0, 1].map(() => {
    const began = performance.now();
    election.newCredential();
    return performance.now() - began;
  });
  made.push(first - second);
}
made.sort((one, other) => one - other);
const found = `table of G: ${made[0].toFixed(2)} ms at best, ${made[ROUNDS >> 1].toFixed(2)} ms in the middle, ${made[ROUNDS - 1].toFixed(2)} ms at most`;
if (inNode) console.log(found);
else document.body.textContent = found;
