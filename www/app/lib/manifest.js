import { Trouble } from "./trouble.js";

/** @typedef {import("../../veche-wasm-voter.js").Manifest} Manifest */

/**
 * A manifest as the object that the worker makes of the same bytes. There is nothing to fill in: whoever reads one
 * strictly (crates/record) refuses each that would not be written in the very same way again.
 * @param {Uint8Array} bytes
 * @returns {Manifest}
 * @throws {Trouble} when it is none
 */
export function readManifest(bytes) {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new Trouble("wrong-election", { detail: String(error) });
  }
}

/**
 * How many key-holders take part in the count: so many agree before any of them opens anything, as
 * `TrusteeCount::quorum` (crates/record) says.
 * @param {{ count: number, threshold: number }} trustees
 */
export const quorumOf = ({ count, threshold }) => Math.floor((count + threshold - 1) / 2) + 1;
