// Going from page to page: whoever has gone on is not called back to a page whose program came late.
import assert from "node:assert/strict";
import test from "node:test";
import { JSDOM } from "jsdom";
import { textsFrom } from "./texts.mjs";

const { window } = new JSDOM("<!doctype html><main></main>", { url: "http://127.0.0.1:8470/#find" });
for (const name of [
  "window",
  "document",
  "location",
  "HTMLElement",
  "Node",
  "customElements",
  "sessionStorage",
])
  globalThis[name] = window[name];

const { PublicApp } = await import("../app/areas/public/main.js");

/** Until nothing happens any more. */
async function quiet(happened) {
  for (let before = -1; before !== happened.length;) {
    before = happened.length;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

test("a page for everyone that comes after the reader has gone on is not shown", async () => {
  const shown = [];
  const frame = {
    main: window.document.querySelector("main"),
    pages: () => undefined,
    introduce: () => undefined,
    show: (screen) => shown.push(screen.constructor.name),
  };
  const t = textsFrom("en", ["frame", "results", "turnout", "verify", "find"]);
  const app = new PublicApp(t, frame, { record: "http://127.0.0.1:8470/", fingerprint: null }, {});
  app.introduce = async () => undefined;
  await app.start();
  await quiet(shown);
  assert.deepEqual(shown, ["FindScreen"]);
  // The program of the first has to be fetched; the second is there already.
  for (const hash of ["#turnout", "#find"]) {
    window.location.hash = hash;
    window.dispatchEvent(new window.Event("hashchange"));
  }
  await quiet(shown);
  assert.equal(shown.at(-1), "FindScreen");
  assert.ok(!shown.includes("TurnoutScreen"), shown.join());
});
