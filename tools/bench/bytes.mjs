// Where the bytes of WebAssembly modules are: node tools/bench/bytes.mjs MODULE…
//
// Raw, gzip and brotli of each; and for a module that still has its names, the code of each crate. The code of a generic
// function counts for the crate that it is written in.
import { readFileSync } from "node:fs";
import { brotliCompressSync, gzipSync } from "node:zlib";

const text = new TextDecoder();

/** Reads a module from front to back. */
class Reader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  number() {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.bytes[this.at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  take(length) {
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  string() {
    return text.decode(this.take(this.number()));
  }
}

/** The sections of a module: number, name of a custom one, and content. */
function* sections(bytes) {
  const reader = new Reader(bytes, 8);
  while (reader.at < bytes.length) {
    const id = reader.bytes[reader.at++];
    const content = new Reader(reader.take(reader.number()));
    yield { id, name: id === 0 ? content.string() : "", content };
  }
}

/** How many imported functions come before the module's own. */
function importedFunctions(reader) {
  let functions = 0;
  const limits = () => {
    const flags = reader.number();
    reader.number();
    if (flags & 1) reader.number();
  };
  for (let count = reader.number(); count > 0; count -= 1) {
    reader.string();
    reader.string();
    const kind = reader.number();
    if (kind === 0) {
      functions += 1;
      reader.number();
    } else if (kind === 1) {
      reader.number();
      limits();
    } else if (kind === 2) limits();
    else reader.take(2);
  }
  return functions;
}

/** The names of functions, by index. */
function functionNames(reader) {
  const names = new Map();
  while (reader.at < reader.bytes.length) {
    const kind = reader.number();
    const part = new Reader(reader.take(reader.number()));
    if (kind !== 1) continue;
    for (let count = part.number(); count > 0; count -= 1) names.set(part.number(), part.string());
  }
  return names;
}

for (const path of process.argv.slice(2)) {
  const bytes = readFileSync(path);
  console.log(
    `${path}: ${bytes.length} raw, ${gzipSync(bytes).length} gzip, ${brotliCompressSync(bytes).length} brotli`,
  );
  let imported = 0;
  const lengths = [];
  let names = new Map();
  for (const { id, name, content } of sections(bytes)) {
    if (id === 2) imported = importedFunctions(content);
    if (id === 10)
      for (let n = content.number(); n > 0; n -= 1) lengths.push(content.take(content.number()).length);
    if (id === 10 || id === 11) console.log(`  ${id === 10 ? "code" : "data"} ${content.bytes.length}`);
    if (name === "name") names = functionNames(content);
  }
  if (names.size < lengths.length) continue;
  const crates = new Map();
  lengths.forEach((length, index) => {
    const written =
      /([a-z_][a-z0-9_]*)(?:\[[0-9a-f]+\])?::/.exec(names.get(imported + index) ?? "")?.[1] ?? "glue";
    crates.set(written, (crates.get(written) ?? 0) + length);
  });
  for (const [name, length] of [...crates].sort((a, b) => b[1] - a[1])) console.log(`  ${name} ${length}`);
}
