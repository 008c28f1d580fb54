import { fill, h, svg, uniqueId } from "../../lib/dom.js";
import { Part } from "../part.js";

/** @typedef {import("../../lib/text.js").Texts} Texts */
/** @typedef {import("../../lib/dom.js").Children} Children */
/** One line: what it is called, and its value at each of the chart's hours. @typedef {{ name: Children, values: number[] }} Line */

const [HEIGHT, ABOVE, BELOW, BESIDE] = [280, 16, 34, 16];
const HOUR = 3_600;
/** Distances of the marks below the chart, in seconds. */
const STEPS = [1, 2, 3, 6, 12, 24, 48, 7 * 24, 14 * 24, 28 * 24].map((hours) => hours * HOUR);
/** A line is told from the others by its dashes and its marks, not by a colour alone. */
const LOOKS = ["whole", "first", "second", "third", "fourth", "fifth"];

/** Whole numbers for the marks beside the chart, from nothing to at least `most`. @param {number} most */
export function scale(most) {
  const rough = Math.max(1, most) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough) ?? 1);
  const top = Math.ceil(Math.max(1, most) / step) * step;
  return Array.from({ length: Math.round(top / step) + 1 }, (_, n) => n * step);
}

/**
 * How far a zone's clock is before UTC at a moment, in seconds.
 * @param {number} time
 * @param {Intl.DateTimeFormat} clock
 */
function offset(time, clock) {
  /** @type {Record<string, number>} */
  const on = {};
  for (const { type, value } of clock.formatToParts(time * 1_000)) on[type] = Number(value);
  const local = Date.UTC(on.year ?? 0, (on.month ?? 1) - 1, on.day, on.hour, on.minute, on.second) / 1_000;
  return local - Math.floor(time);
}

/**
 * The hours of the marks below the chart: whole ones on the town's clock, at most so many.
 * @param {number} from
 * @param {number} to
 * @param {string} zone
 * @param {number} most
 */
export function hours(from, to, zone, most) {
  const clock = new Intl.DateTimeFormat("en-u-nu-latn", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const step = STEPS.find((step) => (to - from) / step <= most) ?? (to - from) / most;
  const local = from + offset(from, clock);
  const marks = [];
  for (let mark = Math.ceil(local / step) * step; ; mark += step) {
    // The clock may have been changed since the first mark.
    const guess = mark - offset(from, clock);
    const time = mark - offset(guess, clock);
    if (time > to) return { step, marks };
    if (time >= from) marks.push(time);
  }
}

/** The zone, or UTC where this browser has not heard of it. @param {string} zone */
export function known(zone) {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return zone;
  } catch {
    return "UTC";
  }
}

/**
 * Lines of numbers against time. It is for the eyes: the same numbers always stand below it as a table.
 */
export class CurvePart extends Part {
  #width = 0;
  /** @type {ResizeObserver | null} */
  #watch = null;

  /**
   * @param {Texts} t
   * @param {{ title: string, zone: string, times: number[], lines: Line[] }} about  the times are seconds since 1970,
   * in their order; the first line is the whole
   */
  constructor(t, about) {
    super(t);
    this.about = { ...about, zone: known(about.zone) };
    this.figure = h("div", { class: "curve-picture" });
    const { lines } = about;
    fill(
      this,
      this.figure,
      lines.length > 1 &&
        h(
          "ul",
          { class: "curve-names" },
          lines.map(({ name }, at) =>
            h(
              "li",
              null,
              svg(
                "svg",
                { class: "curve-sample", viewBox: "0 0 40 12", "aria-hidden": "true", focusable: "false" },
                svg("path", { class: `curve-line ${look(at)}`, d: "M2 6H38" }),
                mark(at, 20, 6),
              ),
              h("span", null, name),
            ),
          ),
        ),
    );
  }

  connectedCallback() {
    this.#draw(this.clientWidth || 640);
    this.#watch = new ResizeObserver(() => this.#draw(this.clientWidth));
    this.#watch.observe(this);
  }

  disconnectedCallback() {
    this.#watch?.disconnect();
  }

