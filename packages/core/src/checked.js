import { argument } from "./errors.js";

/** Values as callers hand them over. */

/** @param {unknown} value @param {string} name */
export function bytes(value, name) {
  if (value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  throw argument(`\`${name}\` is no Uint8Array.`);
}

/** @param {unknown} fingerprint @returns {string} */
export function checkedFingerprint(fingerprint) {
  if (typeof fingerprint !== "string" || !/^[0-9a-f]{64}$/.test(fingerprint))
    throw argument(
      "`fingerprint` is the election's, as it was announced: 64 hexadecimal digits, in small letters.",
    );
  return fingerprint;
}

/** @param {unknown} value @param {string} name @returns {string} */
export function text(value, name) {
  if (typeof value !== "string") throw argument(`\`${name}\` is no text.`);
  return value;
}
