import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { DEFAULT_ACCENT, accentProperties, contrast, parseColour } from "../app/lib/accent.js";
import { checkpointSize, fromBase64, grouped, toBase64, plainDigits } from "../app/lib/encoding.js";
import { quorumOf } from "../app/lib/manifest.js";
import { parseReceiptFile, receiptFile } from "../app/areas/voter/model/receipt-file.js";
import { textsOf, unmarked } from "../app/lib/text.js";
import { textsFrom } from "./texts.mjs";

const rgb = (css) => css.match(/\d+/g).map(Number);

test("every accent is readable on light and dark, and what is no colour falls back", () => {
  for (const wanted of ["#ffffff", "#000000", "#ffe600", "#7fa7d1", "#c8102e", "#1e4d8f", "#00ff00"]) {
    const made = accentProperties(wanted);
    assert.ok(
      contrast(rgb(made["--accent-on-light"]), [245, 244, 240]) >= 4.5,
      `${wanted} on the light ground`,
    );
    assert.ok(contrast(rgb(made["--accent-on-light"]), [255, 255, 255]) >= 4.5, `${wanted} under white text`);
    assert.ok(
      contrast(rgb(made["--accent-on-light"]), rgb(made["--accent-tint-on-light"])) >= 4.5,
      `${wanted} on its tint`,
    );
    assert.ok(contrast(rgb(made["--accent-on-dark"]), [30, 32, 36]) >= 4.5, `${wanted} on the dark ground`);
    assert.ok(contrast(rgb(made["--accent-on-dark"]), [20, 22, 26]) >= 4.5, `${wanted} under dark text`);
    assert.ok(
      contrast(rgb(made["--accent-on-dark"]), rgb(made["--accent-tint-on-dark"])) >= 4.5,
      `${wanted} on its dark tint`,
    );
  }
  for (const nothing of [undefined, null, "", "red", "#12", "#12345g", 7, "url(x)"]) {
    assert.deepEqual(accentProperties(nothing), accentProperties(DEFAULT_ACCENT));
  }
  assert.deepEqual(parseColour("#C8102E"), [200, 16, 46]);
});

test("the accent of the style sheet is the one computed", () => {
  const sheet = readFileSync(new URL("../app/style/tokens.css", import.meta.url), "utf8");
  for (const [name, value] of Object.entries(accentProperties(DEFAULT_ACCENT))) {
    assert.ok(sheet.includes(`${name}: ${value};`), `${name}: ${value}`);
  }
});

test("bytes and hexadecimal", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  assert.deepEqual(fromBase64(toBase64(bytes)), bytes);
  assert.equal(grouped("0123456789ab"), "0123 4567 89ab");
});

test("the size in a checkpoint is read strictly", () => {
  assert.equal(checkpointSize("origin\n17\nroot\n\n— sig\n"), 17);
  for (const note of [
    "",
    "origin\n017\n",
    "origin\n-1\n",
    "origin\n1e3\n",
    "origin\n 1\n",
    "origin\n9999999999999999\n",
  ]) {
    assert.equal(checkpointSize(note), 0, JSON.stringify(note));
  }
});

test("an hour of the vote is told in its zone, by name, wherever the reader is", () => {
  const { hour } = textsOf("en", {}, ["en-GB"]);
  const told = hour("2026-05-14T20:00:00Z", "Europe/Warsaw");
  assert.match(told, /14 May 2026/);
  assert.match(told, /22:00 \(Europe\/Warsaw\)$/);
  assert.match(hour("2026-05-14T20:00:00Z", "America/Port-au-Prince"), /16:00 \(America\/Port-au-Prince\)$/);
  // A name that the browser does not know changes no hour.
  assert.match(hour("2026-05-14T20:00:00Z", "Nowhere/At_all"), /20:00 \(UTC\)$/);
});

test("digits of an Arabic or Persian keyboard are digits", () => {
  assert.equal(plainDigits("١٢٣٤٥٦ ۰۹ +٤٨ 7"), "123456 09 +48 7");
});

test("money is written as the reader's language does, whether the manifest names it by code or by sign", () => {
  const money = (language, amount, currency) =>
    textsOf(language, {})
      .money(amount, currency)
      .replace(/[\u00a0\u202f]/g, " ");
  assert.equal(money("en", 15000, "€"), "€15,000");
  assert.equal(money("en", 15000, "PLN"), "PLN 15,000");
  assert.equal(money("pl", 15000, "PLN"), "15 000 zł");
  assert.equal(money("pl", 15000, "zł"), "15 000 zł");
  assert.equal(money("de", 15000, "EUR"), "15.000 €");
  assert.equal(money("fr", 1.5, "€"), "1,50 €");
  // Whose dollars they are nobody said.
  assert.equal(money("en", 15000, "$"), "$15,000");
  assert.equal(money("de", 15000, "$"), "15.000 $");
  assert.equal(money("en", 15000, "coins"), "15,000 coins");
  assert.equal(money("en", 15000, undefined), "15,000");
});

