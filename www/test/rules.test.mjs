import assert from "node:assert/strict";
import test from "node:test";
import { listed, nothing, ruleOf, toggleBlank, valueOf } from "../app/lib/rules/index.js";
import { textsFrom } from "./texts.mjs";

const t = textsFrom("en", ["frame", "rules"]);

/** A contest with options a, b, c, … under a rule; `costs` has one for each option. */
function contest(count, rule, costs = []) {
  const option = (_, i) => ({ id: String.fromCharCode(97 + i), name: { en: "" }, cost: costs[i] });
  return {
    id: "c",
    title: { en: "" },
    currency: "€",
    rule: { blank: false, ...rule },
    options: Array.from({ length: count }, option),
  };
}

const approval = (count, rule) => ruleOf(t, contest(count, { type: "approval", ...rule }));
const knapsack = (costs, rule) =>
  ruleOf(t, contest(costs.length, { type: "knapsack", min: 0, ...rule }, costs));
const cumulative = (count, rule) => ruleOf(t, contest(count, { type: "cumulative", min_points: 0, ...rule }));
const ranked = (count, rule) =>
  ruleOf(
    t,
    contest(count, {
      type: "ranked",
      min: 0,
      scores: Array.from({ length: rule.places }, (_, i) => rule.places - i),
      ...rule,
    }),
  );
const quadratic = (count, rule) => ruleOf(t, contest(count, { type: "quadratic", min_credits: 0, ...rule }));

/** Adds options in turn; "-a" takes one back. Says what came of each touch. */
function touch(rule, touches, choice = nothing()) {
  const outcomes = [];
  for (const one of touches) {
    const step = one.startsWith("-") ? rule.take(choice, one.slice(1)) : rule.add(choice, one);
    outcomes.push(
      step.refused ? "refused" : step.swapped ? "swapped" : step.choice === choice ? "same" : "done",
    );
    choice = step.choice;
  }
  return { choice, outcomes, status: rule.status(choice) };
}

const values = (...touched) => touch(...touched).choice.values;

test("approval: the maximum is kept and said", () => {
  const rule = approval(5, { min: 1, max: 2 });
  const { choice, outcomes, status } = touch(rule, ["a", "b", "c"]);
  assert.deepEqual(choice.values, { a: 1, b: 1 });
  assert.deepEqual(outcomes, ["done", "done", "refused"]);
  assert.deepEqual([status.count, status.ready, status.left], [2, true, "none left"]);
  assert.match(rule.barred(choice, "c"), /most allowed/);
  assert.equal(rule.barred(choice, "a"), "", "what is chosen can be taken back");
  assert.deepEqual(values(rule, ["-a", "c"], choice), { b: 1, c: 1 });
});

test("approval: the minimum is what readiness waits for", () => {
  const rule = approval(5, { min: 2, max: 3 });
  const { status } = touch(rule, ["a"]);
  assert.deepEqual([status.ready, status.left], [false, "choose at least 1 more"]);
  assert.match(status.missing, /at least 2 projects/);
  assert.deepEqual(
    [touch(rule, ["a", "b"]).status.ready, touch(rule, ["a", "b"]).status.missing],
    [true, ""],
  );
});

test("approval: exactly one is replaced by another, and cannot be taken back", () => {
  const rule = approval(3, { min: 1, max: 1 });
  assert.equal(rule.control, "radio");
  const { choice, outcomes } = touch(rule, ["a", "b", "b", "-b"]);
  assert.deepEqual(choice.values, { b: 1 });
  assert.deepEqual(outcomes, ["done", "swapped", "done", "same"]);
});

test("approval: at most one is replaced by another, and can be taken back", () => {
  const rule = approval(3, { min: 0, max: 1 });
  assert.equal(rule.control, "tick");
  assert.equal(rule.status(nothing()).ready, true);
  assert.deepEqual(values(rule, ["a", "b"]), { b: 1 });
  assert.deepEqual(values(rule, ["a", "-a"]), {});
});

test("approval: a maximum above the number of options is the number of options", () => {
  const rule = approval(2, { min: 0, max: 9 });
  assert.equal(touch(rule, ["a"]).status.left, "1 left");
  assert.match(rule.sentence, /up to 2 of these 2/);
});

test("knapsack: the money is counted, and what it does not reach for says by how much", () => {
  const rule = knapsack([30, 50, 40, 200], { budget: 100 });
  assert.equal(rule.control, "tick");
  const { choice, outcomes, status } = touch(rule, ["a", "b", "c", "d"]);
  assert.deepEqual(choice.values, { a: 1, b: 1 });
  assert.deepEqual(outcomes, ["done", "done", "refused", "refused"]);
  assert.deepEqual(status.meter, { part: 80, whole: 100 });
  assert.equal(status.left, "€20 left");
  assert.equal(rule.hint(choice, "c"), "€20 more than is left");
  assert.equal(rule.hint(choice, "d"), "Costs more than the whole budget");
  assert.equal(rule.hint(choice, "a"), "");
  assert.deepEqual(values(rule, ["-a", "c"], choice), { b: 1, c: 1 });
  assert.equal(
    knapsack([30, 70], { budget: 100 }).status({ values: { a: 1, b: 1 }, blank: false }).ready,
    true,
    "to the last coin",
  );
});

