// The organiser's pages without their program: what a screen shows of what the program says, and what it asks for.
import assert from "node:assert/strict";
import test from "node:test";
import { JSDOM } from "jsdom";
import { textsFrom } from "./texts.mjs";

const { window } = new JSDOM("<!doctype html><main></main>", { url: "http://127.0.0.1:8470/#desk" });
for (const name of ["window", "document", "location", "HTMLElement", "Node", "customElements"])
  globalThis[name] = window[name];

const { areWords } = await import("../app/areas/desk/model/words.js");
const { DeskWordsScreen } = await import("../app/areas/desk/screens/words.js");

const DESK = [
  "frame",
  "desk",
  "words",
  "desk-describe",
  "desk-preview",
  "desk-trustees",
  "desk-people",
  "desk-run",
];
const t = textsFrom("en", [...DESK, "desk-finish"]);
const main = window.document.querySelector("main");
const show = (part) => {
  main.replaceChildren(part);
  return part;
};
const words = Array.from({ length: 24 }, (_, at) => `word${String.fromCharCode(97 + at)}`);

/** A page of the desk as its screens know it; `posted` are the paths that were asked for. */
function page(more) {
  const app = {
    t,
    site: "",
    posted: [],
    desk: { post: async (path) => void app.posted.push(path) },
    route: () => {
      if (app.words) show(new DeskWordsScreen(app));
      else main.replaceChildren();
    },
    met: (error) => assert.fail(String(error)),
    ...more,
  };
  return app;
}

test("words are right whatever their case, and wrong in another place or where none is asked", () => {
  assert.ok(
    areWords(
      words,
      new Map([
        [1, " Worda "],
        [24, "wordx"],
      ]),
    ),
  );
  assert.ok(
    !areWords(
      words,
      new Map([
        [1, "worda"],
        [24, "wordw"],
      ]),
    ),
  );
  assert.ok(!areWords(words, new Map([[25, ""]])));
  assert.ok(!areWords(words, new Map()));
});

test("the organiser's words are asked back, and nobody goes on with others", async () => {
  const app = page({ words, asked: null });
  app.route();
  main.querySelector("button.primary").click();
  assert.equal(main.querySelector(".words"), null, "the words stay on the screen while they are asked back");
  const fields = [...main.querySelectorAll("input")];
  assert.equal(fields.length, 4);
  const submit = async () => {
    main.querySelector("form").dispatchEvent(new window.Event("submit", { cancelable: true }));
    await new Promise((done) => setTimeout(done, 20));
  };
  const answer = (field) => words[Number(field.name.slice("word-".length)) - 1];
  for (const field of fields) field.value = answer(field);
  fields[0].value = answer(fields[1]);
  await submit();
  assert.match(main.textContent, /At least one of them is not the word that was shown/);
  assert.deepEqual([app.posted, app.words], [[], words]);
  // Whoever cannot read the note sees the words once more, and is asked for others.
  main.querySelector("button.link").click();
  assert.equal(main.querySelectorAll(".words li").length, 24);
  main.querySelector("button.primary").click();
  for (const field of main.querySelectorAll("input")) field.value = answer(field).toUpperCase();
  await submit();
  assert.deepEqual([app.posted, app.words, main.textContent], [["key/written"], null, ""]);
});

const { DeskHomeScreen } = await import("../app/areas/desk/screens/home.js");
const { DeskDescribeScreen } = await import("../app/areas/desk/screens/describe.js");
const { DeskFreezeScreen } = await import("../app/areas/desk/screens/freeze.js");
const { DeskBoxScreen } = await import("../app/areas/desk/screens/box.js");
const { DeskPeopleScreen } = await import("../app/areas/desk/screens/people.js");
const { DeskTrusteesScreen } = await import("../app/areas/desk/screens/trustees.js");
const { Trouble } = await import("../app/lib/trouble.js");

const settled = () => new Promise((done) => setTimeout(done, 20));
const submit = async (form) => {
  form.dispatchEvent(new window.Event("submit", { cancelable: true }));
  await settled();
};

/** Where a vote stands before anything is done. */
const BEGUN = {
  folder: "vote",
  key: true,
  open: true,
  public_key: null,
  words_owed: false,
  manifest: false,
  preview: false,
  frozen: false,
  rehearsed: false,
  ballot_box: null,
  registrar: null,
  shown: "",
};

