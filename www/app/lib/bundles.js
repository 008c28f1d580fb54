import { bundleCount, bundlePath } from "./tiles.js";
import { Trouble } from "./trouble.js";

/**
 * Opens an election from the first bundles of its record: from one, and where the trustees' ceremony is longer from the
 * next ones too, until the program has all it needs.
 * @template T
 * @param {number} size  how many entries the record has
 * @param {(path: string) => Promise<Uint8Array>} file  a file of the record
 * @param {(bundles: Uint8Array[]) => Promise<T>} open  says `more-bundles` while these are too few
 * @returns {Promise<T>}
 * @throws {Trouble} `setup` when the record ends before the election is founded
 */
export async function openFromBundles(size, file, open) {
  /** @type {Uint8Array[]} */
  const bundles = [];
  for (;;) {
    const count = bundleCount(bundles.length, size);
    if (count <= 0) throw new Trouble("setup");
    bundles.push(await file(bundlePath(bundles.length, count)));
    try {
      return await open(bundles);
    } catch (error) {
      if (!(error instanceof Trouble && error.code === "more-bundles")) throw error;
    }
  }
}
