// What a verification has found, in the words of every language: who is to blame, where, and what no check can judge.
import assert from "node:assert/strict";
import test from "node:test";
import { JSDOM } from "jsdom";
import { sentence } from "../app/lib/sentences.js";
import { Trouble } from "../app/lib/trouble.js";
import { filesOf, languages, messagesOf, textsFrom } from "./texts.mjs";

const { window } = new JSDOM("<!doctype html><main></main>");
for (const name of ["window", "document", "HTMLElement", "Node", "customElements"])
  globalThis[name] = window[name];

const { h, said, woven } = await import("../app/lib/dom.js");
const { noticeText } = await import("../app/areas/public/screens/notice.js");
const { failureText } = await import("../app/parts/check-list.js");

const manifest = {
  time_zone: "Europe/Warsaw",
  styles: [{ id: "n", title: { pl: "Północ" } }],
  routes: [],
  contests: [{ id: "park", title: { pl: "Zieleń" } }],
};

/** Every field that a notice can have. */
const FIELDS = {
  count: 3,
  after_ballot: 41,
  dealer: 1,
  complainer: 2,
  attempt: 42,
  time: 1_777_700_000,
  announced: 1_777_800_000,
  closes: 1_777_900_000,
  number: 43,
  entry: 44,
  minimum: 45,
  style: 0,
  entered: 46,
  voters: 47,
  papers: 48,
};

const stem = (prefix) =>
  Object.keys(messagesOf("en", "verify"))
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length));

for (const language of languages()) {
  const t = textsFrom(language, filesOf(language));

  test(`${language}: a notice says all that is in it, and the town's words say their language`, () => {
    const codes = stem("verify.notice.");
    assert.ok(codes.length > 18);
    for (const code of codes) {
      const words = ["notice", "cancelled"].includes(code) ? { pl: "Woda." } : undefined;
      const part = h("p", null, noticeText(t, { code, text: "In English.", ...FIELDS, words }, manifest));
      const text = part.textContent;
      // What is missing would be filled in as nothing.
      const filled = h("p", null, noticeText(t, { code, text: "", words }, null)).textContent;
      assert.ok(text.length > 15 && !text.includes("verify.") && !text.includes("\0"), `${code}: ${text}`);
      assert.ok(!text.includes("In English."), code);
      assert.ok(!filled.includes("undefined") && !filled.includes("NaN"), `${code}: ${filled}`);
      const theirs = [...part.querySelectorAll("[lang]")].map((one) => [one.lang, one.textContent]);
      const foreign = language !== "pl" && (code.startsWith("papers-") ? "Północ" : words?.pl);
      assert.deepEqual(theirs, foreign ? [["pl", foreign]] : [], code);
    }
    const shown = (code) => h("p", null, noticeText(t, { code, text: "", ...FIELDS }, manifest)).textContent;
    const day = t.hour(FIELDS.announced * 1_000, manifest.time_zone);
    assert.ok(shown("opened-early").includes(day), shown("opened-early"));
    assert.ok(shown("keys-replaced").includes(t.number(41)), shown("keys-replaced"));
    assert.ok(shown("papers-entered").includes(t.number(46)), shown("papers-entered"));
  });

  test(`${language}: a failure names who is to blame and where, and keeps the program's English behind a fold`, () => {
    const roles = stem("verify.blame.");
    assert.equal(roles.length, 8);
    for (const role of roles) {
      const failure = {
        entry: 1_234,
        contest: "park",
        file: "tile/0/000",
        culprit: "somebody",
        role,
        trustees: role === "trustees" ? [1, 3] : undefined,
        voter: role === "voter" ? "ab12" : undefined,
        detail: "the proof is false",
      };
      const part = failureText(t, failure, manifest);
      const fold = part.querySelector("details");
      const words = fold.querySelector("[lang=en][dir=ltr]");
      assert.equal(words.textContent, failure.detail);
      fold.remove();
      const text = part.textContent;
      assert.ok(!/verify\.|\0|somebody|undefined|the proof/.test(text), text);
      assert.ok(text.includes(t("verify.entry", { n: 1_234 })), text);
      assert.equal(part.querySelector("[lang=pl]")?.textContent, language === "pl" ? undefined : "Zieleń");
      const codes = [...part.querySelectorAll("[translate=no][dir=ltr]")].map((one) => one.textContent);
      assert.deepEqual(codes, ["tile/0/000", ...(role === "voter" ? ["ab12"] : [])]);
      if (role === "trustees") assert.match(text, /1.*3/);
    }
    const unknown = failureText(t, { contest: "park", role: "sender", culprit: "", detail: "" }, null);
    assert.ok(
      unknown.querySelector("[translate=no]").textContent === "park",
      "without a manifest its id is shown",
    );
  });
}

test("elements stand where the sentence has them, whatever they say", () => {
  const t = textsFrom("en", ["results"]);
  const bold = h("b", null, "1\0 $& {contest}");
  const line = h(
    "p",
    null,
    woven([bold, "Park"], (one, other) => `${other}: ${t("results.next", { contest: one })}`),
  );
  assert.equal(line.innerHTML, "Park: Next: <b>1\0 $&amp; {contest}</b>");
  const arabic = textsFrom("ar", ["results"]);
  const title = said(arabic, { pl: "Zieleń" });
  const next = h(
    "p",
    null,
    woven([title], (contest) => arabic("results.next", { contest })),
  );
  assert.ok(next.innerHTML.includes('\u2068<span lang="pl" dir="auto">Zieleń</span>\u2069'), next.innerHTML);
});

test("a trouble is said in the words of its name, or of another's, or quoted", () => {
  const t = textsFrom("en", ["frame", "trustees"]);
  const said = (code, more) => h("p", null, sentence(t, new Trouble(code, more)));
  const say = (code, more) => said(code, more).textContent;
  assert.equal(say("timeout"), t("trouble.timeout"));
  assert.equal(say("too-slow"), t("trouble.timeout"));
  assert.equal(say("other-step"), t("trouble.out-of-order"));
  assert.equal(say("unheard-of", { detail: "It is wet." }), "Something went wrong: It is wet.");
  assert.equal(
    said("unheard-of", { detail: "It is wet." }).querySelector("[lang=en]").textContent,
    "It is wet.",
  );
});
