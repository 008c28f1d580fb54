// Parts and rules on a page that is not ours: no App, no area, only what they are handed.
import assert from "node:assert/strict";
import test from "node:test";
import { JSDOM } from "jsdom";
import { nothing, ruleOf, valueOf } from "../app/lib/rules/index.js";
import { textsOf } from "../app/lib/text.js";
import { Trouble } from "../app/lib/trouble.js";
import { textsFrom } from "./texts.mjs";

const { window } = new JSDOM("<!doctype html><main></main>", { url: "https://portal.example/vote/" });
for (const name of [
  "window",
  "document",
  "location",
  "HTMLElement",
  "HTMLButtonElement",
  "Node",
  "customElements",
])
  globalThis[name] = window[name];
// jsdom lays nothing out.
globalThis.ResizeObserver = class {
  observe() {}
  disconnect() {}
};

const { ChoiceBar } = await import("../app/parts/choice-bar.js");
const { ForgetBox } = await import("../app/parts/forget-box.js");
const { OptionCard } = await import("../app/parts/option-card.js");
const { ReceiptDocument } = await import("../app/parts/receipt-document.js");
const { TroubleNotice } = await import("../app/parts/trouble.js");
const { TrusteeCounts } = await import("../app/parts/trustee-counts.js");

const t = textsFrom("en", ["frame", "booth", "rules", "receipt", "trustees"]);
const main = window.document.querySelector("main");
const show = (part) => {
  main.replaceChildren(part);
  return part;
};

const contest = {
  id: "park",
  title: { en: "Park" },
  currency: "€",
  rule: { type: "knapsack", budget: 100, min: 0, blank: false },
  options: [
    { id: "bench", name: { en: "Bench", pl: "Ławka" }, cost: 60 },
    { id: "trees", name: { en: "Trees", pl: "Drzewa" }, cost: 70 },
  ],
};

/** A ballot as another page would make it: cards and a bar around a rule. */
function ballot(texts) {
  const rule = ruleOf(texts, contest);
  let choice = nothing();
  const bar = new ChoiceBar(texts, { onMore() {}, onNext() {} });
  const draw = () => {
    for (const card of cards) {
      const id = card.optionId;
      card.show({
        value: valueOf(choice, id),
        shown: rule.shown(valueOf(choice, id)),
        barred: rule.barred(choice, id),
        hint: rule.hint(choice, id),
        next: 0,
      });
    }
    bar.show({ status: rule.status(choice), names: [], more: "", pressed: null, next: "" });
  };
  const turn = (step) => {
    choice = step.choice;
    draw();
  };
  const cards = contest.options.map(
    (option) =>
      new OptionCard(texts, option, {
        control: rule.control,
        group: contest.id,
        currency: contest.currency,
        onAdd: () => turn(rule.add(choice, option.id)),
        onTake: () => turn(rule.take(choice, option.id)),
      }),
  );
  const page = window.document.createElement("section");
  page.append(...cards, bar);
  draw();
  return { page, cards, bar };
}

test("a rule's ballot is filled in without an App", () => {
  const { page, cards, bar } = ballot(t);
  show(page);
  assert.equal(cards[0].querySelector("label").textContent, "Bench");
  assert.match(cards[0].textContent, /€60/);
  cards[0].querySelector("input").click();
  assert.ok(cards[0].classList.contains("chosen"));
  assert.ok(cards[1].classList.contains("barred"));
  assert.match(cards[1].textContent, /€30/);
  assert.match(bar.textContent, /1 chosen.*€40/);
});

test("two languages stand on one page", () => {
  const polish = textsOf("pl", {
    "choose.count": { one: "{n} wybrany", few: "{n} wybrane", many: "{n} wybranych", other: "{n}" },
    "knapsack.left": "zostaje {amount}",
  });
  const [english, other] = [ballot(t), ballot(polish)];
  main.replaceChildren(english.page, other.page);
  other.cards[0].querySelector("input").click();
  assert.equal(other.cards[0].querySelector("label").textContent, "Ławka");
  assert.match(other.bar.textContent, /1 wybrany.*zostaje/);
  assert.equal(english.cards[0].querySelector("label").textContent, "Bench");
  assert.doesNotMatch(english.page.textContent, /wybrany|zostaje/);
});

