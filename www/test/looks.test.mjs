// What a device keeps of how a ballot is looked at: the order that was drawn for it, and where somebody has come to.
import assert from "node:assert/strict";
import test from "node:test";
import { drawAnew, drawn } from "../app/lib/drawn-order.js";
import { Looks, NO_LOOK } from "../app/lib/look.js";
import { steadily } from "../app/lib/steady.js";

/** A browser's storage. */
function storage() {
  const kept = new Map();
  return {
    kept,
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
    removeItem: (name) => void kept.delete(name),
  };
}
/** One that refuses, as where nothing may be kept. */
const refusing = new Proxy(
  {},
  {
    get: () => () => {
      throw new Error("denied");
    },
  },
);

const options = Array.from({ length: 30 }, (_, at) => `p${at}`);

test("an order is drawn once for a device, holds every option, and differs from list to list", () => {
  globalThis.localStorage = storage();
  const first = drawn(options, "f", "one");
  assert.notDeepEqual(first, options);
  assert.deepEqual([...first].sort(), [...options].sort());
  assert.deepEqual(drawn(options, "f", "one"), first);
  assert.notDeepEqual(drawn(options, "f", "other"), first);
  assert.notDeepEqual(drawn(options, "g", "one"), first);
  // What was kept decides, and not the page's memory.
  const { kept } = globalThis.localStorage;
  const seed = kept.get("veche-order-f");
  drawAnew("f");
  assert.equal(kept.has("veche-order-f"), false);
  assert.notDeepEqual(drawn(options, "f", "one"), first);
  kept.set("veche-order-f", seed);
  assert.deepEqual(drawn(options, "f", "one"), first);
  kept.set("veche-order-f", "[1, 2");
  assert.deepEqual([...drawn(options, "f", "one")].sort(), [...options].sort());
});

test("every option stands first about equally often", () => {
  globalThis.localStorage = storage();
  const firsts = new Map();
  for (let at = 0; at < 4_000; at += 1) {
    const [first] = drawn(["a", "b", "c", "d"], `election ${at}`, "one");
    firsts.set(first, (firsts.get(first) ?? 0) + 1);
  }
  // Sixteen standard deviations: a wrong shuffle is caught, chance never is.
  for (const option of ["a", "b", "c", "d"]) assert.ok(Math.abs(firsts.get(option) - 1_000) < 440, option);
});

test("where nothing can be kept, an order and a look hold as long as the page", () => {
  globalThis.localStorage = refusing;
  globalThis.sessionStorage = refusing;
  assert.deepEqual(drawn(options, "x", "one"), drawn(options, "x", "one"));
  const looks = new Looks("x");
  looks.keep("park", { words: "bench" });
  assert.equal(looks.of("park").words, "bench");
  looks.forget();
  assert.deepEqual(looks.of("park"), NO_LOOK);
  drawAnew("x");
});

test("a look comes back after a reload, contest by contest, until it is forgotten", () => {
  globalThis.sessionStorage = storage();
  const looks = new Looks("f");
  looks.keep("park", { words: "bench", sort: "cost" });
  looks.keep("park", { at: "p7", top: 120 });
  looks.keep("constructor", { category: "sport" });
  const reloaded = new Looks("f");
  assert.deepEqual(reloaded.of("park"), { ...NO_LOOK, words: "bench", sort: "cost", at: "p7", top: 120 });
  assert.equal(reloaded.of("constructor").category, "sport");
  assert.deepEqual(reloaded.of("toString"), NO_LOOK);
  assert.deepEqual(new Looks("g").of("park"), NO_LOOK);
  reloaded.forget();
  assert.equal(globalThis.sessionStorage.kept.size, 0);
  assert.deepEqual(new Looks("f").of("park"), NO_LOOK);
});

test("what was pressed stays where it was as far as there is something to scroll", () => {
  // A page of which 100 px can be scrolled, and a control 300 px below its beginning.
  const page = (start) => {
    let [scrolled, above] = [start, 300];
    const scroller = {
      get scrollTop() {
        return scrolled;
      },
      set scrollTop(to) {
        scrolled = Math.min(100, Math.max(0, to));
      },
    };
    const control = { getBoundingClientRect: () => ({ top: above - scrolled }) };
    return { scroller, control, grow: (by) => () => (above += by) };
  };
  for (const [start, by, left, scrolled] of [
    [50, 30, 0, 80],
    [50, -30, 0, 20],
    [50, 82, 32, 100],
    [0, -52, -52, 0],
  ]) {
    const { scroller, control, grow } = page(start);
    assert.equal(
      steadily(scroller, () => control, grow(by)),
      left,
    );
    assert.equal(scroller.scrollTop, scrolled);
  }
  // Nothing pressed, nothing scrolled.
  const { scroller, grow } = page(10);
  assert.equal(
    steadily(scroller, () => null, grow(40)),
    0,
  );
  assert.equal(scroller.scrollTop, 10);
});