test("knapsack: a number is kept beside the budget", () => {
  const rule = knapsack([1, 1, 1, 1], { budget: 100, min: 2, max: 3 });
  assert.match(rule.more, /at least 2.*no more than 3/);
  assert.equal(
    touch(rule, []).status.left,
    "€100 left, choose at least 2",
    "nothing is there to add more to",
  );
  assert.equal(touch(rule, ["a"]).status.left, "€99 left, choose at least 1 more");
  assert.equal(touch(rule, ["a"]).status.ready, false);
  assert.equal(touch(rule, ["a", "b"]).status.ready, true);
  const { outcomes, choice } = touch(rule, ["a", "b", "c", "d"]);
  assert.deepEqual(outcomes, ["done", "done", "done", "refused"]);
  assert.equal(rule.hint(choice, "d"), "", "the card speaks of money only");
  assert.match(rule.barred(choice, "d"), /most allowed/);
  assert.match(knapsack([1, 1], { budget: 9, min: 2, max: 2 }).more, /exactly 2/);
});

test("cumulative: points are counted up and down, to a cap and to a total", () => {
  const rule = cumulative(3, { points: 5, max_per_option: 3 });
  assert.equal(rule.control, "count");
  const { choice, outcomes, status } = touch(rule, ["a", "a", "a", "a", "b", "b", "c", "-a"]);
  assert.deepEqual(choice.values, { a: 2, b: 2 });
  assert.deepEqual(outcomes, ["done", "done", "done", "refused", "done", "done", "refused", "done"]);
  assert.deepEqual([status.used, status.left], ["4 points given", "1 left"]);
  assert.deepEqual(touch(rule, ["-c"], choice).outcomes, ["same"]);
  assert.deepEqual(values(rule, ["b", "-b", "-b", "-b"]), {}, "nothing given leaves nothing behind");
  assert.equal(rule.shown(1), "1 point");
});

test("cumulative: what must be given is said, and nothing else", () => {
  const more = (min) => cumulative(3, { points: 4, min_points: min, max_per_option: 4 }).more;
  assert.equal(more(0), "You need not give all of them.");
  assert.equal(more(1), "Give at least one; you need not give all of them.");
  assert.equal(more(2), "", "the rule's own sentence says it");
});

test("cumulative: points that must be given are waited for; more than fits is not asked", () => {
  const rule = cumulative(4, { points: 3, min_points: 3, max_per_option: 3 });
  assert.match(rule.sentence, /3 points.*all of them/);
  assert.equal(touch(rule, ["a", "b"]).status.ready, false);
  assert.match(touch(rule, ["a", "b"]).status.missing, /at least 3 points/);
  assert.equal(touch(rule, ["a", "b", "a"]).status.ready, true);
  assert.deepEqual(cumulative(2, { points: 9, max_per_option: 2 }).status(nothing()).meter, {
    part: 0,
    whole: 4,
  });
});

test("ranked: each touch takes the next place, and those behind move up", () => {
  const rule = ranked(5, { places: 3, min: 2 });
  assert.equal(rule.control, "place");
  const { choice, outcomes, status } = touch(rule, ["c", "a", "e", "b"]);
  assert.deepEqual(choice.values, { c: 1, a: 2, e: 3 });
  assert.deepEqual(outcomes, ["done", "done", "done", "refused"]);
  assert.equal(status.left, "every place taken");
  assert.equal(rule.status(nothing()).left, "next: your 1st");
  assert.deepEqual(values(rule, ["-c", "b"], choice), { a: 1, e: 2, b: 3 });
  assert.deepEqual(rule.move(choice, "e", -1).values, { c: 1, e: 2, a: 3 });
  assert.deepEqual(rule.move(choice, "c", 2).values, { a: 1, e: 2, c: 3 });
  for (const [id, by] of [
    ["c", -1],
    ["e", 1],
    ["b", 1],
  ])
    assert.equal(rule.move(choice, id, by), choice, `${id} ${by}`);
  assert.equal(touch(rule, ["a"]).status.ready, false);
  assert.deepEqual(
    [1, 2, 3, 4, 11, 22].map((place) => rule.shown(place)),
    ["1st", "2nd", "3rd", "4th", "11th", "22nd"],
  );
});

