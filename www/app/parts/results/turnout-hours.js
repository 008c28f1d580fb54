import { fill, h, said, uniqueId } from "../../lib/dom.js";
import { msg } from "../../lib/text.js";
import { pointsOf } from "../../lib/turnout.js";
import { Part } from "../part.js";
import { table } from "./bars.js";
import { CurvePart, known } from "./curve.js";

/** @typedef {import("../../lib/text.js").Key} Key */
/** @typedef {import("../../lib/text.js").Texts} Texts */
/** @typedef {import("../../lib/dom.js").Children} Children */
/** @typedef {import("../../../veche-wasm-observer.js").Manifest} Manifest */
/** @typedef {import("../../../veche-wasm-observer.js").TurnoutByHour} TurnoutByHour */
/** What is drawn: the description of the vote, and what was counted. @typedef {{ manifest: Manifest, turnout: TurnoutByHour }} Counted */

/** Whose word an hour is. @type {Record<string, Key>} */
const NAMES = {
  organiser: msg("turnout.by-organiser"),
  trustees: msg("turnout.by-trustees"),
  witness: msg("turnout.by-witness"),
  keeper: msg("turnout.by-keeper"),
};

/**
 * How many people have signed in and voted, by district and route, at every hour that the board has: in words, as lines
 * and as tables.
 */
export class TurnoutHours extends Part {
  #shown = h("div", { class: "turnout-shown" });

  /**
   * @param {Texts} t
   * @param {Counted} counted
   * @param {{ district?: string | null, again?: Children }} [how] the district that is looked at, null for all; and what
   *   stands below the hour, such as a button that looks again
   */
  constructor(t, counted, { district = null, again = null } = {}) {
    super(t);
    this.district = district;
    const { manifest, turnout } = counted;
    const electorate = turnout.districts.reduce((n, one) => n + one.electorate, 0);
    const ballots = turnout.districts.reduce((n, one) => n + one.ballots, 0);
    const last = turnout.points[turnout.points.length - 1]?.time;
    fill(
      this,
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
      again,
      manifest.styles.length > 1 && this.#chooser(counted),
      this.#shown,
      h(
        "section",
        { class: "turnout-now" },
        h("h2", null, this.t("turnout.districts")),
        this.#districts(counted),
      ),
    );
    this.#curve(counted);
  }

  /** @param {number} part @param {number} whole */
  #share(part, whole) {
    return this.t.percent(whole > 0 ? part / whole : 0);
  }

  /** @param {Counted} counted */
  #chooser(counted) {
    const id = uniqueId("district");
    const choice = h(
      "select",
      {
        id,
        on: {
          change: () => {
            this.district = choice.value || null;
            this.#curve(counted);
          },
        },
      },
      // By a value that is the same in every language, or the choice is lost when another one is spoken.
      h("option", { value: "" }, this.t("turnout.all-districts")),
      counted.manifest.styles.map(({ id: style, title }) =>
        h("option", { value: style, selected: style === this.district }, this.t.localised(title)),
      ),
    );
    return h(
      "div",
      { class: "choose-district" },
      h("label", { for: id }, this.t("results.choose-district")),
      choice,
    );
  }

  /** @param {Counted} counted */
  #curve({ manifest, turnout }) {
    const { t } = this;
    const style = manifest.styles.find(({ id }) => id === this.district);
    const electorate = style?.electorate ?? turnout.districts.reduce((n, one) => n + one.electorate, 0);
    const points = pointsOf(manifest, turnout, this.district);
    // A route that nobody came by is no line.
    const routes = manifest.routes
      .map(({ title }, at) => ({ title, at }))
      .filter(({ at }) => points.some(({ routes }) => (routes[at]?.voters ?? 0) > 0));
    const several = routes.length > 1;
    const lines = [
      { name: t("turnout.all-routes"), values: points.map(({ all }) => all.ballots) },
      ...(several ? routes : []).map(({ title, at }) => ({
        name: /** @type {Children} */ (said(t, title)),
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

  /** @param {Counted} counted */
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

customElements.define("veche-turnout-hours", TurnoutHours);
