/** What the results page says. */
export default {
  "results.name": "Results",
  "results.kicker": "Result of the vote",
  "results.all": "All contests",
  "results.loading": "Reading the published result…",

  "results.before": "Voting has not begun",
  "results.before-text": "It opens on {date}. The result is published here after the count.",
  "results.open": "Voting is open",
  "results.open-text": "It closes on {date}. The result is published here after the count.",
  "results.counting": "The votes are being counted",
  "results.counting-text": {
    one: "Voting has ended. The key-holder is opening the totals, and only the totals. The result is published here.",
    other:
      "Voting has ended. {n} key-holders together open the totals, and only the totals. The result is published here.",
  },
  "results.cancelled": "The vote is cancelled",
  "results.cancelled-text":
    "The organiser has cancelled this vote. Its ballots stay sealed, and there will be no result.",
  "results.vote": "Go to the ballot",

  "results.closed": "Voting has ended. It was announced until {date}.",
  "results.short":
    "These are the totals as they stand on the public board. Anyone can recompute them from the sealed ballots.",
  "results.verify": "Verify it yourself",
  "results.find": "Find my ballot",
  "results.keys": "Voters whose key changed",
  "results.keys-unknown":
    "How often a voter’s key was replaced, and how many voters were struck off, is counted when the whole record is verified.",
  "results.keys-none": "No voter’s key was changed, and nobody was struck off.",
  "results.keys-handed": {
    one: "{n} key was handed over to another by its voter ({after} after voting).",
    other: "{n} keys were handed over to others by their voters ({after} after voting).",
  },
  "results.keys-replaced": {
    one: "{n} key was replaced without the old one ({after} after voting).",
    other: "{n} keys were replaced without the old ones ({after} after voting).",
  },
  "results.keys-paper": {
    one: "{n} voter was struck off for having voted on paper ({after} after voting here).",
    other: "{n} voters were struck off for having voted on paper ({after} after voting here).",
  },
  "results.keys-not-entitled": {
    one: "{n} voter was struck off for not being entitled to vote ({after} after voting).",
    other: "{n} voters were struck off for not being entitled to vote ({after} after voting).",
  },
  "results.keys-why":
    "A key is replaced whenever somebody votes again from another phone, from a private tab, or from a browser that has forgotten it. It is also what somebody would do to vote in another’s place: if you voted once and your key was replaced, ask.",
  "results.checked": "What this page has checked",
  "results.checked-election": "This is the election whose fingerprint this site was published with.",
  "results.checked-board":
    "The public board is signed, and it ends with totals. The totals here are the same.",
  "results.checked-fit": "The totals fit the election: its projects, its rules and its number of voters.",
  "results.unchecked":
    "It has not recounted the ballots. To see that the totals are right, verify the whole record: it takes your browser some minutes. Your browser then recounts the sealed ballots itself.",
  "results.fingerprint": "Fingerprint of this election: {fingerprint}",

  "results.turnout": "Who took part",
  "results.turnout-ballots": { one: "{n} ballot counts", other: "{n} ballots count" },
  "results.turnout-of": "of at most {n} people who may vote: {share} %",
  "results.turnout-hundred": {
    one: "Of every 100 people who may vote, {n} voted.",
    other: "Of every 100 people who may vote, {n} voted.",
  },
  "results.turnout-few": "Of every 100 people who may vote, fewer than one voted.",
  "results.turnout-inhabitants": "{rate} ballots for every 1,000 inhabitants",
  "results.turnout-unknown":
    "The totals are published for the whole town, so the ballots of this district alone are not known.",
  "results.turnout-some":
    "How many voted in all is not known: the totals of some contests are not published by district.",
  "results.turnout-districts": "Turnout by district",
  "results.turnout-line": "{ballots} of {electorate}, {share} %",
  "results.turnout-rate": "{rate} per 1,000 inhabitants",
  "results.not-known": "not known",

  "results.table": "The numbers as a table",
  "results.table-contest": "Totals of {contest}",
  "results.table-turnout": "Turnout by district",
  "results.table-districts": "Totals of {contest} by district",
  "results.place": "Place",
  "results.option": "Project",
  "results.cost": "Cost",
  "results.outcome": "Outcome",
  "results.district": "District",
  "results.ballots": "Ballots",
  "results.electorate": "May vote, at most",
  "results.share": "Turnout",
  "results.inhabitants": "Inhabitants",
  "results.per-thousand": "Ballots per 1,000",
  "results.votes": "Votes",
  "results.points": "Points",
  "results.percent": "{n} %",

  "results.contests": { one: "{n} contest", other: "{n} contests" },
  "results.search": "Find a contest or a project",
  "results.search-found": { one: "{n} contest", other: "{n} contests" },
  "results.search-none": "No contest or project has these words.",
  "results.previous": "Before: {contest}",
  "results.next": "Next: {contest}",
  "results.no-contest": "This vote has no contest of this name.",

  "results.count-ballots": { one: "{n} ballot", other: "{n} ballots" },
  "results.count-blank": { one: "{n} of them blank", other: "{n} of them blank" },
  "results.count-no-blank": "none of them blank",
  "results.count-votes": { one: "{n} vote", other: "{n} votes" },
  "results.count-points": { one: "{n} point", other: "{n} points" },
  "results.funded-of": { one: "{n} of {all} projects is funded", other: "{n} of {all} projects are funded" },
  "results.money": "{spent} of {budget} is spent, and {left} is left.",
  "results.money-all": "All of {spent} is spent.",
  "results.money-none": "Nothing of {budget} is spent.",
  "results.order-only":
    "These totals give an order and no winner: by the published rules they do not decide who gets money.",
  "results.costs": "costs {amount}",
  "results.funded": "Funded",
  "results.too-dear": "Not funded: {left} was left",
  "results.out": "Not funded: no money was left",
  "results.no-votes": "Not funded: nobody chose it",
  "results.too-few-votes": "Not funded: fewer than the {minimum} needed",
  "results.excluded": "Not funded: only one of it and “{option}” can be built",
  "results.stopped": "Not funded: it stands below the first that the money did not pay for",
  "results.drawn-for": "To be drawn: equal totals",
  "results.waiting": "Not decided: a draw above it comes first",
  "results.line": "Here the money ran short: {left} was left, and the next project costs {cost}.",
  "results.line-out": "Here the money ran out. The next project costs {cost}.",
  "results.line-below": "Smaller projects below it can still be paid from what was left.",
  "results.tie":
    "{options} have the same total, and not all of them could be funded. By the published rules the cheaper one comes first, then the one listed first.",
  "results.tie-order":
    "{options} have the same total, and not all of them could be funded. By the published rules the one listed first comes first.",
  "results.tie-lot":
    "{options} have the same total, and not all of them could be funded. The organiser has drawn lots, and the draw is on the board.",
  "results.to-be-drawn":
    "{options} have the same total, and not all of them can be funded. By the published rules lots are drawn. Until then it is not decided which of them is funded, nor what follows below.",
  "results.withheld":
    "The totals are not published, because too few people voted: a small group’s totals could show how one person voted.",
  "results.no-result":
    "There is no result: in every contest too few people voted to publish totals, which could show how one person voted.",
  "results.by-district": "By district",
  "results.choose-district": "District",
  "results.other-districts": "voters of other districts",

  "results.downloads": "Take the numbers with you",
  "results.downloads-text":
    "For a spreadsheet, for a program, or for Pabulib, the library of participatory budgets.",
  "results.csv": "Table (CSV)",
  "results.json": "Data (JSON)",
  "results.pabulib": "Pabulib file (.pb)",
  "results.pabulib-of": "Pabulib file of {contest}",
  "results.print": "Print",
  "results.file": "results",
  "results.saved": "The file was handed to the browser.",

  "results.refused-heading": "This page does not show these totals",
  "results.refused":
    "What is published as the result is not what the public board of this election ends with, or it does not fit the election. It may have been altered on its way to you. Please tell the people who run this vote and an observer.",
  "results.other-heading": "This is another election",
  "results.other":
    "The record at this address belongs to another election than the one this site was published for. Please tell the people who run this vote.",
  "results.unreachable-heading": "The result cannot be read",
  "results.unreachable": "The published files could not be read. Please check your connection and try again.",
  "results.setup-heading": "This election is still being prepared",
  "results.setup": "Please come back when voting has ended.",
  "results.failed-heading": "Something went wrong",
  "results.failed": "The result could not be shown. Please reload the page.",
};
