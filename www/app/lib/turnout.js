/** @typedef {import("../../veche-wasm-observer.js").Manifest} Manifest */
/** @typedef {import("../../veche-wasm-observer.js").TurnoutByHour} TurnoutByHour */
/** @typedef {{ voters: number, ballots: number }} Sum */
/** A point of a curve: the whole, and by route in the manifest's order. @typedef {{ time: number, by: string, all: Sum, routes: Sum[] }} PointOf */

/**
 * The points of one district, or of all where none is named.
 * @param {Manifest} manifest
 * @param {TurnoutByHour} turnout
 * @param {string | null} district
 * @returns {PointOf[]}
 */
export function pointsOf(manifest, turnout, district) {
  const sum = (/** @type {Sum[]} */ rows) => ({
    voters: rows.reduce((n, { voters }) => n + voters, 0),
    ballots: rows.reduce((n, { ballots }) => n + ballots, 0),
  });
  const words = ["organiser", "trustees", "witness", "keeper"];
  return turnout.points.map(({ time, seen, turnout: rows }) => {
    const own = rows.filter(({ style }) => district === null || style === district);
    return {
      time,
      by: words.find((word) => seen.some(({ by }) => by === word)) ?? "keeper",
      all: sum(own),
      routes: (manifest.routes ?? []).map(({ id }) => sum(own.filter(({ route }) => route === id))),
    };
  });
}