test("quadratic: votes cost their square, and the next one says its price", () => {
  const rule = quadratic(3, { credits: 10, min_credits: 4 });
  const { choice, outcomes, status } = touch(rule, ["a", "a", "a", "b", "b", "a"]);
  assert.deepEqual(choice.values, { a: 3, b: 1 });
  assert.deepEqual(outcomes, ["done", "done", "done", "done", "refused", "refused"]);
  assert.deepEqual([status.used, status.left, status.ready], ["10 credits spent", "none left", true]);
  assert.equal(rule.hint(nothing(), "a"), "A vote: 1 credit");
  assert.equal(rule.hint(choice, "b"), "Next: 3 credits");
  assert.match(rule.barred(choice, "a"), /costs 7 credits, and you have 0 left/);
  assert.equal(touch(rule, ["a", "b"]).status.ready, false);
  assert.match(touch(rule, ["a", "b"]).status.missing, /at least 4 credits/);
  assert.deepEqual(values(rule, ["-a"], choice), { a: 2, b: 1 });
});

const RULES = {
  approval: approval(3, { min: 1, max: 2, blank: true }),
  radio: approval(3, { min: 1, max: 1, blank: true }),
  knapsack: knapsack([1, 2, 3], { budget: 4, min: 1, blank: true }),
  cumulative: cumulative(3, { points: 4, min_points: 1, max_per_option: 2, blank: true }),
  ranked: ranked(3, { places: 2, min: 1, blank: true }),
  quadratic: quadratic(3, { credits: 9, min_credits: 1, blank: true }),
};

for (const [name, rule] of Object.entries(RULES)) {
  test(`${name}: a blank vote stands alone`, () => {
    const chosen = touch(rule, ["a"]).choice;
    const blank = toggleBlank(chosen);
    assert.deepEqual(blank, { values: {}, blank: true });
    assert.deepEqual([rule.status(blank).ready, rule.status(blank).count], [true, 0]);
    assert.deepEqual(touch(rule, ["a"], blank).choice, chosen);
    assert.deepEqual(toggleBlank(blank), nothing());
    assert.match(rule.more, /blank vote/);
  });

  test(`${name}: what was stored is made to fit the rule`, () => {
    const { choice } = touch(rule, ["b", "a"]);
    assert.deepEqual(rule.restore(structuredClone(choice)), choice);
    assert.deepEqual(rule.restore({ values: { a: 1 }, blank: true }), { values: {}, blank: true });
    for (const damage of [
      undefined,
      null,
      {},
      7,
      { values: "a" },
      { values: { gone: 1, a: -1, b: 0.5, c: "1" } },
      { values: ["a"] },
    ]) {
      assert.deepEqual(rule.restore(damage), nothing());
    }
    const greedy = rule.restore({ values: { a: 9, b: 9, c: 9 }, blank: false });
    assert.ok(
      Object.keys(greedy.values).every((id) => rule.status(greedy).ready && valueOf(greedy, id) <= 2),
      JSON.stringify(greedy),
    );
    const full = rule.restore({ values: { a: 1, b: 1, c: 1 }, blank: false });
    assert.equal(rule.status(full).ready, true, JSON.stringify(full));
  });
}

test("a blank vote is not ready where the rule has none", () => {
  for (const [make, ...more] of [
    [approval, 3, { min: 1, max: 2 }],
    [knapsack, [1, 2], { budget: 2, min: 1 }],
    [cumulative, 3, { points: 3, min_points: 1, max_per_option: 3 }],
    [ranked, 3, { places: 2, min: 1 }],
    [quadratic, 3, { credits: 9, min_credits: 1 }],
  ]) {
    const rule = make(...more);
    assert.equal(rule.status({ values: {}, blank: true }).ready, false);
    assert.deepEqual(rule.restore({ values: {}, blank: true }), nothing());
  }
});

test("options are listed by place, or as on the ballot", () => {
  const places = contest(3, { type: "ranked", places: 3, min: 0, scores: [3, 2, 1] });
  assert.deepEqual(listed(ruleOf(t, places), places.options, { values: { a: 2, c: 1 }, blank: false }), [
    "c",
    "a",
  ]);
  const picks = contest(3, { type: "approval", min: 0, max: 3 });
  assert.deepEqual(listed(ruleOf(t, picks), picks.options, { values: { c: 1, a: 1 }, blank: false }), [
    "a",
    "c",
  ]);
});

test("an option may be called as every object's own things are", () => {
  const rule = ruleOf(t, {
    ...contest(1, { type: "cumulative", points: 2, min_points: 0, max_per_option: 2 }),
    options: [{ id: "constructor", name: { en: "" } }],
  });
  assert.equal(valueOf(nothing(), "constructor"), 0);
  assert.equal(valueOf(touch(rule, ["constructor", "constructor"]).choice, "constructor"), 2);
});

test("an unknown kind of rule is refused", () => {
  assert.throws(() => ruleOf(t, contest(2, { type: "magic" })), { code: "unknown-rule" });
});
