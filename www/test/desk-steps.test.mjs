// Pages of the organiser's desk and a trustee's own page, with the program's answers handed in: what they say, and what
// they keep.
import assert from "node:assert/strict";
import test from "node:test";
import { JSDOM } from "jsdom";
import { textsFrom } from "./texts.mjs";

const { window } = new JSDOM("<!doctype html><main></main>", {
  url: "http://127.0.0.1:8470/#desk",
  // A page that nobody sees does not look for news.
  pretendToBeVisual: true,
});
for (const name of [
  "window",
  "document",
  "location",
  "HTMLElement",
  "HTMLButtonElement",
  "Node",
  "customElements",
  "sessionStorage",
])
  globalThis[name] = window[name];

const { DeskHomeScreen } = await import("../app/areas/desk/screens/home.js");
const { DeedForm } = await import("../app/areas/desk/deed.js");
const { DeskHelpScreen } = await import("../app/areas/desk/screens/help.js");
const { DeskRunScreen } = await import("../app/areas/desk/screens/run.js");
const { DeskFinishScreen } = await import("../app/areas/desk/screens/finish.js");
const { DeskNextYearScreen } = await import("../app/areas/desk/screens/next-year.js");
const { InvitationsPart } = await import("../app/areas/desk/screens/trustees-invitations.js");
const { announcement, checklist } = await import("../app/areas/desk/screens/run-state.js");
const { TestMessage } = await import("../app/areas/desk/trial-message.js");
const { Trouble } = await import("../app/lib/trouble.js");
const { TrusteeDeskScreen } = await import("../app/areas/trustee/screens/desk.js");

const DESK = [
  "frame",
  "desk",
  "desk-describe",
  "desk-preview",
  "desk-trustees",
  "desk-people",
  "desk-help",
  "desk-run",
  "desk-finish",
  "trustees",
];
const t = textsFrom("en", DESK);
const main = window.document.querySelector("main");
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

/** A page with a desk that answers so, by method and path; what was asked is kept. */
function page(answers, progress = null) {
  const asked = [];
  const answer = (path, form) => {
    asked.push([path, form]);
    const said = answers[path];
    if (said instanceof Error || said === undefined) throw said ?? new Error(`nobody asks for ${path}`);
    return Promise.resolve(typeof said === "function" ? said(form) : said);
  };
  const desk = {
    progress,
    get: async (path) => answer(path),
    post: async (path, form) => answer(path, form),
    lookAtBox: async () => (desk.progress = await answer("state")),
  };
  return {
    t,
    desk,
    asked,
    site: "",
    frame: { announce: () => undefined },
    met: (error) => assert.fail(error),
  };
}

async function shown(element) {
  main.replaceChildren(element);
  await settled();
  return element;
}

const PROGRESS = {
  folder: "vote",
  key: true,
  open: true,
  public_key: "00",
  manifest: true,
  preview: true,
  frozen: true,
  ballot_box: "https://box.example",
  rehearsed: false,
  registrar: null,
  phase: null,
  papers: false,
  shown: "s",
};

