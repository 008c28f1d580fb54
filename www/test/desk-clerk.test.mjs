// What a clerk reads where something is missing, was answered, or is read from right to left.
import assert from "node:assert/strict";
import test from "node:test";
import { JSDOM } from "jsdom";
import { textsFrom } from "./texts.mjs";

const { window } = new JSDOM("<!doctype html><main></main>", { url: "http://127.0.0.1:8470/#desk" });
for (const name of ["window", "document", "location", "HTMLElement", "Node", "customElements"])
  globalThis[name] = window[name];

const { extendForm, noticeForm } = await import("../app/areas/desk/screens/run-forms.js");
const { answers, findingsTable } = await import("../app/areas/desk/screens/describe-findings.js");
const { plainly } = await import("../app/areas/desk/screens/trustees.js");
const { mistakes } = await import("../app/areas/desk/roll-report.js");

const DESK = ["frame", "desk", "desk-describe", "desk-run", "desk-people", "desk-trustees"];
const t = textsFrom("en", DESK);
const main = window.document.querySelector("main");
const send = (form) => form.dispatchEvent(new window.Event("submit", { cancelable: true }));

const STAND = { languages: ["pl", "en"], closes_latest: null, early_close: true, time_zone: "UTC" };

test("what is missing before the vote is closed early is said beside the button, and read out", () => {
  const acted = [];
  main.replaceChildren(extendForm(t, STAND, (path, form) => acted.push([path, form])));
  const form = main.querySelector("form");
  const said = () => form.querySelector("[role=alert]").textContent;
  send(form);
  assert.match(said(), /Still missing: Polski and English\. Please tick the sentence/);
  assert.equal(form.querySelector("[role=alert]").nextElementSibling.type, "submit", "beside the button");
  assert.equal(window.document.activeElement.name, "words-pl");
  const [polish, english] = form.querySelectorAll("textarea");
  polish.value = "Sala jest zajęta.";
  english.value = " ";
  send(form);
  assert.match(said(), /Still missing: English\. Please tick/);
  english.value = "The hall is needed.";
  send(form);
  assert.equal(said(), "Please tick the sentence beside the button first.");
  assert.deepEqual(acted, []);
  form.querySelector("[name=sure]").checked = true;
  send(form);
  assert.equal(said(), "");
  assert.deepEqual(acted, [["run/close", { texts: { pl: "Sala jest zajęta.", en: "The hall is needed." } }]]);
});

test("a notice is written in every language before it is sent", () => {
  const acted = [];
  main.replaceChildren(noticeForm(t, STAND, (path) => acted.push(path)));
  const [form] = main.querySelectorAll("form");
  send(form);
  assert.match(form.querySelector("[role=alert]").textContent, /Still missing: Polski and English/);
  form.querySelectorAll("textarea").forEach((field) => (field.value = "x"));
  send(form);
  assert.deepEqual(acted, ["run/notice"]);
});

test("what was answered is shown, and asked again by a button", () => {
  const asked = [];
  const known = {
    place: "projects!D",
    sheet: "projects",
    row: null,
    column: "D",
    cell: "15.000",
    sentence: "which amount is this?",
    answer: "with thousands",
    means: null,
  };
  main.replaceChildren(answers(t, [known], (place) => asked.push(place)));
  assert.match(main.textContent, /projects, D: 15\.000 which amount is this\? with thousands/);
  main.querySelector("button").click();
  assert.deepEqual(asked, ["projects!D"]);
  main.replaceChildren(answers(t, [known], null));
  assert.equal(main.querySelector("button"), null, "what is frozen is not asked again");
});

test("a row of findings is a card with its heads on a narrow screen, and stays a row of a table", () => {
  const found = { sheet: "vote", row: 3, column: "B", cell: "x", sentence: "write a number" };
  main.replaceChildren(findingsTable(t, "Errors", [found]));
  const cells = [...main.querySelectorAll("tbody td")];
  assert.deepEqual(
    cells.map((cell) => cell.dataset.head),
    ["Sheet", "Row", "Column", "In the cell", "What to do"],
  );
  assert.ok(cells.every((cell) => cell.getAttribute("role") === "cell"));
  assert.equal(main.querySelector("tbody tr").getAttribute("role"), "row");
  assert.equal(main.querySelector("table").getAttribute("role"), "table");
});

test("a sentence is copied without the signs of a page, and its direction is known by its first sign", () => {
  const arabic = "\u2068Anna Nowak\u2069، نحن في انتظارك.";
  assert.equal(plainly(arabic, "rtl"), "\u200fAnna Nowak، نحن في انتظارك.");
  assert.equal(plainly("Anna Nowak, we wait for you.", "ltr"), "Anna Nowak, we wait for you.");
});

test("mistakes of a roll name districts by their titles, too, under one heading", () => {
  const districts = [
    { id: "N", title: { en: "North bank" } },
    { id: "S", title: { en: "South bank" } },
  ];
  const problem = (mistake, about) => ({ row: 2, column: "B", cell: "?", mistake, about, sentence: "" });
  const report = {
    mistakes: 3,
    delimiter: ";",
    problems: [
      problem("over-electorate", ["N", "5", "4"]),
      problem("district-unknown", ["N, S"]),
      problem("district-fixed", ["S"]),
    ],
  };
  main.replaceChildren(...mistakes(t, districts, report).filter(Boolean));
  const said = [...main.querySelectorAll("tbody tr")].map((row) => row.lastElementChild.textContent);
  assert.match(said[0], /In the district North bank \(N\) there are 5/);
  assert.match(said[1], /There are: North bank \(N\), South bank \(S\)\./);
  assert.match(said[2], /the district South bank \(S\) already/);
  assert.equal(main.textContent.split("What is wrong with it").length, 2, "the heading stands once");
  const region = main.querySelector("[role=region]").getAttribute("aria-labelledby");
  assert.equal(main.querySelector(`#${region}`).localName, "h3");
});