test("the overview says what is next, what is possible beside it, and what comes later", () => {
  const states = (progress) => {
    show(new DeskHomeScreen(page({ desk: { progress: { ...BEGUN, ...progress } } })));
    return Object.fromEntries(
      [...main.querySelectorAll(".desk-steps li")].map((step) => [
        step.querySelector("a").hash.slice(1),
        step.querySelector(".state").textContent,
      ]),
    );
  };
  const begun = states({});
  assert.deepEqual(
    [begun["desk/describe"], begun["desk/preview"], begun["desk/people"]],
    ["Next", "Later", "Later"],
  );
  const described = states({ manifest: true });
  assert.deepEqual([described["desk/preview"], described["desk/freeze"]], ["Next", "Possible now"]);
  const connected = states({
    manifest: true,
    preview: true,
    frozen: true,
    ballot_box: "https://box.example",
  });
  assert.equal(connected["desk/describe"], "Done");
  assert.equal(connected["desk/trustees"], "Next");
  assert.equal(connected["desk/people"], "Possible now", "the list of voters waits for nobody");
  assert.equal(connected["desk/finish"], "Later");
});

const column = (header, doubtful, kind = "name") => ({
  sheet: "projects",
  column: "B",
  header,
  kind,
  doubtful,
});
const VIEW = {
  frozen: false,
  confirmed: false,
  files: [],
  report: null,
  summary: null,
  rules: [],
  small: [],
  import: null,
};

test("of the columns what is doubtful stands open, and what is recognised is folded", async () => {
  const report = {
    findings: [],
    answered: [],
    columns: [column("name (pl)", false), column("Xyz", true, ""), column("autor", true)],
    taken: [],
    summary: null,
  };
  const files = [{ name: "vote.xlsx" }];
  const view = { ...VIEW, files, report, command: "veche describe" };
  show(new DeskDescribeScreen(page({ desk: { get: async () => view } })));
  await settled();
  const columns = main.querySelector(".describe-columns");
  const folded = columns.querySelector("details");
  assert.equal(folded.open, false);
  assert.match(folded.textContent, /Recognised without doubt: 1.*name \(pl\)/);
  const open = columns.querySelector(".findings:not(details *)").textContent;
  assert.match(open, /Xyz.*not known, and left out.*autor/);
  assert.doesNotMatch(open, /name \(pl\)/);
  assert.ok(!folded.contains(columns.querySelector(".actions button")), "the button is no part of a table");
});

test("what is frozen is read with its rules first", async () => {
  const hour = { unix: 4_083_976_800, local: "" };
  const list = (id, title) => ({ id, title: { en: title }, projects: 3, budget: 5, currency: "€", cost: 9 });
  const summary = {
    title: { en: "Budget" },
    languages: ["en"],
    rehearsal: false,
    opens: hour,
    closes: hour,
    closes_latest: null,
    paper_until: null,
    time_zone: "Europe/Warsaw",
    lists: [list("a", "River"), list("b", "Market"), list("c", "Hill")],
    ballots: [],
    projects: 9,
    electorate: 100,
    money: [],
    routes: [],
    trustees: { count: 3, threshold: 2 },
    quorum: 2,
    minimum_group: 12,
    revote: false,
    early_close: true,
  };
  const rules = [
    {
      lists: ["a", "c"],
      ballot: "Choose projects: 1–2.",
      funding: "A project needs a total of at least 50.",
    },
    { lists: ["b"], ballot: "Choose projects: 1.", funding: "Equal totals are drawn by lot." },
  ];
  const shown = async (rules, small = []) => {
    show(new DeskFreezeScreen(page({ desk: { get: async () => ({ ...VIEW, summary, rules, small }) } })));
    await settled();
    const facts = [...main.querySelectorAll(".vote-facts dt")];
    return Object.fromEntries(facts.map((fact) => [fact.textContent, fact.nextElementSibling.textContent]));
  };
  const facts = await shown(rules);
  assert.equal(facts["River, Hill"], "Choose projects: 1–2.A project needs a total of at least 50.");
  assert.equal(facts["Market"], "Choose projects: 1.Equal totals are drawn by lot.");
  assert.equal(facts["Closing before the hour"], "possible");
  assert.equal(facts["Voting again until closing"], "not possible");
  assert.equal(facts["Fewest ballots whose totals are opened"], "12");
  const all = await shown([{ ...rules[0], lists: ["a", "b", "c"] }]);
  assert.ok(all["All lists"], JSON.stringify(all));
  assert.doesNotMatch(main.textContent, /Few voters/);
  // Where so few vote that totals are withheld or joined, that is read before it is frozen.
  const few = await shown(rules, [
    { title: { en: "Island" }, sentence: "the totals are then not published" },
  ]);
  assert.equal(few.Island, "the totals are then not published");
  assert.match(main.textContent, /Few voters/);
});

