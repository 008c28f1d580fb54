// What the booth says to the page around it, without a browser; with one, tests/tests/browsers/browser_embedded.rs.
import assert from "node:assert/strict";
import test from "node:test";
import { JSDOM } from "jsdom";
import { Api } from "../app/lib/api.js";

const { window } = new JSDOM("<html><body></body></html>", { url: "https://vote.example/" });
Object.assign(globalThis, {
  window,
  document: window.document,
  location: window.location,
  HTMLElement: window.HTMLElement,
  HTMLSelectElement: window.HTMLSelectElement,
  MutationObserver: window.MutationObserver,
  Node: window.Node,
  customElements: window.customElements,
});
const { Portal } = await import("../app/embedded.js");

const GREETING = { fingerprint: null, voter: null, signs: true, submits: true, look: {} };

/** A portal, and what it was told. */
function met(greeting = {}) {
  const told = [];
  const port = { postMessage: (data) => told.push(data) };
  const portal = new Portal(port, { ...GREETING, ...greeting });
  return { portal, port, told };
}

test("a step is told once, and one that was passed over before the one that comes after", () => {
  const { portal, told } = met();
  const frame = (step) => ({
    dataset: { screen: "veche-choose" },
    querySelector: () => ({ firstElementChild: { constructor: { step } } }),
  });
  for (const step of [null, "choose", "review", "choose", "review", "cast"]) portal.shown(frame(step));
  const tells = told.map(({ tell, value }) => `${tell} ${value}`);
  assert.deepEqual(tells, ["resize 800", "step sign-in", "step choose", "step review", "step cast"]);
});

test("a height is one of few, and a screen with a choice has always the same", () => {
  const heights = (screen) =>
    [300, 601, 799, 5000].map((scrollHeight) => {
      const { portal, told } = met();
      portal.shown({ dataset: { screen }, scrollHeight, querySelector: () => null });
      return told[0].value;
    });
  assert.deepEqual(heights("veche-welcome"), [400, 800, 800, 800]);
  for (const screen of ["veche-choose", "veche-review", "veche-extra", "veche-mine", "veche-later"])
    assert.deepEqual(new Set(heights(screen)), new Set([800]), screen);
});

test("what the page answers to a posted ballot is what a ballot box would have answered", async () => {
  const { portal, port, told } = met();
  const api = new Api(new URL("https://box.example/"), undefined, portal.submit);
  const answered = async (status, body) => {
    const cast = api.cast(Uint8Array.of(1, 2), {
      onSlow: () => undefined,
      signal: new AbortController().signal,
    });
    const { ask, number, value } = told.at(-1);
    assert.deepEqual([ask, [...value]], ["submit", [1, 2]]);
    port.onmessage({ data: { number, value: { status, body } } });
    return cast;
  };
  assert.deepEqual(await answered(201, '{"index":7}'), { index: 7 });
  assert.equal(await answered(202, "kept"), null);
  await assert.rejects(answered(409, '{"type":"urn:veche:not-open"}'), { code: "not-open" });
  await assert.rejects(answered(500, "?"), { code: "server" });
});

test("who cannot be signed in is told so, and nothing of why", async () => {
  const { portal, port, told } = met();
  for (const answer of [{ failed: "TypeError: no" }, { value: {} }, { value: { pass: "" } }]) {
    const pass = portal.pass();
    port.onmessage({ data: { number: told.at(-1).number, ...answer } });
    await assert.rejects(pass, { code: "not-signed-in" });
  }
  const pass = portal.pass();
  port.onmessage({ data: { number: told.at(-1).number, value: { pass: "signed" } } });
  assert.equal(await pass, "signed");
});

test("where the page does neither, the booth signs in and posts by itself", () => {
  const { portal } = met({ signs: false, submits: false });
  assert.equal(portal.form, undefined);
  assert.equal(portal.submit, undefined);
});