test("the overview says which step is next, as the ballot box knows it by now", async () => {
  for (const [known, next] of [
    [{ ballot_box: null }, "Connect the ballot box"],
    [{ phase: "setup" }, "Bring the trustees together"],
    [{ phase: "setup", rehearsed: true, registrar: "https://r.example" }, "Hold the vote"],
    // The operator may have brought the roll: nobody needs the page once people vote.
    [{ phase: "open", rehearsed: true }, "Hold the vote"],
    [{ phase: "closed", rehearsed: true }, "The count"],
    [{ phase: "published", rehearsed: true }, "Publish and keep"],
    [{ phase: "published", rehearsed: true, papers: true }, "Copy it for next year"],
  ]) {
    const now = { ...PROGRESS, ...known };
    const app = page({ state: now }, { ...PROGRESS, ballot_box: now.ballot_box });
    const home = await shown(new DeskHomeScreen(app));
    assert.equal(home.querySelector("li.next a").textContent, next, JSON.stringify(known));
    assert.equal(home.querySelectorAll("li.next").length, 1);
    const before = [...home.querySelectorAll("li")].slice(
      0,
      [...home.querySelectorAll("li")].findIndex((item) => item.className === "next"),
    );
    assert.ok(before.every((item) => item.className === "done"));
  }
  // What was left out is not called done, and nobody is sent back to it.
  const frozen = { ...PROGRESS, preview: false, phase: "setup" };
  const hasty = await shown(new DeskHomeScreen(page({ state: frozen }, frozen)));
  assert.equal(hasty.querySelector("li.next a").textContent, "Bring the trustees together");
  assert.equal(hasty.querySelector("a[href$=preview] + .state").textContent, "Possible now");
  const off = { ...PROGRESS, phase: "cancelled" };
  const cancelled = await shown(new DeskHomeScreen(page({ state: off }, off)));
  assert.match(cancelled.querySelector(".callout").textContent, /The vote is cancelled/);
  assert.equal(cancelled.querySelector("li.next"), null);
  const done = [...cancelled.querySelectorAll("li.done a")].map((link) => link.textContent);
  assert.deepEqual(done, ["Describe the vote", "Preview", "Freeze the vote", "Connect the ballot box"]);
  assert.equal(cancelled.querySelectorAll(".state").length, 4);
  const finish = await shown(new DeskFinishScreen(page({}, off)));
  assert.match(finish.textContent, /The vote is cancelled/);
  assert.equal(finish.querySelector("button"), null, "no papers are promised");
  // Where the box is away, what the folder remembers stands.
  const away = await shown(
    new DeskHomeScreen(page({ state: new Error("away") }, { ...PROGRESS, phase: "open" })),
  );
  assert.equal(away.querySelector("li.next a").textContent, "Bring the trustees together");
});

test("a vote is copied for next year, what names a year is listed, and that stays in another language", async () => {
  const copied = { command: "veche desk /a/2028", files: "/a/2028/files", dated: ["Budget 2027"] };
  const app = page({ "freeze/anew": copied }, PROGRESS);
  const screen = await shown(new DeskNextYearScreen(app));
  screen.querySelector("input").value = "2028";
  screen.querySelector("form").dispatchEvent(new window.Event("submit", { cancelable: true }));
  await settled();
  assert.equal(app.asked[0][1].folder, "2028");
  for (const said of ["veche desk /a/2028", "/a/2028/files", "These texts name a year", "Budget 2027"])
    assert.ok(screen.textContent.includes(said), said);
  // Another language makes the page anew.
  const again = await shown(new DeskNextYearScreen({ ...app, t: textsFrom("pl", DESK) }));
  for (const said of ["veche desk /a/2028", "W tych tekstach występuje rok", "Budget 2027"])
    assert.ok(again.textContent.includes(said), said);
});

test("when the papers are made, the page of the end leads to next year", async () => {
  const made = { language: "en", sum: "ab", entries: 9, files: [], lists: [] };
  const linked = async (archives) => {
    const draws = { entries: 9, draws: [] };
    const screen = await shown(new DeskFinishScreen(page({ finish: { archives }, "finish/draws": draws })));
    return screen.querySelector("a[href='#desk/next-year']")?.textContent ?? null;
  };
  assert.equal(await linked([]), null);
  assert.equal(await linked([made]), "Next year");
});

test("a draw is published with its order, and when and before whom it was held goes to the papers", async () => {
  const option = (id) => ({ id, name: { en: `Bench ${id}` } });
  const draw = { contest: "north", title: { en: "The north" }, options: [option("a"), option("c")] };
  const answers = {
    finish: { archives: [] },
    "finish/draws": { entries: 9, draws: [draw] },
    "finish/draw": { said: "", command: "veche election draw" },
  };
  const app = page(answers, PROGRESS);
  const screen = await shown(new DeskFinishScreen(app));
  assert.match(screen.textContent, /in the printed protocol .* and not on the public board/);
  const field = (name) => screen.querySelector(`[name=${name}]`);
  field("drawn-1").value = "c";
  field("drawn-2").value = "a";
  field("held").value = "15 June, 12:00, town hall";
  field("present").value = "Anna Nowak";
  field("sure").checked = true;
  screen.querySelector("form").dispatchEvent(new window.Event("submit", { cancelable: true }));
  await settled();
  const [, form] = app.asked.find(([path]) => path === "finish/draw");
  assert.deepEqual(form, {
    contest: "north",
    options: ["c", "a"],
    held: "15 June, 12:00, town hall",
    present: "Anna Nowak",
  });
});