test("numbers and days are written as in the reader's region", () => {
  const day = "2026-11-22T10:00:00Z";
  const texts = (...tags) => textsOf(tags[0].split("-")[0], {}, tags);
  assert.match(texts("de-CH").number(12345), /^12['’]345$/);
  assert.equal(texts("de-DE").number(12345), "12.345");
  assert.match(
    texts("en-GB").hour(day, "Europe/Warsaw"),
    /^Sunday,? 22 November 2026.* 11:00 \(Europe\/Warsaw\)$/,
  );
  for (const english of ["en-US", "en"]) {
    assert.match(texts(english).hour(day, "Europe/Warsaw"), /^Sunday,? 22 November 2026.* 11:00/);
  }
  assert.match(texts("pl").hour(day, "Europe/Warsaw"), /^niedziela, 22 listopada 2026.* 11:00/);
  assert.equal(texts("en-US").percent(0.1254), "12.5%");
  assert.equal(texts("de-DE").percent(0.125), "12,5\u00a0%");
  assert.equal(texts("pl").duration(120), "2 minuty");
  assert.equal(texts("ru").duration(300), "5 минут");
  assert.equal(texts("es").listOf(["A", "B", "C"]), "A, B y C");
  const arabic = textsFrom("ar", ["frame"]);
  assert.equal(arabic.joined(["أُعطيت ٤ نقاط", "", "الباقي واحد"]), "أُعطيت ٤ نقاط، الباقي واحد");
});

test("a text of the manifest is in the reader's language, or says in which it is", () => {
  const t = textsOf("fr", {}, ["fr-FR", "pl-PL", "en"]);
  assert.deepEqual(t.from({ en: "Bench", fr: "Banc" }), { words: "Banc", language: "fr" });
  assert.deepEqual(t.from({ ar: "مقعد", en: "Bench", pl: "Ławka" }), { words: "Ławka", language: "pl" });
  assert.deepEqual(t.from({ ar: "مقعد" }), { words: "مقعد", language: "ar" });
  assert.deepEqual(t.from(undefined), { words: "", language: "fr" });
});

test("what is filled in keeps its own direction", () => {
  const greeting = { "choose.now": "{name}: {value}." };
  const english = textsOf("en", greeting);
  const arabic = textsOf("ar", greeting);
  assert.equal(english("choose.now", { name: "Bench", value: "+48 512" }), "Bench: +48 512.");
  assert.equal(english("choose.now", { name: "مقعد", value: 1 }), "\u2068مقعد\u2069: 1.");
  assert.equal(arabic("choose.now", { name: "+48 512", value: 1 }), "\u2068+48 512\u2069: 1.");
  assert.equal(unmarked("receipt-\u2068AB\u2069.json"), "receipt-AB.json");
});

const cast = {
  hash: "ab",
  code: "AAAA-BBBB-CCCC-DDDD-EEEE",
  bytes: Uint8Array.of(1, 2, 255),
  key: "cd",
  style: "north",
  index: 7,
  castAt: "2026-11-22T10:00:00.000Z",
  receipt: { index: 7, leaf: "", proof: [], checkpoint: "" },
};

test("a saved receipt is read back, and tells no more than the board does", () => {
  const file = receiptFile(cast, "ff");
  assert.deepEqual(parseReceiptFile(JSON.stringify(file), "ff"), cast);
  assert.deepEqual(Object.keys(file).sort(), [
    "ballot",
    "castAt",
    "code",
    "election",
    "form",
    "hash",
    "index",
    "key",
    "receipt",
    "style",
  ]);
});

test("a file that is no receipt, or of another election, is refused", () => {
  const file = receiptFile(cast, "ff");
  assert.throws(() => parseReceiptFile(JSON.stringify(file), "ee"), { code: "other-election" });
  for (const damage of [
    { form: "x" },
    { ballot: "%" },
    { castAt: "soon" },
    { index: 1.5 },
    { code: 7 },
    { receipt: 1 },
  ]) {
    assert.throws(() => parseReceiptFile(JSON.stringify({ ...file, ...damage }), "ff"), {
      code: "not-a-receipt",
    });
  }
  for (const text of ["", "null", "7", "{}", "[]"]) {
    assert.throws(() => parseReceiptFile(text, "ff"), { code: "not-a-receipt" }, text);
  }
});

test("how many key-holders take part in the count is what docs/trustees.md says", () => {
  const page = readFileSync(new URL("../../docs/trustees.md", import.meta.url), "utf8");
  const rows = [...page.matchAll(/^\| (\d+) +\| (\d+) +\| (\d+) +\|/gm)].map((row) =>
    row.slice(1).map(Number),
  );
  assert.ok(rows.length >= 4);
  for (const [count, threshold, quorum] of rows) assert.equal(quorumOf({ count, threshold }), quorum);
});
