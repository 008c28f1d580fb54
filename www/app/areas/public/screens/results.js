import { fill, h, heading, said, technical, unseen, woven } from "../../../lib/dom.js";
import { Finder } from "../../../lib/finder.js";
import { saveBytes, saveText } from "../../../lib/download.js";
import { grouped } from "../../../lib/encoding.js";
import { quorumOf } from "../../../lib/manifest.js";
import { msg } from "../../../lib/text.js";
import { asTrouble } from "../../../lib/trouble.js";
import { ContestPart, ballotsOf, fundedOf } from "../../../parts/results/contest.js";
import { TurnoutPart } from "../../../parts/results/turnout.js";
import { Screen } from "../../../parts/screen.js";
import { SearchBox } from "../../../parts/search-box.js";
import { openResult } from "../model/results.js";
import { SMALL, newest, readTurnout } from "../model/turnout.js";

/** @typedef {import("../main.js").PublicApp} PublicApp */
/** @typedef {import("../../../lib/text.js").Key} Key */
/** @typedef {import("../model/results.js").Outcome} Outcome */
/** @typedef {import("../../../../veche-wasm-observer.js").ResultsView} ResultsView */
/** @typedef {import("../../../../veche-wasm-observer.js").Manifest} Manifest */

/** Up to so many contests stand on one page; more have a page each. */
const TOGETHER = 4;
/** A longer list of contests has a search field. */
const MANY = 8;

/** @type {Record<string, [Key, Key]>} heading and text of what can go wrong */
const REFUSALS = {
  "result-wrong": [msg("results.refused-heading"), msg("results.refused")],
  "wrong-election": [msg("results.other-heading"), msg("results.other")],
  setup: [msg("results.setup-heading"), msg("results.setup")],
  offline: [msg("results.unreachable-heading"), msg("results.unreachable")],
  server: [msg("results.unreachable-heading"), msg("results.unreachable")],
  "record-unreadable": [msg("results.unreachable-heading"), msg("results.unreachable")],
};

/**
 * When voting closes or closed, in milliseconds since 1970: as announced, or as the organiser has put it off.
 * @param {import("../../../../veche-wasm-observer.js").Manifest} manifest
 * @param {import("../model/results.js").Statement[]} statements
 */
const closing = (manifest, statements) =>
  Math.max(Date.parse(manifest.closes), ...statements.map(({ closes }) => (closes ?? 0) * 1_000));

/**
 * What was voted for, from the record's static files alone.
 * @extends {Screen<PublicApp>}
 */
export class ResultsScreen extends Screen {
  /** @param {PublicApp} app */
  constructor(app) {
    super(app);
    this.wanted = wantedContest(location.hash);
  }

  connectedCallback() {
    fill(
      this,
      heading(this.t("results.name")),
      h(
        "div",
        { class: "opening", role: "status" },
        h("progress", { "aria-label": this.t("results.loading") }),
        h("p", null, this.t("results.loading")),
      ),
    );
    void this.#load();
  }

