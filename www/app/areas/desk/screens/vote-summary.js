import { h, said } from "../../../lib/dom.js";
import { wideTable } from "./describe-findings.js";

/** @typedef {import("../../../lib/text.js").Localised} Localised */
/** @typedef {{ unix: number, local: string }} Hour */
/**
 * A vote in short.
 * @typedef {object} Summary
 * @property {Localised} title
 * @property {string[]} languages
 * @property {boolean} rehearsal
 * @property {Hour} opens
 * @property {Hour} closes
 * @property {Hour | null} closes_latest
 * @property {Hour | null} paper_until
 * @property {string} time_zone
 * @property {{ id: string, title: Localised, projects: number, budget: number | null, currency: string | null, cost: number | null }[]} lists
 * @property {{ id: string, title: Localised, lists: string[], others: number, electorate: number }[]} ballots
 * @property {number} projects
 * @property {number} electorate
 * @property {{ currency: string | null, amount: number }[]} money
 * @property {Localised[]} routes
 * @property {{ count: number, threshold: number }} trustees
 * @property {number} quorum
 * @property {number} minimum_group
 * @property {boolean} revote
 * @property {boolean} early_close
 */
/** The rules that some lists have in common, said by the program. @typedef {{ lists: string[], ballot: string, funding: string }} Rules */

/**
 * What the vote is, to be read before it is frozen.
 * @param {import("../../../lib/text.js").Texts} t
 * @param {Summary} vote
 * @param {Rules[]} rules
 */
export function voteSummary(t, vote, rules) {
  const hour = (/** @type {Hour} */ { unix }) => t.hour(unix * 1_000, vote.time_zone);
  const fact = (
    /** @type {import("../../../lib/dom.js").Children} */ name,
    /** @type {import("../../../lib/dom.js").Children} */ value,
  ) => [h("dt", null, name), h("dd", null, value)];
  const sum = (/** @type {number | null} */ amount, /** @type {string | null} */ currency) =>
    amount === null ? "" : t.money(amount, currency);
  const possible = (/** @type {boolean} */ may) =>
    may ? t("describe.possible") : t("describe.not-possible");
  const names = new Intl.DisplayNames(t.language, { type: "language" });
  return h(
    "section",
    { class: "vote-summary" },
    h("p", { class: "lead" }, h("strong", null, said(t, vote.title))),
    vote.rehearsal && h("p", { class: "callout" }, t("describe.rehearsal")),
    h(
      "dl",
      { class: "vote-facts" },
      ...fact(t("describe.opens"), hour(vote.opens)),
      ...fact(t("describe.closes"), hour(vote.closes)),
      ...(vote.closes_latest ? fact(t("describe.closes-latest"), hour(vote.closes_latest)) : []),
      ...(vote.paper_until ? fact(t("describe.paper-until"), hour(vote.paper_until)) : []),
      ...fact(t("describe.lists"), t.number(vote.lists.length)),
      ...fact(t("describe.projects"), t.number(vote.projects)),
      ...fact(t("describe.ballots"), t.number(vote.ballots.length)),
      ...fact(t("describe.people"), t.number(vote.electorate)),
      ...vote.money.flatMap(({ amount, currency }) => fact(t("describe.money"), t.money(amount, currency))),
      ...fact(
        t("describe.languages"),
        vote.languages.map((code) => names.of(code) ?? code).join(`${t("app.comma")} `),
      ),
      ...fact(
        t("describe.routes"),
        vote.routes.flatMap((route, at) => [at > 0 && `${t("app.comma")} `, said(t, route)]),
      ),
      ...fact(
        t("describe.trustees"),
        t("describe.trustees-of", {
          needed: vote.trustees.threshold,
          n: vote.trustees.count,
          quorum: vote.quorum,
        }),
      ),
      ...fact(t("describe.early"), possible(vote.early_close)),
      ...fact(t("describe.revote"), possible(vote.revote)),
      ...fact(t("describe.minimum-group"), t.number(vote.minimum_group)),
    ),
    h("h2", null, t("describe.rules")),
    h(
      "dl",
      { class: "vote-facts vote-rules" },
      rules.flatMap(({ lists, ballot, funding }) =>
        fact(rulesOf(t, vote, lists), [h("p", null, ballot), h("p", null, funding)]),
      ),
    ),
    wideTable(
      t("describe.lists"),
      [t("describe.list"), t("describe.projects"), t("describe.budget"), t("describe.cost")],
      vote.lists.map(({ title, projects, budget, currency, cost }) =>
        h(
          "tr",
          null,
          h("th", { scope: "row" }, said(t, title)),
          h("td", null, t.number(projects)),
          h("td", null, sum(budget, currency)),
          h("td", null, sum(cost, currency)),
        ),
      ),
    ),
    wideTable(
      t("describe.ballots"),
      [t("describe.district"), t("describe.on-ballot"), t("describe.people")],
      vote.ballots.map(({ title, lists, others, electorate }) =>
        h(
          "tr",
          null,
          h("th", { scope: "row" }, said(t, title)),
          h(
            "td",
            null,
            lists.join(`${t("app.comma")} `),
            others > 0 && ` ${t("describe.one-more", { n: others })}`,
          ),
          h("td", null, t.number(electorate)),
        ),
      ),
    ),
  );
}

/**
 * Which lists have these rules.
 * @param {import("../../../lib/text.js").Texts} t
 * @param {Summary} vote
 * @param {string[]} lists
 * @returns {import("../../../lib/dom.js").Children}
 */
function rulesOf(t, vote, lists) {
  if (lists.length > 1 && lists.length === vote.lists.length) return t("describe.all-lists");
  return vote.lists
    .filter(({ id }) => lists.includes(id))
    .flatMap(({ title }, at) => [at > 0 && `${t("app.comma")} `, said(t, title)]);
}
