import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import test from "node:test";
import { LANGUAGES, speak } from "../app/lib/languages.js";
import { textsOf } from "../app/lib/text.js";
import { filesOf, languages, messagesOf, named, sameInEnglish, textsFrom } from "./texts.mjs";

const app = new URL("../app/", import.meta.url);
const sources = readdirSync(app, { recursive: true })
  .filter((name) => name.endsWith(".js") && !name.startsWith("messages"))
  .map((name) => [name, readFileSync(new URL(name, app), "utf8")]);

const files = filesOf("en");
const messages = {};
for (const file of files) {
  const some = messagesOf("en", file);
  for (const key of Object.keys(some)) assert.ok(!(key in messages), `${key} stands in two files`);
  Object.assign(messages, some);
}
const t = textsFrom("en", files);

/** What kind of message it is, and its forms: a plain text has one. */
function formsOf(message) {
  if (typeof message === "string") return { type: "plain", forms: { other: message } };
  return message.ordinal ? { type: "ordinal", forms: message.ordinal } : { type: "cardinal", forms: message };
}

/** The parameters of some texts, by name. */
const parameters = (texts) =>
  new Set(texts.flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)));

/** What is wrong with a message of a language, beside the English one, as far as a program can tell. */
function* faults(language, english, message) {
  const [theirs, ours] = [formsOf(english), formsOf(message)];
  if (theirs.type !== ours.type) return yield `is ${ours.type}, and English is ${theirs.type}`;
  const [texts, originals] = [Object.values(ours.forms), Object.values(theirs.forms)];
  if (!texts.every((text) => typeof text === "string" && text.trim() === text && text !== ""))
    return yield "has a form that is empty, or begins or ends with a space";
  const [has, wants] = [parameters(texts), parameters(originals)];
  for (const name of wants) if (!has.has(name)) yield `lacks {${name}}`;
  for (const name of has) {
    if (!wants.has(name) && !(name === "n" && ours.type !== "plain"))
      yield `has {${name}}, which nobody fills in`;
  }
  // Isolation is the page's: a mark of direction inside a text gets into titles, files and the clipboard.
  if (texts.some((text) => /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(text)))
    yield "has a mark of direction";
  // One that stands in a sentence is filled in, so that it keeps its direction.
  if (texts.some((text) => /\+\d/.test(text))) yield "has a telephone number";
  if (ours.type === "plain") return;
  const rules = new Intl.PluralRules(language, { type: ours.type });
  const categories = rules.resolvedOptions().pluralCategories;
  if (Object.keys(ours.forms).sort().join() !== [...categories].sort().join())
    return yield `has the forms ${Object.keys(ours.forms)}, and needs ${categories}`;
  if (!wants.has("n")) return;
  for (const [category, text] of Object.entries(ours.forms)) {
    const numbers = Array.from({ length: 200 }, (_, n) => n + 1).filter((n) => rules.select(n) === category);
    if (numbers.length > 1 && !parameters([text]).has("n"))
      yield `does not say {n} in "${category}", which is for ${numbers.slice(0, 3)} and more`;
  }
}

test("every message used exists, and every message is used", () => {
  const [used, stems] = [new Set(), new Set()];
  for (const [, source] of sources) {
    const found = named(source);
    for (const key of found.keys) used.add(key);
    for (const stem of found.stems) stems.add(stem);
  }
  const made = (key) => [...stems].some((stem) => key.startsWith(stem));
  assert.deepEqual([...used].filter((key) => !(key in messages)).sort(), []);
  assert.deepEqual(
    Object.keys(messages)
      .filter((key) => !used.has(key) && !made(key))
      .sort(),
    [],
  );
  for (const stem of stems)
    assert.ok(
      Object.keys(messages).some((key) => key.startsWith(stem)),
      stem,
    );
});

for (const language of languages()) {
  test(`${language}: every message is there and has what the English one has`, () => {
    const found = [];
    for (const file of filesOf(language)) {
      assert.ok(files.includes(file), `${language}/${file}.json is no file of English`);
      const [english, theirs] = [messagesOf("en", file), messagesOf(language, file)];
      const [wanted, keys] = [Object.keys(english), Object.keys(theirs)];
      const say = (key, what) => found.push(`${language}/${file}.json: ${key} ${what}`);
      for (const key of wanted) if (!keys.includes(key)) say(key, "is missing");
      for (const key of keys) if (!wanted.includes(key)) say(key, "is no message of English");
      if (found.length === 0)
        assert.deepEqual(keys, wanted, `${language}/${file}.json: in the order of English`);
      for (const key of keys) {
        for (const fault of key in english ? faults(language, english[key], theirs[key]) : [])
          say(key, fault);
      }
    }
    assert.deepEqual(found, []);
  });

  if (language === "en") continue;
  test(`${language}: what reads as in English is listed with its reason`, () => {
    const listed = sameInEnglish(language);
    const same = [];
    for (const file of filesOf(language)) {
      const english = messagesOf("en", file);
      for (const [key, message] of Object.entries(messagesOf(language, file))) {
        const originals = Object.values(formsOf(english[key] ?? "").forms);
        const equal = Object.values(formsOf(message).forms).filter(
          (text) => originals.includes(text) && /\p{L}/u.test(text.replace(/\{\w+\}/g, "")),
        );
        if (equal.length > 0) same.push(key);
      }
    }
    assert.deepEqual(
      same.filter((key) => !(key in listed)),
      [],
      "not translated, or to be listed",
    );
    assert.deepEqual(
      Object.keys(listed).filter((key) => !same.includes(key)),
      [],
      "listed, and not the same",
    );
    for (const [key, reason] of Object.entries(listed)) assert.match(reason, /\w{3}/, key);
  });
}

