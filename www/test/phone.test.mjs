import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { readPhone, shownPhone } from "../app/lib/phone.js";

/** By country, how the registrar reads what is written: a test in `crates/server/src/registrar/phone.rs` writes it. */
const countries = Object.entries(
  JSON.parse(readFileSync(new URL("../../tests/samples/phone-numbers.json", import.meta.url), "utf8")),
);

test("the page reads a number as the registrar does, or leaves it to the registrar", () => {
  let alike = 0;
  for (const [country, ways] of countries) {
    for (const [way, number] of Object.entries(ways)) {
      const read = readPhone(way, country);
      if (read === "") assert.equal(number, null, `${country}: ${way} is refused here and read there`);
      else if (read && number) assert.equal(read, number, `${country}: ${way}`);
      alike += Number(Boolean(read) && read === number);
    }
  }
  assert.ok(countries.length > 230, `${countries.length} countries`);
  assert.ok(alike > 1_000, `${alike} numbers are read here`);
});

test("a mobile number is shown in one form, however it is written", () => {
  for (const [country, shown, ways] of [
    [
      "GB",
      "+44 770 090 0123",
      ["07700 900123", "+44 (0)7700 900123", "0044 7700/900123", "+44-7700\u2013900123"],
    ],
    ["PL", "+48 501 234 567", ["501 234 567", "+48 501-234-567", "\u202a+48501234567\u202c"]],
    ["DE", "+49 151 123 456 78", ["0151 12345678", "+4915112345678"]],
    ["FR", "+33 612 345 678", ["06 12 34 56 78", "+33 (0)6 12 34 56 78"]],
    ["ES", "+34 612 345 678", ["612 34 56 78", "+34 612 345 678"]],
    ["RU", "+7 916 123 4567", ["8 (916) 123-45-67", "+7 916 123-45-67", "916 123-45-67"]],
    ["US", "+1 202 555 0123", ["(202) 555-0123", "1-202-555-0123"]],
    ["EG", "+20 100 123 4567", ["0100 123 4567", "+20 100 123 4567"]],
    [undefined, "+48 501 234 567", ["+48 501 234 567"]],
  ])
    for (const way of ways) {
      const read = readPhone(way, country);
      assert.equal(read && shownPhone(read).replaceAll("\u00a0", " "), shown, `${country}: ${way}`);
    }
});

test("what can be no number is refused, and what is not known here is left to the registrar", () => {
  for (const text of ["", "+", "12", "call me", "501 234 567 x", "+0123456789", "+4850", "+1234567890123456"])
    assert.equal(readPhone(text, "PL"), "", text);
  assert.equal(readPhone("501 234 567", undefined), "", "without a country");
  assert.equal(readPhone("501 234 56", "PL"), null);
  assert.equal(readPhone("+999 123 456 789", "PL"), null);
  assert.equal(shownPhone("+999123456789").replaceAll("\u00a0", " "), "+999 123 456 789");
});
