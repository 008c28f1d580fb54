/**
 * The order in which a device shows options where the manifest says `shuffle`: drawn at random, the same after every
 * reload, and known to nobody else. It is no part of a ballot: what is sealed names options and not their places.
 */

/** Where there is no storage, an order holds as long as the page. @type {Map<string, number[]>} */
const unkept = new Map();

/** @param {string} fingerprint */
const nameOf = (fingerprint) => `veche-order-${fingerprint}`;

/** @param {string} fingerprint */
function seedOf(fingerprint) {
  const name = nameOf(fingerprint);
  try {
    const kept = JSON.parse(localStorage.getItem(name) ?? "null");
    if (Array.isArray(kept) && kept.length === 4 && kept.every(Number.isInteger)) return kept;
  } catch {
    // Nothing can be kept here, or something else was.
  }
  const seed = unkept.get(name) ?? [...crypto.getRandomValues(new Uint32Array(4))];
  unkept.set(name, seed);
  try {
    localStorage.setItem(name, JSON.stringify(seed));
  } catch {
    // It holds for this page.
  }
  return seed;
}

/**
 * Random whole numbers that are always the same for a seed and a name.
 * @param {number[]} seed
 * @param {string} name
 * @returns {(below: number) => number}
 */
function drawing(seed, name) {
  let [a = 0, b = 0, c = 0, d = 0] = seed;
  // sfc32, a generator of Chris Doty-Humphrey's PractRand; nobody gains by guessing it.
  const next = () => {
    const sum = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (const letter of name) {
    a ^= letter.codePointAt(0) ?? 0;
    next();
  }
  for (let n = 0; n < 15; n += 1) next();
  return (below) => Math.floor((next() / 2 ** 32) * below);
}

/**
 * The things in this device's order.
 * @template T
 * @param {readonly T[]} things
 * @param {string} fingerprint of the election
 * @param {string} name of the list; each has an order of its own
 * @returns {T[]}
 */
export function drawn(things, fingerprint, name) {
  const draw = drawing(seedOf(fingerprint), name);
  const order = [...things];
  for (let at = order.length - 1; at > 0; at -= 1) {
    const other = draw(at + 1);
    [order[at], order[other]] = [/** @type {T} */ (order[other]), /** @type {T} */ (order[at])];
  }
  return order;
}

/**
 * The next voter of this device gets an order of their own.
 * @param {string} fingerprint
 */
export function drawAnew(fingerprint) {
  unkept.delete(nameOf(fingerprint));
  try {
    localStorage.removeItem(nameOf(fingerprint));
  } catch {
    // Nothing was kept.
  }
}
