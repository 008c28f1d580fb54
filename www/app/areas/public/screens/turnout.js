import { fill, h, heading, said, technical, uniqueId } from "../../../lib/dom.js";
import { msg } from "../../../lib/text.js";
import { asTrouble } from "../../../lib/trouble.js";
import { whileBusy } from "../../../parts/busy.js";
import { table } from "../../../parts/results/bars.js";
import { CurvePart, known } from "../../../parts/results/curve.js";
import { Screen } from "../../../parts/screen.js";
import { SMALL, newest, pointsOf, readTurnout } from "../model/turnout.js";

/** @typedef {import("../main.js").PublicApp} PublicApp */
/** @typedef {import("../model/turnout.js").Read} Read */
/** @typedef {import("../../../lib/text.js").Key} Key */

/** How often an open page looks whether the board has grown, in milliseconds. */
const PAUSE = 300_000;

/** Whose word an hour is. @type {Record<string, Key>} */
const NAMES = {
  organiser: msg("turnout.by-organiser"),
  trustees: msg("turnout.by-trustees"),
  witness: msg("turnout.by-witness"),
  keeper: msg("turnout.by-keeper"),
};

/**
 * How many people have signed in and voted, by district and route, at every hour that the board has.
 * @extends {Screen<PublicApp>}
 */
export class TurnoutScreen extends Screen {
  /** The district that is looked at; null for all. @type {string | null} */
  #district = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #shown = h("div", { class: "turnout-shown" });

  connectedCallback() {
    const { turnout } = this.app;
    if (turnout) this.#show(turnout);
    else this.#waiting(this.t("turnout.loading"), null);
    void this.#look(false);
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  /**
   * Reads the board where it has grown since it was read.
   * @param {boolean} asked whether somebody has asked for it, however long it takes
   */
  async #look(asked) {
    clearTimeout(this.#timer);
    const { app } = this;
    try {
      const board = await newest(app.means);
      if (!this.isConnected) return;
      if (app.turnout?.checkpoint !== board.checkpoint) {
        if (board.size > SMALL && !asked) {
          if (!app.turnout) this.#ask(board.size);
          return;
        }
        const read = await this.#read(board);
        if (!this.isConnected) return;
        app.turnout = read;
        this.#show(read);
      }
      const { turnout } = app;
      if (turnout?.turnout.open) this.#timer = setTimeout(() => void this.#look(false), PAUSE);
    } catch (error) {
      if (this.isConnected) this.#refuse(error);
    }
  }

  /** @param {{ checkpoint: string, size: number }} board */
  async #read(board) {
    const { app } = this;
    const bar = app.turnout ? null : this.#waiting(this.t("turnout.loading"), board.size);
    const progress = (/** @type {number} */ entries) => {
      if (bar) bar.value = entries;
    };
    try {
      return await readTurnout(app.means, board, progress);
    } catch (error) {
      // A board that grows while its files are read no longer has the ones that were asked for.
      if (asTrouble(error).code !== "record-unreadable") throw error;
      return readTurnout(app.means, await newest(app.means), progress);
    }
  }

  /**
   * @param {string} words
   * @param {number | null} most
   */
  #waiting(words, most) {
    const bar = h("progress", { "aria-label": words, max: most });
    fill(this, this.#heading(), h("div", { class: "opening", role: "status" }, bar, h("p", null, words)));
    return bar;
  }

