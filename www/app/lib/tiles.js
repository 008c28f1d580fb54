/** Where things stand in a record (C2SP tlog-tiles). */

/** Entries in one bundle, and hashes in one tile. */
export const BUNDLE = 256;

/** @param {number} index */
function numbered(index) {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/.{3}/g) ?? [];
  return groups.map((group, place) => (place < groups.length - 1 ? `x${group}` : group)).join("/");
}

/** @param {number} count */
const width = (count) => (count === BUNDLE ? "" : `.p/${count}`);

/**
 * The file that holds a bundle of entries.
 * @param {number} index
 * @param {number} count how many entries it has so far
 */
export const bundlePath = (index, count) => `tile/entries/${numbered(index)}${width(count)}`;

/**
 * The file that holds the leaf hashes of a bundle.
 * @param {number} index
 * @param {number} count how many hashes it has so far
 */
export const leavesPath = (index, count) => `tile/0/${numbered(index)}${width(count)}`;

/**
 * How many entries a bundle of a record has.
 * @param {number} index
 * @param {number} size of the record
 */
export const bundleCount = (index, size) => Math.min(size - index * BUNDLE, BUNDLE);
