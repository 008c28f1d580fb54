import assert from "node:assert/strict";
import test from "node:test";
import { codeIn } from "../app/lib/sms-code.js";
import { TabMemory } from "../app/lib/tab-memory.js";

test("of a pasted message the code is taken, and no other digits", () => {
  for (const [message, code] of [
    ["012345 is your code to vote: Budget 2026. Give it to nobody.", "012345"],
    ["0123 4567 8901 is your code to vote: Budget 2026. Give it to nobody.", "012345678901"],
    ["0123 4567 ist Ihr Code zum Abstimmen: Haushalt 2026. Bitte niemandem weitergeben.", "01234567"],
    ["Budget 2026: your code is 012345. Help: +48 22 123 45 67", "012345"],
    ["0123-4567-8901 رمز التصويت: ميزانية 2026. يرجى عدم مشاركته.", "012345678901"],
    // The last line says which, and a field of one line has lost the break before it.
    ["Help 800123: the code for 2026\n@vote.example.org #654321", "654321"],
    ["Help 800123. Give it to nobody.@vote.example.org #654321", "654321"],
    ["Give 12345678 to nobody\n\n@localhost:8080 #012345678901\n", "012345678901"],
    ["Kod: ٠١٢٣٤٥", "012345"],
  ]) {
    assert.equal(codeIn(message), code, message);
  }
});

test("what is typed by hand is a code however it is spaced, in the digits of any keyboard", () => {
  for (const typed of ["012345", " 012 345 ", "012-345", "٠١٢٣٤٥", "۰۱۲۳۴۵", "０１２３４５"]) {
    assert.equal(codeIn(typed), "012345", typed);
  }
  assert.equal(codeIn("0123 4567 8901"), "012345678901");
  for (const typed of ["", "01234", "0123456", "code", "the year 2026", "1234567890123 is too long"]) {
    assert.equal(codeIn(typed), null, typed);
  }
});

test("in the town's own words the code stands where the town has put it", () => {
  const words = ["Help: 800123. Your code is {code}, good for 10 minutes", "Kod {code}"];
  for (const [message, code] of [
    ["Help: 800123. Your code is 012345, good for 10 minutes", "012345"],
    ["Help: 800123. Your code is 0123 4567 8901, good for 10 minutes", "012345678901"],
    ["Help: 800123.Your code is0123 4567,good for 10 minutes", "01234567"],
    ["Kod 01234567", "01234567"],
    ["Help: 800123. Other words, 012345", "800123"],
  ]) {
    assert.equal(codeIn(message, words), code, message);
  }
});

/** What a browser has of it. */
function storage() {
  const kept = new Map();
  return {
    kept,
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => kept.set(name, value),
    removeItem: (name) => kept.delete(name),
  };
}

test("a tab remembers over a reload, and nothing is left when it is no longer good", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const session = (globalThis.sessionStorage = storage());
  const memory = new TabMemory("one");
  assert.equal(memory.value, null);
  memory.value = { expires: 2_000, word: "token" };
  const reloaded = new TabMemory("one");
  assert.equal(reloaded.value?.word, "token");
  context.mock.timers.tick(1_999);
  assert.equal(memory.value?.word, "token");
  // Nobody asks, and it goes all the same.
  context.mock.timers.tick(2);
  assert.equal(session.kept.size, 0);

  memory.value = { expires: 9_000, word: "again" };
  memory.value = null;
  assert.equal(session.kept.size, 0);
  // A tab that was closed for hours and is opened again.
  session.setItem("one", JSON.stringify({ expires: 1_000, word: "old" }));
  assert.equal(new TabMemory("one").value, null);
  assert.equal(session.kept.size, 0);
});

test("a tab that can keep nothing remembers nothing, and nothing breaks", () => {
  globalThis.sessionStorage = new Proxy({}, { get: () => assert.fail });
  const memory = new TabMemory("one");
  memory.value = { expires: Date.now() + 9_000 };
  assert.equal(memory.value, null);
  memory.value = null;
});