test("the checklist shows the fingerprint that is to be printed, once there is one", () => {
  const items = [
    { name: "words", ticked: null },
    { name: "fingerprint", ticked: null },
  ];
  const fingerprint = "ab".repeat(32);
  const list = checklist(t, { items, fingerprint }, () => undefined);
  const [words, printed] = list.querySelectorAll("li");
  assert.ok(printed.textContent.replaceAll(/\s/g, "").includes(fingerprint));
  assert.ok(printed.querySelector("button"), "it can be copied");
  assert.equal(words.querySelector("button"), null);
  const early = checklist(t, { items, fingerprint: null }, () => undefined);
  assert.match(early.textContent, /when the trustees have made the keys/);
});

test("a test message is sent to the clerk's own number, and what the provider says is said plainly", async () => {
  let sent = 0;
  const app = page({ "run/test-message": { command: "veche-server test-message" } });
  app.met = (error, notice) => notice.show(error);
  const form = await shown(new TestMessage(app, () => (sent += 1)));
  const list = checklist(
    t,
    { items: [{ name: "sms", ticked: null }], fingerprint: null },
    () => undefined,
    form,
  );
  assert.ok(list.querySelector("li veche-test-message"), "it stands below its point of the list");
  main.replaceChildren(list);
  const send = async (phone) => {
    form.querySelector("input").value = phone;
    form.querySelector("form").dispatchEvent(new window.Event("submit", { cancelable: true }));
    await settled();
  };
  await send(" 07700 900123 ");
  assert.deepEqual(app.asked, [
    ["run/test-message", { phone: "07700 900123", reason: "test before the opening" }],
  ]);
  assert.equal(sent, 1);
  assert.match(form.querySelector("[role=status]").textContent, /The SMS provider has taken the message/);
  assert.equal(form.querySelector("input").value, "", "the number does not stay on the page");
  const refused = (code, data, detail) => () => {
    throw new Trouble(code, { status: 502, data, detail });
  };
  const failed = (why) => refused("people-message-failed", { why }, "no credit");
  for (const [answer, words] of [
    [failed("refused"), /the SMS provider refused it.*no credit/],
    [failed("number"), /sends none to this number/],
    [failed("too-slow"), /did not answer in time/],
    [failed("waits"), /messages are held back/],
    [refused("people-too-many-tests", {}, "x"), /six test messages in an hour/],
    [refused("people-sign-in-otherwise", {}, "x"), /sign in on the town’s portal/],
  ]) {
    app.desk.post = async () => answer();
    await send("07700 900123");
    assert.match(form.querySelector(".trouble").textContent, words);
    assert.equal(form.querySelector("[role=status]").hidden, true);
  }
  assert.equal(sent, 1, "nothing is ticked where nothing was sent");
});

test("after the closing the clerk reads what the trustees will compare", () => {
  const titled = (id) => ({ id, title: { en: id } });
  const manifest = { styles: [titled("North")], routes: [titled("By phone")], contests: [titled("Parks")] };
  const counts = {
    turnout: [{ style: "North", route: "By phone", voters: 12, ballots: 10 }],
    groups: [{ contest: "Parks", styles: [], ballots: 10, withheld: false }],
  };
  const said = window.document.createElement("div");
  said.append(
    ...announcement(t, { fingerprint: "cd".repeat(32) }, { counts, manifest, ballots: 11, next: "count" }),
  );
  assert.match(said.textContent, /Announce these numbers now/);
  assert.ok(said.textContent.replaceAll(/\s/g, "").includes("cd".repeat(32)));
  assert.match(said.textContent, /The board has one ballot more/);
  assert.doesNotMatch(said.textContent, /Compare these numbers with what the town has announced/);
  assert.ok(
    !announcement(t, { fingerprint: null }, { counts: null, manifest: null, ballots: 0, next: "rehearse" }),
  );
});

