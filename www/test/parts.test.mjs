// Parts and rules on a page that is not ours: no App, no area, only what they are handed.
import assert from "node:assert/strict";
import test, { mock } from "node:test";
import { JSDOM } from "jsdom";
import { listed, nothing, ruleOf, valueOf } from "../app/lib/rules/index.js";
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

const { said } = await import("../app/lib/dom.js");
const { behind } = await import("../app/parts/about.js");
const { ChoiceBar } = await import("../app/parts/choice-bar.js");
const { hexValue } = await import("../app/parts/copy.js");
const { ForgetBox } = await import("../app/parts/forget-box.js");
const { Frame } = await import("../app/parts/frame.js");
const { OptionCard } = await import("../app/parts/option-card.js");
const { OptionList } = await import("../app/parts/option-list.js");
const { MANY, searchOf } = await import("../app/parts/search-box.js");
const { ReceiptDocument } = await import("../app/parts/receipt-document.js");
const { TroubleNotice } = await import("../app/parts/trouble.js");
const { TrusteeCounts } = await import("../app/parts/trustee-counts.js");

const t = textsFrom("en", ["frame", "about", "booth", "rules", "receipt", "trustees"]);
const main = window.document.querySelector("main");
const show = (part) => {
  main.replaceChildren(part);
  return part;
};

