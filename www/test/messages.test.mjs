import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import test from "node:test";
import { chooseLanguage, speak } from "../app/lib/languages.js";
import { textsOf } from "../app/lib/text.js";
import { messagesOf, textsFrom } from "./texts.mjs";

const app = new URL("../app/", import.meta.url);
const sources = readdirSync(app, { recursive: true })
  .filter((name) => name.endsWith(".js") && !name.startsWith("messages"))
  .map((name) => [name, readFileSync(new URL(name, app), "utf8")]);

const files = readdirSync(new URL("messages/en/", app)).map((name) => name.replace(/\.json$/, ""));
const messages = {};
for (const file of files) {
  const some = messagesOf("en", file);
  for (const key of Object.keys(some)) assert.ok(!(key in messages), `${key} stands in two files`);
  Object.assign(messages, some);
}
const t = textsFrom("en", files);

test("every message used exists, and every message is used", () => {
  const used = new Set();
  for (const [, source] of sources) {
    for (const [, key] of source.matchAll(/\b(?:t|msg)\(\s*"([^"]+)"/g)) used.add(key);
  }
  assert.deepEqual([...used].filter((key) => !(key in messages)).sort(), []);
  assert.deepEqual(
    Object.keys(messages)
      .filter((key) => !used.has(key))
      .sort(),
    [],
  );
});

test("a message is named by a literal, or by a table of msg()", () => {
  const tables = [
    "StopScreen.title",
    "Screen.title",
    "SENTENCES",
    "HEADINGS",
    "NAMES",
    "TIES",
    "title",
    "text",
    "final",
    "button",
  ];
  for (const [name, source] of sources) {
    for (const [call, argument] of source.matchAll(/\bt\(([^")\s][^),]*)/g)) {
      const known = argument === "key" || tables.some((table) => argument.startsWith(table));
      assert.ok(known, `${name}: ${call}`);
    }
  }
});

test("no text stands in the code", () => {
  for (const [name, source] of sources) {
    // What `h` shows: a quoted sentence after the attributes.
    for (const [, text] of source.matchAll(/\bh\("[^"]+", (?:null|\{[^{}]*\}), "([^"]*\p{L}{2}[^"]*)"/gu)) {
      assert.fail(`${name} shows "${text}"`);
    }
  }
});

test("plural forms are complete and say their number where there are several", () => {
  for (const [key, message] of Object.entries(messages)) {
    if (typeof message === "string") continue;
    const [type, texts] = message.ordinal ? ["ordinal", message.ordinal] : ["cardinal", message];
    const forms = new Intl.PluralRules("en", { type }).resolvedOptions().pluralCategories;
    assert.deepEqual(Object.keys(texts).sort(), [...forms].sort(), key);
  }
  assert.equal(t("ranked.place", { n: 3 }), "3rd");
  assert.equal(t("choose.count", { n: 1 }), "1 chosen");
  assert.equal(t("code.attempts", { n: 1 }), "You can try 1 more time.");
  assert.equal(t("code.attempts", { n: 4 }), "You can try 4 more times.");
});

test("what is filled in stays as it is", () => {
  assert.equal(t("trouble.unknown", { detail: "{n} <b>$&</b>" }), "Something went wrong: {n} <b>$&</b>");
});

test("the texts are those of the language that is asked for", () => {
  const polish = textsOf("pl", {
    "choose.count": { one: "{n} projekt", few: "{n} projekty", many: "{n} projektów", other: "{n} projektu" },
  });
  assert.deepEqual(
    [1, 3, 5].map((n) => polish("choose.count", { n })),
    ["1 projekt", "3 projekty", "5 projektów"],
  );
  assert.equal(polish.number(12345.6), "12\u00a0345,6");
  assert.equal(polish.localised({ en: "Bench", pl: "Ławka" }), "Ławka");
  assert.equal(t.localised({ pl: "Ławka" }), "Ławka");
  assert.equal(t.localised(null), "");
});

test("the page says what it is written in, and falls back to a language that it has", () => {
  assert.equal(chooseLanguage(["xx", "en-GB"]), "en");
  assert.equal(chooseLanguage(["constructor"]), "en");
  assert.equal(chooseLanguage([]), "en");
  const root = {};
  speak(root, "en");
  assert.deepEqual(root, { lang: "en", dir: "ltr" });
});
