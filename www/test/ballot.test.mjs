// The voter's ballot between choosing and casting, with a worker that takes its time.
import assert from "node:assert/strict";
import test from "node:test";
import { Ballot } from "../app/areas/voter/model/ballot.js";

const contest = {
  id: "square",
  options: [{ id: "lawn" }, { id: "market" }],
  rule: { type: "approval", min: 1, max: 1, blank: false },
};

/** A ballot whose worker seals when it is let. */
function booth() {
  const kept = { drafts: new Map(), pending: new Map(), receipts: new Map() };
  const waiting = [];
  const store = (name) => ({
    put: (value, key) => void kept[name].set(key, value),
    delete: (key) => void kept[name].delete(key),
  });
  const database = {
    get: async (name, key) => kept[name].get(key),
    all: async (name) => [...kept[name].values()],
    put: async (name, key, value) => void kept[name].set(key, value),
    transact: async (names, _, work) => work(Object.fromEntries(names.map((name) => [name, store(name)]))),
  };
  const engine = {
    call: (op, args) =>
      op === "prepare"
        ? Promise.resolve()
        : new Promise((done) => {
            const chosen = JSON.stringify(args.selections);
            waiting.push(() => done({ bytes: new Uint8Array(), code: chosen, hash: chosen }));
          }),
  };
  const me = { pseudonym: "p", style: "south", key: "k", sequence: 0, previous: "" };
  const voter = { me, current: () => me, place: async () => me };
  const election = { database, engine, contests: () => [contest] };
  return { ballot: new Ballot((key) => key, election, voter), kept, waiting };
}

/** Lets everything run that waits for nothing else. */
const turn = () => new Promise((next) => setTimeout(next));

const only = (id) => ({ values: { [id]: 1 }, blank: false });

test("a ballot whose choice changes while it is sealed is not kept", async () => {
  const { ballot, kept, waiting } = booth();
  await ballot.choose("square", only("lawn"));
  const early = ballot.seal();
  await turn();
  await ballot.choose("square", only("market"));
  const late = ballot.seal();
  await turn();
  waiting.forEach((seal) => seal());
  assert.equal(await early, null);
  assert.notEqual(await late, null);
  assert.equal(ballot.sealed, await late);
  assert.equal(kept.pending.get("p"), await late);
});

test("a ballot is sealed once, however often that is asked for", async () => {
  const { ballot, waiting } = booth();
  await ballot.choose("square", only("lawn"));
  const both = [ballot.seal(), ballot.seal()];
  await turn();
  assert.equal(waiting.length, 1);
  waiting[0]();
  const [one, other] = await Promise.all(both);
  assert.equal(one, other);
});
