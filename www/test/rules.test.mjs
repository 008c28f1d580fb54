import assert from "node:assert/strict";
import test from "node:test";
import { nothing, ruleOf, selection, toggleBlank } from "../app/lib/rules/index.js";

/** A contest with options a, b, c, … under a rule. */
function contest(count, rule) {
  const options = Array.from({ length: count }, (_, i) => ({ id: String.fromCharCode(97 + i), name: { en: "" } }));
  return { id: "c", title: { en: "" }, rule: { type: "approval", blank: false, ...rule }, options };
}

/** Touches options in turn and says what came of each touch. */
function touch(rule, ids, choice = nothing()) {
  const outcomes = [];
  for (const id of ids) {
    const step = rule.toggle(choice, id);
    choice = step.choice;
    outcomes.push(step.outcome);
  }
  return { choice, outcomes };
}

test("the maximum is kept and said", () => {
  const rule = ruleOf(contest(5, { min: 1, max: 2 }));
  const { choice, outcomes } = touch(rule, ["a", "b", "c"]);
  assert.deepEqual(choice.chosen, ["a", "b"]);
  assert.deepEqual(outcomes, ["added", "added", "full"]);
  assert.deepEqual(rule.status(choice), { count: 2, left: 0, missing: 0, blank: false, ready: true });
  const again = touch(rule, ["a", "c"], choice);
  assert.deepEqual(again.choice.chosen, ["b", "c"]);
  assert.deepEqual(again.outcomes, ["removed", "added"]);
});

test("the minimum is what readiness waits for", () => {
  const rule = ruleOf(contest(5, { min: 2, max: 3 }));
  assert.deepEqual(rule.status(nothing()), { count: 0, left: 3, missing: 2, blank: false, ready: false });
  assert.equal(rule.status(touch(rule, ["a"]).choice).ready, false);
  assert.equal(rule.status(touch(rule, ["a", "b"]).choice).ready, true);
});

test("exactly one: another takes its place, and it cannot be taken back", () => {
  const rule = ruleOf(contest(3, { min: 1, max: 1 }));
  assert.equal(rule.single, true);
  const { choice, outcomes } = touch(rule, ["a", "b", "b"]);
  assert.deepEqual(choice.chosen, ["b"]);
  assert.deepEqual(outcomes, ["added", "swapped", "added"]);
});

test("at most one: another takes its place, and it can be taken back", () => {
  const rule = ruleOf(contest(3, { min: 0, max: 1 }));
  assert.equal(rule.single, false);
  assert.equal(rule.status(nothing()).ready, true);
  assert.deepEqual(touch(rule, ["a", "b"]).choice.chosen, ["b"]);
  assert.deepEqual(touch(rule, ["a", "a"]).choice.chosen, []);
});

test("a maximum above the number of options is the number of options", () => {
  const rule = ruleOf(contest(2, { min: 0, max: 9 }));
  assert.equal(rule.max, 2);
  assert.equal(rule.status(touch(rule, ["a", "b"]).choice).left, 0);
});

test("a blank vote stands alone", () => {
  const rule = ruleOf(contest(3, { min: 1, max: 2, blank: true }));
  const blank = toggleBlank(touch(rule, ["a", "b"]).choice);
  assert.deepEqual(blank, { chosen: [], blank: true });
  assert.equal(rule.status(blank).ready, true);
  assert.deepEqual(touch(rule, ["c"], blank).choice, { chosen: ["c"], blank: false });
  assert.deepEqual(toggleBlank(blank), nothing());
  const strict = ruleOf(contest(3, { min: 1, max: 2 }));
  assert.equal(strict.status(blank).ready, false, "not where the rule has no blank vote");
});

test("what was stored is made to fit the contest", () => {
  const rule = ruleOf(contest(3, { min: 1, max: 2, blank: true }));
  assert.deepEqual(rule.restore({ chosen: ["c", "a"], blank: false }), { chosen: ["a", "c"], blank: false });
  assert.deepEqual(rule.restore({ chosen: ["a", "b", "c", "gone"], blank: false }).chosen, ["a", "b"]);
  assert.deepEqual(rule.restore({ chosen: ["a"], blank: true }), { chosen: [], blank: true });
  for (const damage of [undefined, null, {}, { chosen: "a" }, { chosen: [1] }, 7]) {
    assert.deepEqual(rule.restore(damage), nothing());
  }
  assert.deepEqual(ruleOf(contest(2, { min: 1, max: 1 })).restore({ chosen: [], blank: true }), nothing());
});

test("the sealing program gets numbers by option", () => {
  assert.deepEqual(selection({ chosen: ["b", "a"], blank: false }), { values: { a: 1, b: 1 }, blank: false });
  assert.deepEqual(selection({ chosen: [], blank: true }), { values: {}, blank: true });
});

test("an unknown kind of rule is refused", () => {
  assert.throws(() => ruleOf({ ...contest(2, {}), rule: { type: "magic" } }), { code: "unknown-rule" });
});
