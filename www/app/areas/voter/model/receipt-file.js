import { fromBase64, toBase64 } from "../../../lib/encoding.js";
import { Trouble } from "../../../lib/trouble.js";

/** @typedef {import("./box.js").Cast} Cast */

/** The form of a saved receipt; it holds nothing that is not on the public board. */
const FORM = "veche-receipt-1";

/**
 * @param {Cast} cast
 * @param {string} fingerprint
 */
export function receiptFile(cast, fingerprint) {
  const { hash, code, key, style, index, castAt, receipt } = cast;
  return {
    form: FORM,
    election: fingerprint,
    code,
    castAt,
    style,
    key,
    index,
    hash,
    ballot: toBase64(cast.bytes),
    receipt,
  };
}

/**
 * Reads a saved receipt. Only its shape is judged here; whether it is true is found out on the board.
 * @param {string} text
 * @param {string} fingerprint of the election at hand
 * @returns {Cast}
 */
export function parseReceiptFile(text, fingerprint) {
  /** @type {any} */
  let file;
  /** @type {Uint8Array} */
  let bytes;
  try {
    file = JSON.parse(text);
    bytes = fromBase64(file.ballot);
  } catch {
    throw new Trouble("not-a-receipt");
  }
  const texts = [file.code, file.castAt, file.style, file.key, file.hash];
  const sound =
    file.form === FORM &&
    texts.every((value) => typeof value === "string") &&
    typeof file.receipt === "object";
  if (!sound || Number.isNaN(Date.parse(file.castAt)) || !Number.isSafeInteger(file.index))
    throw new Trouble("not-a-receipt");
  if (file.election !== fingerprint) throw new Trouble("other-election");
  const { code, castAt, style, key, hash, index, receipt } = file;
  return { code, castAt, style, key, hash, index, receipt, bytes };
}