test("an address that is not encrypted is taken when somebody has read what that means, and each anew", async () => {
  const sent = [];
  const desk = {
    progress: BEGUN,
    post: async (_, form) => {
      sent.push(form);
      if (form.address.startsWith("http:") && !form.unencrypted) throw new Trouble("desk-unencrypted");
    },
  };
  const met = (error, notice) => notice.show(error, {});
  show(new DeskBoxScreen(page({ desk, met })));
  const address = main.querySelector("input[name=address]");
  const tick = () => main.querySelector("input[name=unencrypted]");
  address.value = "http://box.example";
  await submit(main.querySelector("form"));
  assert.match(main.textContent, /a page that does not begin with https:\/\/ lets nobody vote/);
  tick().checked = true;
  await submit(main.querySelector("form"));
  assert.deepEqual(
    sent.map(({ unencrypted }) => unencrypted),
    [false, true],
  );
  address.value = "http://other.example";
  address.dispatchEvent(new window.Event("input"));
  assert.equal(tick(), null, "another address is another question");
  await submit(main.querySelector("form"));
  assert.equal(sent.at(-1).unencrypted, false);
});

test("the list in force is said with its people, and since when where that is known", async () => {
  const said = async (roll) => {
    const pass = { operator: "Ewa", kind: "roll", ends: null, roll };
    const desk = { get: async () => ({ answer: { address: "", pass, districts: [] } }) };
    show(new DeskPeopleScreen(page({ desk })));
    await settled();
    return main.querySelector(".desk-part .callout")?.textContent ?? null;
  };
  assert.match(
    await said({ people: 4_982, since: "2027-05-01T08:00:00Z" }),
    /^People on the list that is in force: 4,982\. In force since .*2027.*\.$/,
  );
  assert.equal(await said({ people: 7, since: null }), "People on the list that is in force: 7.");
  assert.match(await said({ people: 0, since: "2027-05-01T08:00:00Z" }), /nobody can sign in\.$/);
  assert.equal(await said(null), null, "anyone registers");
});

test("the trustees page says which witness is waited for, with the sentence to send, and when others have cosigned", async () => {
  const waiting = {
    count: 3,
    step: "open",
    needed: 0,
    since: null,
    seen: null,
    trustees: [],
    names: {},
    time_zone: "Europe/Warsaw",
    command: "",
    witnesses: {
      needed: 2,
      cosigned: 1,
      all: [
        { name: "witness.example/a", seen: Date.parse("2027-05-01T22:30:00Z") / 1_000 },
        { name: "witness.example/b", seen: null, sentence: "Please look at your witness." },
      ],
    },
  };
  const asked = [];
  const desk = {
    progress: BEGUN,
    get: async () => ({ invitations: 0, names: {} }),
    post: async (path, form) => (asked.push([path, form]), waiting),
  };
  show(new DeskTrusteesScreen(page({ desk })));
  await settled();
  assert.deepEqual(asked, [["trustees/waiting", { language: "en" }]]);
  const said = main.querySelector(".desk-waiting");
  assert.match(said.textContent, /1 of 2 witnesses have cosigned the newest checkpoint\. Needed: 2\./);
  const [seen, awaited] = [...said.querySelectorAll(".desk-sentences")].at(-1).children;
  assert.match(seen.textContent, /witness\.example\/a.*Cosigned, .*2 May 2027.*00:30 \(Europe\/Warsaw\)/);
  assert.equal(seen.querySelector("button"), null, "there is nothing to send to whoever has cosigned");
  assert.match(awaited.textContent, /witness\.example\/b.*Please look at your witness\./);
  assert.equal(awaited.querySelector(".sentence").lang, "en");
  assert.ok(awaited.querySelector("button"), "the sentence can be copied");
});

test("since when a trustee is waited for is left out where the board does not say it", async () => {
  const hint = async (times) => {
    const trustees = [{ number: 1, name: null, sentence: "Please come." }];
    const waiting = {
      count: 3,
      step: "join",
      needed: 1,
      since: null,
      seen: null,
      trustees,
      names: {},
      time_zone: "UTC",
      command: "",
    };
    const desk = {
      progress: BEGUN,
      get: async () => ({ invitations: 0, names: {} }),
      post: async () => ({ ...waiting, ...times }),
    };
    show(new DeskTrusteesScreen(page({ desk })));
    await settled();
    return main.querySelector(".desk-waiting > .hint")?.textContent ?? null;
  };
  assert.equal(await hint({}), null);
  assert.match(await hint({ since: 1_800_000_000 }), /^Since .*2027/);
  assert.match(await hint({ seen: 1_800_000_000 }), /^A witness saw the board/);
});
