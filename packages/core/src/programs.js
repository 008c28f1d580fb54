import { VecheError, argument } from "./errors.js";

/**
 * Where the two WebAssembly modules come from. Bundlers carry along what stands in `new URL(…, import.meta.url)`. Node.js
 * has no `fetch` for files, and the development server of Vite before 8 serves this module from a place where nothing
 * lies beside it: there the same bytes come as a script, which nobody else loads.
 */
const OWN = {
  voter: {
    address: () => new URL("./veche-voter.wasm", import.meta.url),
    script: () => import("./veche-voter.inline.js"),
  },
  observer: {
    address: () => new URL("./veche-observer.wasm", import.meta.url),
    script: () => import("./veche-observer.inline.js"),
  },
};

/** @typedef {keyof typeof OWN} Which */

const inNode = typeof process === "object" && typeof process?.versions?.node === "string";

/** @param {ArrayBuffer} bytes */
const isProgram = (bytes) => String(new Uint8Array(bytes.slice(0, 4))) === "0,97,115,109";

/** @param {string} text in base64 */
export const fromBase64 = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

/**
 * @param {Response} response
 * @param {string} from
 */
async function compiledResponse(response, from) {
  if (!response.ok) throw new Error(`${from} answered ${response.status}`);
  if (response.headers.get("content-type") === "application/wasm" && WebAssembly.compileStreaming)
    return WebAssembly.compileStreaming(response);
  const bytes = await response.arrayBuffer();
  if (!isProgram(bytes)) throw new Error(`${from} is no WebAssembly module`);
  return WebAssembly.compile(bytes);
}

/** @param {Which} which */
async function own(which) {
  const { address, script } = OWN[which];
  if (!inNode) {
    try {
      const at = address();
      return await compiledResponse(await fetch(at, { credentials: "same-origin" }), at.href);
    } catch {
      // Its bytes come as a script below; where that fails too, it says why.
    }
  }
  const { default: text } = await script();
  return WebAssembly.compile(fromBase64(text));
}

/** @param {any} given */
async function compiledFrom(given) {
  if (given instanceof WebAssembly.Module) return given;
  if (given instanceof ArrayBuffer || ArrayBuffer.isView(given))
    return WebAssembly.compile(/** @type {BufferSource} */ (given));
  if (typeof given?.arrayBuffer === "function") return compiledResponse(given, "what was given");
  if (typeof given === "string" || typeof given?.href === "string") {
    const address = typeof given === "string" ? given : given.href;
    return compiledResponse(await fetch(address), address);
  }
  throw argument("A module is given as its bytes, its address, a Response or a WebAssembly.Module.");
}

/**
 * A WebAssembly module, compiled: the one that was given, or our own file.
 * @param {Which} which
 * @param {unknown} given
 * @returns {Promise<WebAssembly.Module>}
 */
export async function compiled(which, given) {
  try {
    return await (given === undefined ? own(which) : compiledFrom(given));
  } catch (error) {
    if (error instanceof VecheError) throw error;
    const told = error instanceof Error ? error.message : String(error);
    const message = `The file veche-${which}.wasm could not be loaded (${told}). Serve it beside the scripts of @veche/core, or pass it to initialise().`;
    throw new VecheError("not-loaded", given === undefined ? "server" : "caller", message, { cause: error });
  }
}