  async #load() {
    // The heading is about to be replaced: whoever was led to it stays there.
    let focused = false;
    const look = () => {
      focused = document.activeElement === this.querySelector("h1");
    };
    try {
      const outcome = await openResult(this.app.means);
      look();
      const notices = outcome.statements.filter(({ text }) => text !== undefined);
      // They are numbered from 0: those before the first one here stand further up the board than this page reads.
      const earlier = (notices[0]?.number ?? 0) > 0;
      this.app.frame.introduce(outcome.manifest, { voter: false, home: "#results", notices, earlier });
      this.#show(outcome);
    } catch (error) {
      look();
      this.#refuse(error);
    }
    if (focused) this.querySelector("h1")?.focus({ preventScroll: true });
  }

  /** @param {unknown} error */
  #refuse(error) {
    const trouble = asTrouble(error);
    const [title, text] = REFUSALS[trouble.code] ?? [msg("results.failed-heading"), msg("results.failed")];
    const grave = ["result-wrong", "wrong-election"].includes(trouble.code);
    const again = h(
      "button",
      { type: "button", class: "button primary", on: { click: () => this.connectedCallback() } },
      this.t("app.retry"),
    );
    fill(
      this,
      h(
        "div",
        { class: `result-refused ${grave ? "grave" : ""}`, role: "alert" },
        heading(this.t(title)),
        h("p", { class: "lead" }, this.t(text)),
        h(
          "p",
          { class: "actions" },
          grave
            ? h("a", { class: "button secondary", href: "#verify" }, this.t("results.verify"))
            : trouble.code !== "setup" && again,
        ),
        h(
          "details",
          { class: "fold" },
          h("summary", null, this.t("stop.detail")),
          h("p", { class: "detail" }, technical(`${trouble.code}: ${trouble.message}`)),
        ),
      ),
    );
  }

  /** @param {Outcome} outcome */
  #show(outcome) {
    const { manifest, view } = outcome;
    if (!view) return fill(this, this.#waiting(outcome));
    const position = manifest.contests.findIndex(({ id }) => id === this.wanted);
    if (this.wanted !== "" && position >= 0) return fill(this, this.#one(outcome, view, position));
    fill(this, this.#overview(outcome, view));
  }

  /**
   * When voting ended; where it ended before the hour, that, too.
   * @param {Outcome} outcome
   */
  #closed({ manifest, statements, ended }) {
    const hour = (/** @type {number} */ time) => this.t.hour(time, manifest.time_zone);
    const announced = closing(manifest, statements);
    return ended !== undefined && ended * 1_000 < announced
      ? this.t("results.closed-early", { ended: hour(ended * 1_000), date: hour(announced) })
      : this.t("results.closed", { date: hour(announced) });
  }

  /** Before there is a result: how far the vote is. @param {Outcome} outcome */
  #waiting({ manifest, stage, statements }) {
    const now = Date.now();
    const [opens, closes] = [Date.parse(manifest.opens), closing(manifest, statements)];
    if (stage === "cancelled") {
      return [
        h("p", { class: "kicker" }, said(this.t, manifest.title)),
        heading(this.t("results.cancelled")),
        h("p", { class: "lead" }, this.t("results.cancelled-text")),
      ];
    }
    const open = stage === "open" && now < closes && now >= opens;
    const counting = stage === "counting" || stage === "published" || now >= closes;
    const [title, text] = open
      ? [
          this.t("results.open"),
          this.t("results.open-text", { date: this.t.hour(closes, manifest.time_zone) }),
        ]
      : counting
        ? [this.t("results.counting"), this.t("results.counting-text", { n: quorumOf(manifest.trustees) })]
        : [
            this.t("results.before"),
            this.t("results.before-text", { date: this.t.hour(manifest.opens, manifest.time_zone) }),
          ];
    return [
      h("p", { class: "kicker" }, said(this.t, manifest.title)),
      heading(title),
      h("p", { class: "lead" }, text),
      (open || counting) &&
        h(
          "p",
          { class: "actions" },
          open && h("a", { class: "button primary", href: "#welcome" }, this.t("results.vote")),
          h("a", { class: "button secondary", href: "#turnout" }, this.t("results.see-turnout")),
        ),
    ];
  }

  /**
   * @param {Outcome} outcome
   * @param {ResultsView} view
   */
  #overview(outcome, view) {
    const { manifest } = outcome;
    const together = view.contests.length <= TOGETHER;
    const turnout = new TurnoutPart(this.t, manifest, view.turnout);
    const contests = together
      ? view.contests.map(
          (result, position) =>
            new ContestPart(this.t, manifest, position, result, {
              level: "h2",
              actions: this.#ofContest(manifest, view, position),
            }),
        )
      : [turnout, this.#chooser(manifest, view)];
    return [
      h(
        "div",
        { class: "result-lead" },
        h("p", { class: "kicker" }, this.t("results.kicker")),
        heading(said(this.t, manifest.title)),
        h("p", null, this.#closed(outcome), " ", this.t("results.short")),
        this.#actions(),
      ),
      this.wanted !== "" && h("p", { class: "result-note", role: "alert" }, this.t("results.no-contest")),
      view.withheld && h("p", { class: "result-note no-result" }, this.t("results.no-result")),
      ...contests,
      together && turnout,
      this.#keys(outcome),
      this.#downloads(outcome),
      this.#checked(outcome),
    ];
  }

  /**
   * @param {Outcome} outcome
   * @param {ResultsView} view
   * @param {number} position
   */
  #one(outcome, view, position) {
    const { manifest } = outcome;
    const result = view.contests[position];
    const neighbour = (/** @type {number} */ at, /** @type {(contest: string) => string} */ words) => {
      const contest = manifest.contests[at];
      return (
        contest &&
        h(
          "a",
          { class: "button secondary", href: address(contest.id) },
          h("span", null, woven([said(this.t, contest.title)], words)),
        )
      );
    };
    return [
      h(
        "p",
        { class: "result-way" },
        h("a", { class: "frame-back", href: "#results" }, this.t("results.all")),
      ),
      h("p", { class: "kicker only-printed" }, this.t("results.kicker"), ": ", said(this.t, manifest.title)),
      result &&
        new ContestPart(this.t, manifest, position, result, {
          level: "h1",
          actions: this.#ofContest(manifest, view, position),
        }),
      h(
        "nav",
        { class: "actions result-neighbours", "aria-label": this.t("results.all") },
        neighbour(position - 1, (contest) => this.t("results.previous", { contest })),
        neighbour(position + 1, (contest) => this.t("results.next", { contest })),
      ),
      h("p", { class: "hint" }, this.t("results.short")),
      this.#actions(),
      this.#checked(outcome),
    ];
  }

  #actions() {
    return h(
      "p",
      { class: "actions" },
      h("a", { class: "button primary", href: "#verify" }, this.t("results.verify")),
      h("a", { class: "button secondary", href: "#find" }, this.t("results.find")),
    );
  }

  /**
   * A list of contests, with a field to find one by its name or a project's.
   * @param {Manifest} manifest
   * @param {ResultsView} view
   */
  #chooser(manifest, view) {
    const found = h("p", { class: "hint", role: "status" });
    const rows = view.contests.map((result, position) => {
      const contest = manifest.contests[position];
      const title = this.t.localised(contest?.title);
      const more = (contest?.options ?? []).flatMap(({ number = "", name }) => [
        number,
        this.t.localised(name),
      ]);
      const funded = fundedOf(this.t, result);
      const row = h(
        "li",
        null,
        h(
          "a",
          { href: address(contest?.id ?? "") },
          h("span", { class: "result-contest" }, said(this.t, contest?.title)),
          h("span", { class: "hint" }, [ballotsOf(this.t, result), funded].filter(Boolean).join(" · ")),
        ),
      );
      return { row, findable: { name: title, more } };
    });
    const finder = new Finder(rows.map(({ findable }) => findable));
    const search =
      rows.length > MANY &&
      new SearchBox(this.t("results.search"), (words) => {
        const places = finder.find(words)?.places ?? null;
        const n = places?.length ?? 0;
        rows.forEach(({ row }, at) => {
          row.hidden = places !== null && !places.includes(at);
        });
        found.textContent =
          places === null
            ? ""
            : n > 0
              ? this.t("results.search-found", { n })
              : this.t("results.search-none");
      });
    return h(
      "section",
      { class: "result-contests" },
      h("h2", null, this.t("results.contests", { n: rows.length })),
      search,
      found,
      h(
        "ul",
        null,
        rows.map(({ row }) => row),
      ),
    );
  }

  /**
   * What can be taken along of one contest.
   * @param {Manifest} manifest
   * @param {ResultsView} view
   * @param {number} position
   */
  #ofContest(manifest, view, position) {
    const contest = manifest.contests[position];
    // Pabulib has no place for a contest without money, nor for quadratic credits.
    if (!contest || view.contests[position]?.budget === undefined || contest.rule.type === "quadratic")
      return null;
    const save = async () => {
      const text = await this.app.engine.call("resultsPabulib", { contest: contest.id });
      saveText(`${contest.id.replace(/[^\p{L}\p{N}._-]+/gu, "-")}.pb`, "text/plain", text);
    };
    const name = woven([said(this.t, contest.title)], (contest) => this.t("results.pabulib-of", { contest }));
    return h(
      "p",
      { class: "result-file" },
      this.#button(this.t("results.pabulib"), name, `pb-${contest.id}`, save),
    );
  }

  /**
   * Voters and ballots by district and route: of a verification or a reading of the public list on this visit, or of one
   * that is made now; nothing where that would take minutes.
   * @param {Outcome} outcome
   */
  async #counted({ fingerprint }) {
    const { app } = this;
    const { report } = app;
    if (report?.fingerprint === fingerprint && report.outcome !== "failed") return report.turnout;
    const board = await newest(app.means);
    if (app.turnout?.checkpoint !== board.checkpoint && board.size <= SMALL)
      app.turnout = await readTurnout(app.means, board);
    return app.turnout?.checkpoint === board.checkpoint ? app.turnout.turnout.turnout : [];
  }

  /** @param {Outcome} outcome */
  #downloads(outcome) {
    const { engine } = this.app;
    const name = this.t("results.file");
    return h(
      "section",
      { class: "result-downloads" },
      h("h2", null, this.t("results.downloads")),
      h("p", null, this.t("results.downloads-text")),
      h(
        "p",
        { class: "actions" },
        this.#button(this.t("results.csv"), null, "csv", async () =>
          saveText(`${name}.csv`, "text/csv", await engine.call("resultsCsv", { language: this.t.language })),
        ),
        this.#button(this.t("results.excel"), null, "excel", async () => {
          const turnout = await this.#counted(outcome);
          saveBytes(
            `${name}-excel.csv`,
            await engine.call("resultsExcel", { language: this.t.language, turnout }),
          );
          return turnout.length > 0 ? undefined : this.t("results.excel-partial");
        }),
        this.#button(this.t("results.json"), null, "json", async () =>
          saveText(`${name}.json`, "application/json", await engine.call("resultsJson", undefined)),
        ),
        this.#button(this.t("results.print"), null, "print", async () => window.print()),
      ),
    );
  }

  /**
   * @param {string} words
   * @param {import("../../../lib/dom.js").Child[] | null} name for a screen reader, where the words alone would not say
   * what it is about
   * @param {string} file
   * @param {() => Promise<string | void>} act  gives what is to be said beside the file, where it is not all
   */
  #button(words, name, file, act) {
    const press = async () => {
      try {
        const beside = await act();
        if (beside) this.app.frame.warn(beside);
        else if (file !== "print") this.app.frame.announce(this.t("results.saved"));
      } catch (error) {
        this.#refuse(error);
      }
    };
    return h(
      "button",
      { type: "button", class: "button secondary", "data-file": file, on: { click: press } },
      h("span", { "aria-hidden": name ? "true" : null }, words),
      name && unseen(name),
    );
  }

  /** How often voters' keys changed: only who has verified the whole record knows. @param {Outcome} outcome */
  #keys({ fingerprint }) {
    const { report } = this.app;
    const known =
      report?.fingerprint === fingerprint && report.outcome !== "failed" ? report.key_changes : null;
    const line = (
      /** @type {import("../../../../veche-wasm-observer.js").KeyChange} */ { count, after_ballot: after },
      /** @type {Key} */ key,
    ) => count > 0 && h("li", null, this.t(key, { n: count, after }));
    return h(
      "section",
      { class: "result-keys" },
      h("h2", null, this.t("results.keys")),
      known
        ? h(
            "ul",
            null,
            line(known.handovers, msg("verify.notice.keys-handed-over")),
            line(known.replaced, msg("verify.notice.keys-replaced")),
            line(known.voted_on_paper, msg("verify.notice.voted-on-paper")),
            line(known.not_entitled, msg("verify.notice.not-entitled")),
            Object.values(known).every(({ count }) => count === 0) &&
              h("li", null, this.t("results.keys-none")),
          )
        : h("p", null, this.t("results.keys-unknown")),
      h("p", { class: "hint" }, this.t("results.keys-why")),
    );
  }

  /** What was checked, and what was not. @param {Outcome} outcome */
  #checked({ fingerprint }) {
    return h(
      "section",
      { class: "result-checked" },
      h("h2", null, this.t("results.checked")),
      h(
        "ul",
        null,
        h("li", null, this.t("results.checked-election")),
        h("li", null, this.t("results.checked-board")),
        h("li", null, this.t("results.checked-fit")),
      ),
      h("p", null, this.t("results.unchecked")),
      h(
        "p",
        { class: "hint fingerprint" },
        this.t("results.fingerprint", { fingerprint: grouped(fingerprint) }),
      ),
    );
  }
}

/** The contest that an address asks for: `#results/ID`. @param {string} hash */
function wantedContest(hash) {
  const id = hash.split("/").slice(1).join("/");
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

/** The page of one contest. @param {string} id */
const address = (id) => `#results/${encodeURIComponent(id)}`;

customElements.define("veche-results", ResultsScreen);
