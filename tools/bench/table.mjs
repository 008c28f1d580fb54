// How long a device takes to make the table of G, which a voter's module does not carry: node tools/bench/table.mjs
//
// DIR/veche_bench.js and its module are those of `wasm-bindgen --target web --out-dir DIR` over
// `cargo build --profile wasm --target wasm32-unknown-unknown -p veche-bench --lib`; DIR is target/bench-web. In a browser,
// serve the repository and import this file from a page: it tells the page instead of the terminal.
const place = new URL("../../target/bench-web/", import.meta.url);
const glue = await import(new URL("veche_bench.js", place).href);
const module = new URL("veche_bench_bg.wasm", place);
const inNode = typeof process === "object";
const bytes = inNode ? (await import("node:fs")).readFileSync(module) : fetch(module);
await glue.default({ module_or_path: bytes });
// The first is what a voter waits for; the others show what a warm engine needs.
const [first, ...others] = glue.table(30);
others.sort((one, other) => one - other);
const found = `table of G: the first ${first.toFixed(2)} ms, then ${others[0].toFixed(2)} ms at best and ${others[15].toFixed(2)} ms in the middle`;
if (inNode) console.log(found);
else document.body.textContent = found;
