import { VecheError, argument } from "./errors.js";

/**
 * What is kept of a voter: version u8 = 1, secret 32, attempt u32, sequence u32, previous 32. The key never leaves it but
 * into the WebAssembly module.
 */

const LENGTH = 1 + 32 + 4 + 4 + 32;
const MAX_U32 = 0xffff_ffff;

/** What stands where no ballot is. */
export const NOTHING = "0".repeat(64);

/** @param {Uint8Array} bytes */
const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** @param {string} text */
const fromHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));

/**
 * A place in a voter's chain of ballots, when it can be one.
 * @param {any} place
 * @returns {{ sequence: number, previous: string }}
 */
export function checkedPlace(place) {
  const { sequence, previous } = place ?? {};
  if (!Number.isInteger(sequence) || sequence < 0 || sequence > MAX_U32)
    throw argument("`sequence` is a whole number from 0: how many ballots of this voter are on the board.");
  if (typeof previous !== "string" || !/^[0-9a-f]{64}$/.test(previous))
    throw argument(
      "`previous` is a hash of 64 hexadecimal digits: of the voter's last ballot, or zeros before the first.",
    );
  if ((sequence === 0) !== (previous === NOTHING))
    throw argument("`previous` is zeros before a voter's first ballot (sequence 0), and only then.");
  return { sequence, previous };
}

/** @typedef {{ secret: Uint8Array, attempt: number, sequence: number, previous: string }} Kept */

/**
 * @param {Uint8Array} bytes
 * @returns {Kept}
 */
export function read(bytes) {
  if (!ArrayBuffer.isView(bytes) || bytes.byteLength !== LENGTH || bytes[0] !== 1)
    throw new VecheError(
      "storage-failed",
      "device",
      "The storage gave back other bytes than it was given for this voter.",
    );
  const view = new DataView(bytes.buffer, bytes.byteOffset, LENGTH);
  return {
    secret: bytes.slice(1, 33),
    attempt: view.getUint32(33, true),
    sequence: view.getUint32(37, true),
    previous: toHex(bytes.subarray(41)),
  };
}

/**
 * @param {Kept} kept
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function written({ secret, attempt, sequence, previous }) {
  const bytes = new Uint8Array(LENGTH);
  const view = new DataView(bytes.buffer);
  bytes[0] = 1;
  bytes.set(secret, 1);
  view.setUint32(33, attempt, true);
  view.setUint32(37, sequence, true);
  bytes.set(fromHex(previous), 41);
  return bytes;
}