test("invitations that were not forgotten are there again, with the button that forgets them", async () => {
  const app = page(
    { "trustees/invitations": { invitations: 3, names: { 2: "Anna Nowak" } }, "trustees/forget": {} },
    PROGRESS,
  );
  const part = await shown(new InvitationsPart(t, app));
  const links = [...part.querySelectorAll(".desk-invitations a")].map((link) => link.textContent);
  assert.deepEqual(links, [
    "Invitation for trustee 1",
    "Invitation for Anna Nowak (trustee 2)",
    "Invitation for trustee 3",
  ]);
  // What was typed stays in another language, whatever comes later on the page.
  const field = part.querySelector("input[name=site]");
  field.value = "https://vote.example/";
  field.dispatchEvent(new window.Event("input"));
  const again = new InvitationsPart(textsFrom("pl", DESK), app);
  assert.equal(again.querySelector("input[name=site]").value, "https://vote.example/");
  part.querySelector(".actions button").click();
  await settled();
  assert.equal(part.querySelectorAll(".desk-invitations a").length, 0);
  // Another tab has had them forgotten: the page that opens them says so.
  const answers = { "trustees/invitations": { invitations: 2, names: {} } };
  const other = await shown(new InvitationsPart(t, page(answers, PROGRESS)));
  const open = async () => {
    const click = new window.MouseEvent("click", { cancelable: true });
    // A tab of its own is nothing that is opened here.
    other.addEventListener("click", (event) => event.preventDefault(), { once: true });
    other.querySelector(".desk-invitations a").dispatchEvent(click);
    await settled();
  };
  await open();
  assert.equal(other.querySelectorAll(".desk-invitations a").length, 2);
  answers["trustees/invitations"] = { invitations: 0, names: {} };
  await open();
  assert.equal(other.querySelectorAll(".desk-invitations a").length, 0);
  assert.match(other.querySelector(".trouble").textContent, /Please make them again/);
  const none = page({ "trustees/invitations": { invitations: 0, names: {} } }, PROGRESS);
  assert.equal((await shown(new InvitationsPart(t, none))).querySelector(".desk-invitations"), null);
});

const PERSON = {
  has_roll: true,
  style: "north",
  signed_in: false,
  on_board: null,
  code: { state: "none", sent: 0, last_sent: null, last_failed: null, spent: false },
  printed: null,
  journal: [],
};
const PEOPLE = {
  address: "https://r.example",
  pass: { operator: "Ewa", kind: "help", ends: null },
  districts: [{ id: "north", title: { en: "North" } }],
  closes: "2099-06-01T18:00:00Z",
  over: false,
};

/** The help desk, where somebody was looked for by a phone number. */
async function found(person, people = PEOPLE) {
  const app = page({
    people: { answer: people },
    "people/person": { answer: person },
    "people/phone": { answer: null, command: "" },
  });
  const screen = await shown(new DeskHelpScreen(app));
  const sought = screen.querySelector("input[name=sought]");
  sought.value = "+48 1";
  sought.closest("form").dispatchEvent(new window.Event("submit", { cancelable: true }));
  await settled();
  return { app, screen };
}

test("the help desk says what became of a code: counted anew, or used up by wrong tries", async () => {
  assert.match((await found(PERSON)).screen.textContent, /None was sent in 24 hours/);
  const unlock = {
    at: new Date().toISOString(),
    what: "unlock",
    operator: "Ewa",
    reason: "asked",
    style: null,
  };
  const anew = (await found({ ...PERSON, journal: [{ ...unlock, people: null, entry: null }] })).screen
    .textContent;
  assert.match(anew, /None was sent since the count began anew/);
  assert.doesNotMatch(anew, /in 24 hours/);
  const code = { ...PERSON.code, state: "sent", sent: 1, last_sent: new Date().toISOString(), spent: true };
  assert.match((await found({ ...PERSON, code })).screen.textContent, /used up by wrong tries/);
});