test("a language is offered when it is complete, and only then", () => {
  const complete = languages().filter((language) => filesOf(language).join() === files.join());
  assert.deepEqual(Object.keys(LANGUAGES).sort(), complete);
  for (const [language, { name, dir }] of Object.entries(LANGUAGES)) {
    assert.equal(dir, language === "ar" ? "rtl" : "ltr");
    assert.ok(name.length > 3, language);
  }
});

test("a message is named by a literal, or by a table of msg()", () => {
  const tables = [
    "StopScreen.title",
    "Screen.title",
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
      const known =
        argument === "key" ||
        named(call).stems.length > 0 ||
        tables.some((table) => argument.startsWith(table));
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

test("a message that depends on a number has its forms", () => {
  assert.equal(t("ranked.place", { n: 3 }), "3rd");
  assert.equal(t("choose.count", { n: 1 }), "1 chosen");
  assert.equal(t("code.attempts", { n: 1 }), "You can try 1 more time with this code.");
  assert.equal(t("code.attempts", { n: 4 }), "You can try 4 more times with this code.");
});

test("a fault of a translation is seen", () => {
  const seen = (english, message, language = "ru") => [...faults(language, english, message)].join("; ");
  const many = { one: "{n} ballot of {all}", other: "{n} ballots of {all}" };
  const russian = { one: "{n} из {all}", few: "{n} из {all}", many: "{n} из {all}", other: "{n} из {all}" };
  assert.equal(seen(many, russian), "");
  assert.match(seen(many, "{n} из {all}"), /is plain, and English is cardinal/);
  assert.match(seen("Box", " Урна"), /begins or ends with a space/);
  assert.match(seen("{a} of {b}", "{a} из {c}"), /lacks \{b\}.*has \{c\}/);
  assert.match(seen("Box", "Урна\u200f"), /mark of direction/);
  assert.match(seen("Call us", "Звоните: +7 495 000"), /telephone number/);
  assert.match(seen(many, many), /needs one,few,many,other|needs few,many,one,other/);
  assert.match(
    seen(many, { ...russian, one: "один из {all}" }),
    /does not say \{n\} in "one", which is for 1,21,31/,
  );
  assert.equal(seen(many, { one: "un de {all}", many: "{n} de {all}", other: "{n} de {all}" }, "fr"), "");
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

test("every mistake of a roll and every deed that the registrar names has a text of its own", () => {
  const source = (path) => readFileSync(new URL(`../../crates/server/src/${path}`, import.meta.url), "utf8");
  const named = source("registrar/roll/problem.rs").split("fn named(")[1].split("\n    }\n")[0];
  const mistakes = [...named.matchAll(/\(\s*"([a-z-]+)",\s*vec!/g)].map(([, name]) => name);
  assert.ok(mistakes.includes("twice") && mistakes.includes("over-electorate"), mistakes.join());
  for (const name of mistakes) assert.ok(`people.mistake.${name}` in messages, name);
  const deeds = [...source("store/registrar.rs").matchAll(/\(DeedKind::\w+, "([a-z ]+)"\)/g)];
  assert.ok(deeds.length > 5);
  for (const [, name] of deeds) assert.ok(`people.did.${name.replaceAll(" ", "-")}` in messages, name);
});

// Where words run from right to left, a dot before an ending and a slash at an end go to the other side. What has them is
// filled in, and isolated then.
test("no text of the desk in Arabic begins a Latin word with a dot or ends one with a slash", () => {
  const folder = new URL("messages/ar/", app);
  for (const name of readdirSync(folder).filter((name) => name.startsWith("desk"))) {
    const messages = JSON.parse(readFileSync(new URL(name, folder), "utf8"));
    for (const [key, text] of Object.entries(messages))
      assert.doesNotMatch(JSON.stringify(text), /[\s(]\.[a-z]|[a-z:]\/+(?![a-z])/i, `${name}: ${key}`);
  }
});