test("a receipt is drawn from what it says", async () => {
  const said = {
    title: "A new park",
    style: "",
    code: "AAAA-BBBB-CCCC-DDDD-EEEE",
    hash: "0123456789abcdef",
    index: 1234,
    castAt: "2026-11-22T10:00:00.000Z",
    fingerprint: "fedcba9876543210",
  };
  const link = "https://portal.example/vote/#find=receipt";
  const receipt = show(
    new ReceiptDocument(t, { ...said, draw: async () => ({ link, side: 21, path: "M0 0h1" }) }),
  );
  await new Promise((done) => setTimeout(done));
  assert.equal(receipt.querySelector("h2").textContent, said.title);
  assert.match(receipt.textContent, /1,234.*0123 4567 89ab cdef.*fedc ba98 7654 3210/);
  assert.doesNotMatch(receipt.textContent, /District/);
  assert.equal(receipt.querySelector(".receipt-qr a").getAttribute("href"), link);
  assert.equal(receipt.querySelector("svg[role=img]").getAttribute("viewBox"), "0 0 21 21");
});

test("removing every trace is asked twice, and what goes wrong is handed on", async () => {
  const calls = [];
  const lost = new Error("the disk is wet");
  const box = show(
    new ForgetBox(t, {
      another: () => calls.push("another"),
      wipe: async () => {
        calls.push("wipe");
        throw lost;
      },
      met: (error, notice) => {
        calls.push(error);
        notice.show(new Trouble("storage"), { retry: () => calls.push("retry") });
      },
    }),
  );
  const [another, ask, sure] = box.querySelectorAll("button");
  ask.click();
  assert.deepEqual(calls, []);
  another.click();
  sure.click();
  await new Promise((done) => setTimeout(done));
  assert.deepEqual(calls, ["another", "wipe", lost]);
  const notice = box.querySelector("veche-trouble");
  assert.ok(notice instanceof TroubleNotice);
  assert.equal(notice.getAttribute("role"), "alert");
  assert.equal(notice.querySelector(".trouble").textContent, t("trouble.storage"));
  notice.querySelector("button").click();
  assert.equal(calls.at(-1), "retry");
});

test("a trustee reads which groups were joined and which are withheld", () => {
  const named = (id) => ({ id, title: { en: id } });
  const manifest = {
    styles: [named("North"), named("South"), named("Hill")],
    contests: [named("Parks"), named("Paths")],
    routes: [named("By phone")],
  };
  const counts = {
    turnout: [
      { style: "North", route: "By phone", voters: 1200, ballots: 1100 },
      { style: "South", route: "By phone", voters: 9, ballots: 8 },
    ],
    groups: [
      { contest: "Parks", styles: [], ballots: 1108, withheld: false },
      { contest: "Paths", styles: ["North"], ballots: 1100, withheld: false },
      { contest: "Paths", styles: ["South", "Hill"], ballots: 8, withheld: true },
    ],
  };
  const part = show(new TrusteeCounts(t, manifest, counts));
  const [turnout, groups] = [...part.querySelectorAll("table")].map((table) =>
    [...table.querySelectorAll("tbody tr")].map((row) => [...row.children].map((cell) => cell.textContent)),
  );
  assert.deepEqual(turnout, [
    ["North: By phone", "1,200", "1,100"],
    ["South: By phone", "9", "8"],
    ["In all", "1,209", "1,108"],
  ]);
  assert.deepEqual(groups, [
    ["Parks", "1,108"],
    ["Paths: North", "1,100"],
    ["Paths: South and Hill (joined because of few ballots) (withheld: too few ballots)", "8"],
  ]);
});
