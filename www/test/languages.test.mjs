// Which language the page speaks, how it is changed, and what of a screen is carried over.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { JSDOM } from "jsdom";
import { LANGUAGES, languageOf, onLanguage, speak } from "../app/lib/languages.js";
import { typeAgain, typedIn } from "../app/lib/typed.js";

const html = readFileSync(new URL("../../index.html", import.meta.url), "utf8");
const early = readFileSync(new URL("../app/early.js", import.meta.url), "utf8");
const ALL = ["en", "ru", "pl", "es", "fr", "de", "ar"];

/** The page as it is before any module runs, in a browser of these languages. */
function opened(languages, { offered = ALL, chosen = null, url = "https://vote.example/" } = {}) {
  const page = html
    .replace(/data-languages="[^"]*"/, `data-languages="${offered.join(" ")}"`)
    .replace(/<!-- (<option .*) -->/g, "$1")
    .replace('<script src="app/early.js"></script>', `<script>${early}</script>`);
  return new JSDOM(page, {
    url,
    runScripts: "dangerously",
    beforeParse(window) {
      window.WebAssembly = WebAssembly;
      window.HTMLScriptElement.prototype.noModule = false;
      Object.defineProperty(window.navigator, "languages", { get: () => languages });
      if (chosen) window.localStorage.setItem("veche-language", chosen);
    },
  }).window;
}

const spoken = (window) => [window.document.documentElement.lang, window.document.documentElement.dir];

test("the first of the reader's languages that is offered is spoken, and English where none is", () => {
  assert.deepEqual(spoken(opened(["xx", "pl-PL", "de"])), ["pl", "ltr"]);
  assert.deepEqual(spoken(opened(["ar-EG"])), ["ar", "rtl"]);
  assert.deepEqual(spoken(opened(["constructor", "xx"])), ["en", "ltr"]);
  assert.deepEqual(spoken(opened([])), ["en", "ltr"]);
  assert.deepEqual(spoken(opened(["pl"], { offered: ["en", "de"] })), ["en", "ltr"]);
});

test("what the reader has chosen on this device comes before the browser's languages", () => {
  assert.deepEqual(spoken(opened(["pl"], { chosen: "fr" })), ["fr", "ltr"]);
  assert.deepEqual(spoken(opened(["pl"], { chosen: "xx" })), ["pl", "ltr"]);
});

test("the address can ask for a language, and the reader's choice comes before it", () => {
  const url = "https://vote.example/?lang=de#welcome";
  assert.deepEqual(spoken(opened(["pl"], { url })), ["de", "ltr"]);
  assert.deepEqual(spoken(opened(["pl"], { url, chosen: "fr" })), ["fr", "ltr"]);
  assert.deepEqual(spoken(opened(["pl"], { url: "https://vote.example/?lang=xx" })), ["pl", "ltr"]);
});

test("a browser that keeps nothing speaks a language all the same", () => {
  // A page without an origin has no storage: asking for it throws.
  const window = opened(["es-MX"], { url: "about:blank" });
  assert.throws(() => window.localStorage);
  assert.deepEqual(spoken(window), ["es", "ltr"]);
});

test("before the program has loaded, the switch changes the sentences that are there, and is remembered", async () => {
  const window = opened(["en"]);
  await new Promise((done) => setTimeout(done));
  const select = window.document.querySelector("#language");
  assert.equal(select.closest("label").hidden, false);
  select.value = "ar";
  select.dispatchEvent(new window.Event("change"));
  assert.deepEqual(spoken(window), ["ar", "rtl"]);
  assert.equal(window.localStorage.getItem("veche-language"), "ar");
});

test("one language is no choice", async () => {
  const window = opened(["en"], { offered: ["en"] });
  await new Promise((done) => setTimeout(done));
  assert.equal(window.document.querySelector(".language").hidden, true);
});

test("index.html offers the languages of the program, and says its plain sentences in all of them", () => {
  const { document } = new JSDOM(html).window;
  const offered = [...document.querySelectorAll("#language option")].map((option) => [
    option.value,
    { name: option.textContent, dir: option.getAttribute("dir") },
  ]);
  assert.deepEqual(Object.fromEntries(offered), LANGUAGES);
  assert.deepEqual(
    document.documentElement.dataset.languages.split(" "),
    offered.map(([language]) => language),
  );
  for (const option of document.querySelectorAll("#language option")) assert.equal(option.lang, option.value);
  for (const id of ["old-browser", "damaged", "opening"]) {
    const sentences = [...document.getElementById(id).children];
    assert.deepEqual(
      sentences.map(({ lang }) => lang),
      ALL,
    );
    for (const sentence of sentences) assert.equal(sentence.dir, sentence.lang === "ar" ? "rtl" : "ltr");
  }
  assert.equal(document.querySelector("noscript").querySelectorAll("p[lang]").length, ALL.length);
});

/** A switch over some languages, in a page that speaks English. */
function page(change) {
  const { window } = new JSDOM('<html lang="en"><select id="language"></select></html>', {
    url: "https://vote.example/",
  });
  globalThis.HTMLSelectElement = window.HTMLSelectElement;
  globalThis.localStorage = window.localStorage;
  const { documentElement } = window.document;
  const select = window.document.querySelector("select");
  for (const language of Object.keys(LANGUAGES)) {
    const option = window.document.createElement("option");
    option.value = language;
    select.append(option);
  }
  onLanguage(documentElement, (language) => change(language, documentElement));
  const choose = async (language) => {
    select.value = language;
    select.dispatchEvent(new window.Event("change"));
    await new Promise((done) => setTimeout(done));
    return [documentElement.lang, select.value, window.localStorage.getItem("veche-language")];
  };
  return { choose };
}

test("a language is remembered when its texts are there", async () => {
  const { choose } = page(async (language, root) => speak(root, language));
  assert.deepEqual(await choose("de"), ["de", "de", "de"]);
});

test("without its texts the page stays in the language it has", async () => {
  const { choose } = page(async () => {
    throw new Error("no network");
  });
  assert.deepEqual(await choose("de"), ["en", "en", null]);
});

test("what the page is written in is a language that it has", () => {
  assert.equal(languageOf({ lang: "en" }), "en");
  assert.equal(languageOf({ lang: "constructor" }), "en");
});

test("what is typed is typed again into the same fields, and into no others", () => {
  const { window } = new JSDOM("");
  globalThis.HTMLInputElement = window.HTMLInputElement;
  globalThis.Event = window.Event;
  const { document } = window;
  const screen = (inside) => Object.assign(document.createElement("main"), { innerHTML: inside });
  const fields =
    '<input name="code"><input type="radio" name="d" value="1"><input type="radio" name="d" value="2">' +
    '<input type="checkbox" name="a"><textarea name="words"></textarea><input type="file">';
  const before = screen(fields);
  before.querySelector("[name=code]").value = "123";
  before.querySelector("[value='2']").checked = true;
  before.querySelector("[name=a]").checked = true;
  before.querySelector("textarea").value = "abandon";
  const [after, heard] = [screen(fields), []];
  after.addEventListener("change", ({ target }) => heard.push(target.name));
  typeAgain(after, typedIn(before));
  assert.equal(after.querySelector("[name=code]").value, "123");
  assert.deepEqual(
    [...after.querySelectorAll("[type=radio], [type=checkbox]")].map(({ checked }) => checked),
    [false, true, true],
  );
  assert.equal(after.querySelector("textarea").value, "abandon");
  assert.deepEqual(heard, ["code", "d", "a", "words"]);
  const other = screen('<input name="phone">');
  typeAgain(other, typedIn(before));
  assert.equal(other.querySelector("input").value, "");
});
