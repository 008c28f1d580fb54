/** What everything here throws: `code` to act on, `fault` to know whose it is, and a sentence. */
export class VecheError extends Error {
  /**
   * @param {string} code
   * @param {"caller" | "ballot" | "server" | "device"} fault
   * @param {string} message a sentence
   * @param {{ number?: number, cause?: unknown }} [more]
   */
  constructor(code, fault, message, { number, ...options } = {}) {
    super(message, options);
    this.name = "VecheError";
    this.code = code;
    this.fault = fault;
    if (number !== undefined) this.number = number;
  }
}

/** What the caller handed over and cannot be used. @param {string} message */
export const argument = (message) => new VecheError("bad-argument", "caller", message);

/** The words of the WebAssembly modules as a sentence. @param {string} text */
const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");

/**
 * Whatever was thrown, as an error of ours. One that came out of a WebAssembly module or over a worker's port is a plain
 * one with the same properties.
 * @param {any} error
 * @returns {VecheError}
 */
export function told(error) {
  if (error instanceof VecheError) return error;
  if (error?.name === "VecheError" && typeof error.code === "string")
    return new VecheError(error.code, error.fault, sentence(error.message), { number: error.number });
  const message =
    "Something inside @veche/core has failed that should not. Please report it, with this error's cause.";
  return new VecheError("defect", "device", message, { cause: error });
}

/**
 * Does something in a WebAssembly module.
 * @template T
 * @param {() => T} work
 * @returns {T}
 */
export function inside(work) {
  try {
    return work();
  } catch (error) {
    throw told(error);
  }
}