test("when the vote is over nothing is offered, and before that a code is said to end with it", async () => {
  const over = (await found(PERSON, { ...PEOPLE, over: true })).screen;
  assert.match(over.textContent, /The vote is over/);
  assert.equal(over.querySelector("input[name=deed]"), null);
  const { screen } = await found(PERSON);
  const code = screen.querySelector("input[name=deed][value=code]");
  code.checked = true;
  code.dispatchEvent(new window.Event("change"));
  assert.match(screen.querySelector(".deed-more").textContent, /It ends with the vote at the latest: .*2099/);
  const put = await found(PERSON, { ...PEOPLE, closes_latest: "2099-07-01T18:00:00Z" });
  const paper = put.screen.querySelector("input[name=deed][value=code]");
  paper.checked = true;
  paper.dispatchEvent(new window.Event("change"));
  assert.match(put.screen.querySelector(".deed-more").textContent, /may be put off: .*July 2099/);
});

test("nobody is taken off the list before somebody has said that it is the right person", async () => {
  const app = page({ "people/roll/strike": { answer: null, command: "" } });
  const screen = await shown(new DeedForm(app, PEOPLE, { deeds: ["roll/strike", "roll/add"], phone: null }));
  const choose = (deed) => {
    const choice = screen.querySelector(`input[name=deed][value="${deed}"]`);
    choice.checked = true;
    choice.dispatchEvent(new window.Event("change"));
  };
  const send = async () => {
    screen.querySelector("form").dispatchEvent(new window.Event("submit", { cancelable: true }));
    await settled();
  };
  const asked = () => app.asked.filter(([path]) => path === "people/roll/strike").length;
  choose("roll/strike");
  await send();
  assert.equal(asked(), 0);
  assert.match(screen.querySelector(".trouble").textContent, /Please tick the sentence/);
  screen.querySelector("input[name=sure]").checked = true;
  choose("roll/add");
  assert.equal(screen.querySelector("input[name=sure]"), null);
  choose("roll/strike");
  assert.equal(screen.querySelector("input[name=sure]").checked, false, "for each deed anew");
  screen.querySelector("input[name=sure]").checked = true;
  await send();
  assert.equal(asked(), 1);
});

test("before the keys are made nothing is offered that the board would not take", async () => {
  const stand = {
    phase: "setup",
    fingerprint: null,
    now: "2099-05-01T08:00:00Z",
    opens: "2099-05-02T08:00:00Z",
    closes: "2099-06-01T18:00:00Z",
    closes_latest: null,
    early_close: true,
    time_zone: "UTC",
    languages: ["en"],
    health: null,
    items: [],
    unticked: null,
  };
  const run = async (next) =>
    shown(
      new DeskRunScreen(page({ run: stand, "run/board": { next, counts: null, manifest: null } }, PROGRESS)),
    );
  const early = await run("keys");
  assert.match(early.textContent, /The trustees are making the keys/);
  assert.equal(early.querySelector(".run-forms form"), null);
  early.remove();
  const later = await run("rehearse");
  assert.ok(later.querySelectorAll(".run-forms form").length >= 1);
  later.remove();
});