  /** @param {number} space */
  #draw(space) {
    const width = Math.round(Math.max(240, Math.min(space, 960)));
    if (space === 0 || width === this.#width) return;
    this.#width = width;
    const { t } = this;
    const { title, zone, times, lines } = this.about;
    const leftward = document.documentElement.dir === "rtl";
    const marks = scale(Math.max(0, ...lines.flatMap(({ values }) => values)));
    const top = marks[marks.length - 1] ?? 1;
    const labels = marks.map((value) => t.number(value));
    const aside = Math.max(...labels.map((label) => label.length)) * 8 + 12;
    const [from, to] = [times[0] ?? 0, times[times.length - 1] ?? 0];
    const across = width - aside - BESIDE;
    const x = (/** @type {number} */ time) => {
      const place = to > from ? ((time - from) / (to - from)) * across : across / 2;
      return round(leftward ? width - aside - place : aside + place);
    };
    const y = (/** @type {number} */ value) =>
      round(HEIGHT - BELOW - (value / top) * (HEIGHT - ABOVE - BELOW));
    const [near, far] = leftward ? [width - aside, BESIDE] : [aside, width - BESIDE];
    const { step, marks: below } = hours(from, to, zone, Math.max(2, Math.floor(across / 76)));
    const day = new Intl.DateTimeFormat(t.region, { timeZone: zone, day: "numeric", month: "short" });
    const hour = new Intl.DateTimeFormat(t.region, {
      timeZone: zone,
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    const short = (/** @type {number} */ time) => {
      const at = new Date(time * 1_000);
      const isDay = step >= 24 * HOUR || isMidnight(time, zone);
      return isDay ? day.format(at) : hour.format(at);
    };
    const id = uniqueId("curve");
    fill(
      this.figure,
      svg(
        "svg",
        { class: "curve", viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-labelledby": id },
        svg("title", { id }, title),
        marks
          .map((value, at) => [
            svg("path", {
              class: value === 0 ? "curve-ground" : "curve-grid",
              d: `M${near} ${y(value)}H${far}`,
            }),
            svg(
              "text",
              {
                class: "curve-label",
                x: leftward ? near + 8 : near - 8,
                y: y(value) + 4,
                "text-anchor": leftward ? "start" : "end",
              },
              labels[at],
            ),
          ])
          .flat(),
        below
          .map((time) => [
            svg("path", { class: "curve-tick", d: `M${x(time)} ${HEIGHT - BELOW}v6` }),
            svg(
              "text",
              { class: "curve-label", x: x(time), y: HEIGHT - 8, "text-anchor": "middle" },
              short(time),
            ),
          ])
          .flat(),
        lines
          .map(({ values }, at) => {
            const path = values.map((value, place) => `${x(times[place] ?? 0)} ${y(value)}`);
            return [
              svg("path", { class: `curve-line ${look(at)}`, d: `M${path.join("L")}` }),
              values.map((value, place) => mark(at, x(times[place] ?? 0), y(value))),
            ].flat();
          })
          // The whole lies above its parts.
          .reverse()
          .flat(),
      ),
    );
  }
}

/** @param {number} value */
const round = (value) => Math.round(value * 10) / 10;

/** @param {number} at */
const look = (at) => LOOKS[Math.min(at, LOOKS.length - 1)] ?? "";

/** @param {number} time @param {string} zone */
function isMidnight(time, zone) {
  const format = new Intl.DateTimeFormat("en-u-nu-latn", {
    timeZone: zone,
    hour: "numeric",
    minute: "numeric",
    hourCycle: "h23",
  });
  return format.format(time * 1_000) === "00:00";
}

/** A point of a line: a circle, a square, a triangle, and then again. @param {number} at @param {number} x @param {number} y */
function mark(at, x, y) {
  const place = { class: `curve-mark ${look(at)}` };
  if (at === 0) return svg("circle", { ...place, cx: x, cy: y, r: 4 });
  if (at % 3 === 1) return svg("rect", { ...place, x: x - 3, y: y - 3, width: 6, height: 6 });
  if (at % 3 === 2) return svg("path", { ...place, d: `M${x} ${y - 4}l4 7h-8z` });
  return svg("path", { ...place, d: `M${x} ${y - 4}l4 4-4 4-4-4z` });
}

customElements.define("veche-curve", CurvePart);