  #heading() {
    return heading(this.t("turnout.heading"));
  }

  /** Before a long board is read. @param {number} entries */
  #ask(entries) {
    fill(
      this,
      this.#heading(),
      h("p", { class: "lead" }, this.t("turnout.large", { n: entries })),
      h(
        "p",
        { class: "actions" },
        h(
          "button",
          { type: "button", class: "button primary", on: { click: () => void this.#look(true) } },
          this.t("turnout.read"),
        ),
      ),
    );
    this.querySelector("h1")?.focus({ preventScroll: true });
  }

  /** @param {unknown} error */
  #refuse(error) {
    const trouble = asTrouble(error);
    const grave = ["result-wrong", "wrong-election"].includes(trouble.code);
    const words = grave
      ? this.t("turnout.refused")
      : trouble.code === "setup"
        ? this.t("turnout.setup")
        : this.t("turnout.unreachable");
    fill(
      this,
      this.#heading(),
      h(
        "div",
        { class: `result-refused ${grave ? "grave" : ""}`, role: "alert" },
        h("p", { class: "lead" }, words),
        trouble.code !== "setup" &&
          h(
            "p",
            { class: "actions" },
            h(
              "button",
              { type: "button", class: "button primary", on: { click: () => this.connectedCallback() } },
              this.t("app.retry"),
            ),
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

  /** @param {Read} read */
  #show(read) {
    const { manifest, turnout } = read;
    const focused = document.activeElement === this.querySelector("h1");
    const electorate = turnout.districts.reduce((n, one) => n + one.electorate, 0);
    const ballots = turnout.districts.reduce((n, one) => n + one.ballots, 0);
    const last = turnout.points[turnout.points.length - 1]?.time;
    const again = h(
      "button",
      {
        type: "button",
        class: "button secondary",
        on: { click: () => void whileBusy(again, this.t("app.working"), () => this.#look(true)) },
      },
      this.t("turnout.again"),
    );
    fill(
      this,
      h("p", { class: "kicker" }, said(this.t, manifest.title)),
      this.#heading(),
      h(
        "p",
        { class: "turnout-number" },
        h("strong", null, this.t("results.turnout-ballots", { n: ballots })),
        " ",
        this.t("results.turnout-of", { n: electorate, share: this.#share(ballots, electorate) }),
      ),
      last !== undefined &&
        h(
          "p",
          null,
          turnout.open
            ? this.t("turnout.as-of", { hour: this.t.hour(last * 1_000, manifest.time_zone) })
            : this.t("turnout.ended", { hour: this.t.hour(last * 1_000, manifest.time_zone) }),
        ),
      turnout.open && h("p", { class: "actions" }, again),
      manifest.styles.length > 1 && this.#chooser(read),
      this.#shown,
      h(
        "section",
        { class: "turnout-now" },
        h("h2", null, this.t("turnout.districts")),
        this.#districts(read),
      ),
      h(
        "section",
        { class: "turnout-about" },
        h("h2", null, this.t("turnout.about")),
        h("p", null, this.t("turnout.hours")),
        h("p", null, this.t("turnout.signed-in-text")),
        h("p", null, this.t("turnout.checked")),
        h(
          "p",
          { class: "actions" },
          h("a", { class: "button secondary", href: "#verify" }, this.t("results.verify")),
        ),
      ),
    );
    this.#curve(read);
    if (focused) this.querySelector("h1")?.focus({ preventScroll: true });
  }

  /** @param {number} part @param {number} whole */
  #share(part, whole) {
    return this.t.percent(whole > 0 ? part / whole : 0);
  }

  /** @param {Read} read */
  #chooser(read) {
    const { styles } = read.manifest;
    const id = uniqueId("district");
    const choice = h(
      "select",
      {
        id,
        on: {
          change: () => {
            this.#district = styles[choice.selectedIndex - 1]?.id ?? null;
            this.#curve(read);
          },
        },
      },
      h("option", null, this.t("turnout.all-districts")),
      styles.map(({ id: style, title }) =>
        h("option", { selected: style === this.#district }, this.t.localised(title)),
      ),
    );
    return h(
      "div",
      { class: "choose-district" },
      h("label", { for: id }, this.t("results.choose-district")),
      choice,
    );
  }

  /** @param {Read} read */
  #curve({ manifest, turnout }) {
    const { t } = this;
    const style = manifest.styles.find(({ id }) => id === this.#district);
    const electorate = style?.electorate ?? turnout.districts.reduce((n, one) => n + one.electorate, 0);
    const points = pointsOf(manifest, turnout, this.#district);
    // A route that nobody came by is no line.
    const routes = manifest.routes
      .map(({ title }, at) => ({ title, at }))
      .filter(({ at }) => points.some(({ routes }) => (routes[at]?.voters ?? 0) > 0));
    const several = routes.length > 1;
    const lines = [
      { name: t("turnout.all-routes"), values: points.map(({ all }) => all.ballots) },
      ...(several ? routes : []).map(({ title, at }) => ({
        name: /** @type {import("../../../lib/dom.js").Children} */ (said(t, title)),
        values: points.map(({ routes }) => routes[at]?.ballots ?? 0),
      })),
    ];
    const place = style ? t.localised(style.title) : t("turnout.all-districts");
    const moments = new Intl.DateTimeFormat(t.region, {
      timeZone: known(manifest.time_zone),
      day: "numeric",
      month: "short",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    const columns = [
      t("turnout.hour"),
      t("turnout.said-by"),
      t("results.ballots"),
      ...(several ? routes.map(({ title }) => said(t, title)) : []),
      t("results.share"),
      t("turnout.signed-in"),
    ];
    fill(
      this.#shown,
      h("h2", null, style ? said(t, style.title) : t("turnout.all-districts")),
      points.length > 1
        ? new CurvePart(t, {
            title: t("turnout.picture", { place }),
            zone: manifest.time_zone,
            times: points.map(({ time }) => time),
            lines,
          })
        : h("p", null, t("turnout.one-hour")),
      table(
        t("turnout.table", { place, zone: manifest.time_zone.replaceAll("_", " ") }),
        columns,
        points.map(({ time, by, all, routes: own }) => ({
          head: moments.format(time * 1_000),
          cells: [
            t(NAMES[by] ?? msg("turnout.by-keeper")),
            t.number(all.ballots),
            ...(several ? routes.map(({ at }) => t.number(own[at]?.ballots ?? 0)) : []),
            this.#share(all.ballots, electorate),
            t.number(all.voters),
          ],
        })),
      ),
    );
  }

  /** @param {Read} read */
  #districts({ manifest, turnout }) {
    const { t } = this;
    const rows = turnout.districts.map(({ style, electorate, voters, ballots }) => ({
      head: said(t, manifest.styles.find(({ id }) => id === style)?.title),
      cells: [t.number(electorate), t.number(voters), t.number(ballots), this.#share(ballots, electorate)],
      row: { "data-district": style },
    }));
    const columns = [
      t("results.district"),
      t("results.electorate"),
      t("turnout.signed-in"),
      t("results.ballots"),
      t("results.share"),
    ];
    return table(t("turnout.table-districts"), columns, rows);
  }
}

customElements.define("veche-turnout-course", TurnoutScreen);