test("hours of the help desk and of the journal are those of the town's clock, wherever the desk is", async () => {
  const at = "2026-05-02T22:30:00Z";
  const helped = {
    ...PERSON,
    code: { ...PERSON.code, state: "sent", sent: 1, last_sent: at, last_failed: at },
    printed: { made: at, expires: "2026-05-09T22:30:00Z", used: false },
    journal: [
      { at, what: "unlock", operator: "Ewa", reason: "asked", style: null, people: null, entry: null },
    ],
  };
  const { screen } = await found(helped, { ...PEOPLE, time_zone: "Europe/Warsaw" });
  const said = screen.textContent;
  assert.equal(said.match(/3 May 2026[^(]*00:30 \(Europe\/Warsaw\)/g)?.length, 4, said);
  assert.match(said, /good until [^(]*10 May 2026[^(]*00:30 \(Europe\/Warsaw\)/);
  assert.doesNotMatch(said, /22:30|UTC/);
});

test("whoever got another number is shown by it, and nothing is offered for the old one", async () => {
  const { app, screen } = await found(PERSON);
  const phone = screen.querySelector("input[name=deed][value=phone]");
  phone.checked = true;
  phone.dispatchEvent(new window.Event("change"));
  screen.querySelector("input[name=new-phone]").value = "+48 2";
  screen.querySelector("input[name=reason]").value = "asked";
  screen.querySelector("veche-deed form").dispatchEvent(new window.Event("submit", { cancelable: true }));
  await settled();
  assert.deepEqual(app.asked.at(-1), ["people/person", { phone: "+48 2" }]);
  assert.equal(screen.querySelector("input[name=sought]").value, "+48 2");
  assert.equal(screen.querySelectorAll("veche-deed").length, 1);
  assert.equal(screen.querySelector("veche-deed").number, "+48 2");
  assert.match(screen.textContent, /with the new number/);
});

test("what a trustee has compared stays compared when another one acts, and a refusal stays to be read", async () => {
  const texts = textsFrom("en", ["frame", "trustees"]);
  const did = (number, confirmed) => ({ number, committed: true, dealt: true, confirmed });
  const status = (confirmed) => ({
    trustees: [1, 2, 3].map((number) => did(number, number === confirmed)),
    threshold: 2,
    quorum: 3,
    ballots: 0,
    course: "founded",
    round: "confirm",
  });
  let step = { turn: "act", what: "confirm", shown: "abcd".repeat(16), fingerprint: "", remembers: true };
  const acted = [];
  const desk = {
    number: 3,
    keeps: true,
    manifest: { time_zone: "UTC" },
    status: status(0),
    size: 1,
    stay: async () => undefined,
    refresh: async () => true,
    next: async () => step,
    act: async (done) => acted.push(done),
  };
  const frame = { announce: () => undefined };
  const app = { t: texts, desk, frame, advance: () => undefined, met: (error) => assert.fail(error) };
  const screen = await shown(new TrusteeDeskScreen(app));
  const look = async () => {
    window.document.dispatchEvent(new window.Event("visibilitychange"));
    await settled();
    await settled();
  };
  const button = () => screen.querySelector("button.primary");
  button().click();
  await look();
  assert.match(
    screen.querySelector("[role=alert] .trouble").textContent,
    /compare/i,
    "it says why it does nothing",
  );
  const box = () => screen.querySelector("input[name=compared]");
  box().click();
  const before = box();
  desk.status = status(2);
  await look();
  assert.notEqual(box(), before, "the page is drawn anew");
  assert.ok(box().checked, "the same was compared");
  // Other words: what was compared is another thing.
  step = { ...step, shown: "dcba".repeat(16) };
  await look();
  assert.ok(!box().checked);
  box().click();
  button().click();
  await settled();
  assert.equal(acted.length, 1);
  screen.remove();
});

test("where no trustee may be missing, the page says so, and not that they are enough", async () => {
  const texts = textsFrom("en", ["frame", "trustees"]);
  const lead = async (quorum) => {
    const did = (number) => ({ number, committed: true, dealt: false, confirmed: false });
    const status = {
      trustees: [1, 2, 3].map(did),
      threshold: 2,
      quorum,
      ballots: 0,
      course: "founded",
      round: "deal",
    };
    const desk = {
      number: 3,
      keeps: true,
      manifest: { time_zone: "UTC" },
      status,
      size: 1,
      stay: async () => undefined,
      refresh: async () => true,
      next: async () => ({ turn: "act", what: "deal", remembers: true }),
    };
    const frame = { announce: () => undefined };
    const app = { t: texts, desk, frame, advance: () => undefined, met: (error) => assert.fail(error) };
    const screen = await shown(new TrusteeDeskScreen(app));
    await settled();
    return screen.textContent;
  };
  const all = await lead(3);
  assert.match(all, /all 3 trustees are needed for the count.*with which all 3 are needed/);
  assert.doesNotMatch(all, /are enough/);
  assert.match(await lead(2), /2 of 3 trustees are enough for the count/);
});