const budget = {
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
function ballot(texts, contest = budget) {
  const rule = ruleOf(texts, contest);
  let choice = nothing();
  const bar = new ChoiceBar(texts, {
    onNext() {},
    onRemove: (id) => turn(rule.take(choice, id)),
    ...(rule.order && { onMove: (id, by) => turn({ choice: rule.move(choice, id, by) }) }),
  });
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
    const chosen = listed(rule, contest.options, choice).map((id) => {
      const { option } = cards.find((card) => card.optionId === id);
      const name = () => said(texts, option.name);
      return { id, name, value: "", place: rule.order ? rule.shown(valueOf(choice, id)) : "" };
    });
    bar.show({ status: rule.status(choice), chosen, next: "" });
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

test("what is chosen is one press away, with full names, and can be removed and moved", () => {
  const order = { ...budget, rule: { type: "ranked", places: 2, min: 0, scores: [2, 1], blank: false } };
  const { page, cards, bar } = ballot(t, order);
  show(page);
  const more = bar.querySelector(".bar-more");
  assert.ok(more.hidden);
  for (const card of cards) card.querySelector("input").click();
  assert.equal(bar.querySelectorAll("li").length, 0);
  more.click();
  const seen = (row) => [...row.children].slice(0, 2).map(({ textContent }) => textContent);
  const rows = () => [...bar.querySelectorAll("li")].map((row) => seen(row).join(""));
  assert.deepEqual(rows(), ["1stBench", "2ndTrees"]);
  bar.querySelector("[data-option=trees] .up").focus();
  bar.querySelector("[data-option=trees] .up").click();
  assert.deepEqual(rows(), ["1stTrees", "2ndBench"]);
  assert.ok(window.document.activeElement.matches("[data-option=trees].up"));
  bar.querySelector("[data-option=trees] .remove").click();
  assert.deepEqual(rows(), ["1stBench"]);
  bar.dispatchEvent(new window.KeyboardEvent("keydown", { key: "Escape" }));
  assert.deepEqual([rows().length, more.getAttribute("aria-expanded")], [0, "false"]);
  more.click();
  bar.querySelector("[data-option=bench] .remove").click();
  assert.ok(more.hidden && bar.querySelector("veche-chosen").hidden);
  assert.ok(!cards[0].classList.contains("chosen"));
});

/** A list to read, as a page without a vote would make it. */
function reading(options, settings) {
  const cards = options.map(
    (option) => new OptionCard(t, option, { control: null, currency: "€", href: `#about/${option.id}` }),
  );
  const list = new OptionList(t, cards, window.document.createElement("div"), settings);
  show(list);
  const shown = () => cards.filter((card) => !card.hidden).map((card) => card.optionId);
  const inOrder = () =>
    [...list.querySelectorAll("veche-option:not([hidden])")].map((card) => card.dataset.option);
  return { list, shown, inOrder };
}

const many = Array.from({ length: 20 }, (_, at) => ({
  id: `p${at}`,
  number: `L${String(at).padStart(3, "0")}`,
  name: { en: at === 7 ? "Boisko przy szkole" : at === 3 ? "Nowe boiska" : `Project ${20 - at}` },
  category: { en: at % 2 ? "sport,green places" : "sport" },
  place: at < 5 ? "North" : "South",
  cost: 1_000 * ((at * 7) % 20),
}));

test("options are searched, left out and sorted, and how they are looked at comes back", () => {
  let look;
  const said = [];
  const { list, inOrder } = reading(many, {
    onLook: (now) => (look = { ...look, ...now }),
    onSay: (it) => said.push(it),
  });
  assert.equal(inOrder().length, 20);
  const type = (words) => {
    const field = list.querySelector("input");
    field.value = words;
    field.dispatchEvent(new window.Event("input"));
  };
  const pick = (name, value) => {
    const select = list.querySelector(`select[name=${name}]`);
    select.value = value;
    select.dispatchEvent(new window.Event("change"));
  };
  type("boisko");
  assert.deepEqual(inOrder(), ["p7", "p3"]);
  assert.match(list.querySelector(".found").textContent, /^2 projects found$/);
  type("bosiko");
  assert.deepEqual(inOrder(), ["p7", "p3"].sort());
  assert.match(list.querySelector(".found").textContent, /2 projects come close/);
  type("l 7");
  assert.equal(inOrder()[0], "p7");
  type("");
  pick("category", "green places");
  pick("place", "North");
  assert.deepEqual(inOrder(), ["p1", "p3"]);
  pick("sort", "cost");
  assert.deepEqual(inOrder(), ["p3", "p1"]);
  type("boiska");
  assert.deepEqual(look, {
    words: "boiska",
    category: "green places",
    place: "North",
    sort: "cost",
    at: "",
    top: 0,
  });
  const again = reading(many, { look });
  assert.deepEqual(again.inOrder(), ["p3"]);
  assert.ok(!again.list.querySelector(".tools-more").hidden, "what leaves options out is in sight");
  assert.ok(reading(many).list.querySelector(".tools-more").hidden);
  assert.equal(again.list.querySelector("input").value, "boiska");
  again.list.querySelector(".found-line button").click();
  assert.equal(again.inOrder().length, 20);
  assert.equal(again.inOrder()[0], "p0");
});

test("a card to read has its number, full name and facts, a link, and nothing to press", () => {
  const { list, inOrder } = reading(many.slice(0, 2), {});
  assert.equal(inOrder().length, 2);
  assert.equal(list.querySelector("input, select, label"), null);
  assert.equal(list.querySelector("a").getAttribute("href"), "#about/p0");
  assert.match(list.querySelector("veche-option").textContent, /Project 20.*L000.*€0.*sport.*North/);
});

test("the town's words keep their language in the names of buttons and in lists to pick from", () => {
  const points = { ...budget, rule: { type: "cumulative", points: 3, min_points: 0, max_per_option: 2 } };
  const german = textsOf("de", { "choose.more-of": "Eins mehr für {name}", "ranked.of": "{action}: {name}" });
  const { page, cards, bar } = ballot(german, points);
  show(page);
  const spoken = (button) => [
    button.getAttribute("aria-label"),
    button.querySelector(".visually-hidden").innerHTML,
  ];
  const bench = '<span lang="en" dir="auto">Bench</span>';
  assert.deepEqual(spoken(cards[0].querySelector(".more")), [null, `Eins mehr für ${bench}`]);
  cards[0].querySelector(".more").click();
  bar.querySelector(".bar-more").click();
  assert.deepEqual(spoken(bar.querySelector(".remove")), [null, `ranked.remove: ${bench}`]);
  const langs = (texts) => {
    const cards = many.map((option) => new OptionCard(texts, option, { control: null, currency: "€" }));
    const list = show(new OptionList(texts, cards, window.document.createElement("div"), {}));
    const options = [...list.querySelectorAll("select[name=category] option")];
    return [cards[0].querySelector(".option-category [dir]").lang, ...options.map(({ lang }) => lang)];
  };
  assert.deepEqual(langs(german), ["en", "", "en", "en"]);
  assert.deepEqual(langs(t), ["", "", "", ""]);
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

test("a value is copied as it is, and where nobody may copy it is marked", async () => {
  const written = [];
  const clipboard = { writeText: async (text) => void written.push(text) };
  Object.defineProperty(window.navigator, "clipboard", { get: () => clipboard, configurable: true });
  Object.defineProperty(globalThis, "navigator", { value: window.navigator, configurable: true });
  globalThis.getSelection = () => window.getSelection();
  const hash = window.document.createElement("p");
  hash.append(...hexValue(t, "Hash", "0123456789abcdef"));
  show(hash);
  const [shown, copy] = [hash.querySelector(".hex"), hash.querySelector("button")];
  assert.deepEqual([shown.dir, shown.getAttribute("translate")], ["ltr", "no"]);
  assert.equal(copy.getAttribute("aria-label"), "Copy: Hash");
  copy.click();
  await new Promise((done) => setTimeout(done));
  assert.deepEqual(written, ["0123456789abcdef"]);
  assert.equal(hash.querySelector("[role=status]").textContent, t("app.copied"));
  clipboard.writeText = async () => {
    throw new Error("not allowed");
  };
  copy.click();
  await new Promise((done) => setTimeout(done));
  assert.equal(window.getSelection().toString(), "0123 4567 89ab cdef");
  assert.equal(hash.querySelector("[role=status]").textContent, t("app.copy-marked"));
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
  const part = show(new TrusteeCounts(t, manifest, counts, { ballots: 1109 }));
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
  // The board has one ballot more than count, and the reader is told why.
  assert.match(part.textContent, /The board has one ballot more\. It was replaced/);
  const all = show(new TrusteeCounts(t, manifest, counts, { ballots: 1108 }));
  assert.doesNotMatch(all.textContent, /The board has/);
});

test("what was said is not left in the page of the next screen, nor in that of another language", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  window.scrollTo = () => undefined;
  const frame = show(new Frame(t));
  const about = { step: null, title: "A screen", back: "welcome", moved: true };
  const said = () => frame.querySelector("[aria-live]").textContent;
  frame.show(window.document.createElement("section"), about);
  frame.announce("Trees: 1 point");
  mock.timers.tick(50);
  assert.equal(said(), "Trees: 1 point");
  frame.show(window.document.createElement("section"), { ...about, moved: false });
  assert.equal(said(), "Trees: 1 point", "the screen is only drawn anew");
  frame.show(window.document.createElement("section"), about);
  assert.equal(said(), "");
  frame.announce("Trees: 2 points");
  frame.show(window.document.createElement("section"), about);
  mock.timers.tick(50);
  assert.equal(said(), "");
  frame.announce("Trees: 3 points");
  mock.timers.tick(50);
  frame.speak(t);
  assert.equal(said(), "");
  mock.timers.reset();
});

test("what the organiser says while somebody reads stands below, and above everything from the next screen on", () => {
  window.scrollTo = () => undefined;
  const frame = show(new Frame(t));
  const about = { step: null, title: "A screen", back: null, moved: true };
  const manifest = { title: { en: "A vote" }, time_zone: "UTC", phase: "election" };
  const notices = [{ kind: "notice", time: 0, text: { en: "The hall is closed." } }];
  const place = () => {
    const notice = frame.querySelector("[role=status] > .said");
    assert.match(notice.textContent, /The hall is closed\.$/);
    return notice.parentNode.parentNode.localName;
  };
  frame.introduce(manifest);
  frame.show(window.document.createElement("section"), about);
  frame.introduce(manifest, { notices });
  assert.equal(place(), "veche-frame");
  frame.show(window.document.createElement("section"), about);
  assert.equal(place(), "header");
  frame.introduce(manifest, { notices });
  assert.equal(place(), "header", "it stays there");

  // Where nothing is read yet it is there from the beginning.
  const opening = show(new Frame(t));
  opening.opening();
  opening.introduce(manifest, { notices });
  assert.equal(opening.querySelector(".said").parentNode.parentNode.localName, "header");
});

test("rows are searched where they are many, and all are there again when nothing is searched for", () => {
  const rows = Array.from({ length: MANY + 1 }, (_, at) => ({
    title: at === 3 ? "Górna" : `District ${at}`,
    row: window.document.createElement("li"),
  }));
  assert.equal(searchOf("Find", rows.slice(1)), false);
  const search = show(searchOf("Find", rows));
  const shown = (words) => {
    search.field.value = words;
    search.field.dispatchEvent(new window.Event("input"));
    return rows.flatMap(({ row }, at) => (row.hidden ? [] : [at]));
  };
  assert.deepEqual(shown("gorna"), [3]);
  assert.deepEqual(shown("nowhere"), []);
  assert.equal(shown(" ").length, rows.length);
});

test("a telephone number of those behind a vote keeps its order and can be copied; days and years are no numbers", () => {
  const arabic = textsFrom("ar", ["frame", "about"]);
  const contact = {
    ar: "اتصلوا: +48 22 443-00-00 من 2026-11-30 أو في 2025-2026.",
    en: "Ring (020) 7946 0000.",
  };
  const part = show(window.document.createElement("div"));
  part.append(...behind(arabic, { contact }).filter(Boolean));
  const numbers = [...part.querySelectorAll("p [dir=ltr][translate=no]")].map((one) => one.textContent);
  assert.deepEqual(numbers, ["+48 22 443-00-00"]);
  assert.equal(part.querySelector("veche-copy").value, "+48 22 443-00-00");
  assert.equal(part.querySelector("p").lang, "ar");
  const english = textsFrom("en", ["frame", "about"]);
  part.replaceChildren(...behind(english, { contact }).filter(Boolean));
  assert.equal(part.querySelector("veche-copy").value, "(020) 7946 0000");
});

test("a page that does not open says after a while what to do, and nothing once it is open", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const said = (frame) => frame.querySelector(".opening").textContent;
  const frame = show(new Frame(t));
  frame.opening();
  context.mock.timers.tick(14_000);
  assert.equal(said(frame), "Opening the page…");
  context.mock.timers.tick(2_000);
  assert.match(said(frame), /This takes unusually long\. Please reload the page\./);
  const other = show(new Frame(t));
  other.opening();
  const screen = document.createElement("veche-welcome");
  other.show(screen, { step: null, title: "Vote", back: null, moved: false });
  context.mock.timers.tick(20_000);
  assert.doesNotMatch(said(other), /unusually long/);
});
