import { fill, h, svg, uniqueId } from "../lib/dom.js";
import { Stepper } from "./controls/stepper.js";
import { PlaceTick, Tick } from "./controls/tick.js";
import { Part } from "./part.js";

/** @typedef {import("../lib/text.js").Texts} Texts */
/** @typedef {import("../../veche-wasm-voter.js").ContestOption} ContestOption */
/** @typedef {import("./controls/tick.js").ControlState} ControlState */
/**
 * @typedef {object} CardSettings
 * @property {import("../lib/rules/rule.js").Control} control
 * @property {string} group  ties radio buttons together
 * @property {string | null | undefined} currency
 * @property {() => void} onAdd
 * @property {() => void} onTake
 */

/**
 * The address of an option's picture, if it lies on this site: nothing is ever fetched from anywhere else.
 * @param {string | null | undefined} picture
 */
function pictureAddress(picture) {
  if (!picture) return null;
  try {
    const address = new URL(picture, document.baseURI);
    return address.origin === location.origin ? address.href : null;
  } catch {
    return null;
  }
}

/** A mark on a map, where an option has no picture of its own. */
const noPicture = () =>
  svg(
    "svg",
    { viewBox: "0 0 40 30", class: "no-picture", "aria-hidden": "true" },
    svg("path", {
      d: "M20 6c-4.200 0-7.500 3.200-7.500 7.200 0 5.300 7.500 11.300 7.500 11.300s7.500-6 7.500-11.300c0-4-3.300-7.200-7.500-7.200z",
    }),
    svg("circle", { cx: 20, cy: 13.2, r: 2.6 }),
  );

/** One option: picture, name, cost, place, description, and the control that its rule needs. */
export class OptionCard extends Part {
  #mark = h("span", { class: "option-mark", "aria-hidden": "true" });
  #hint;
  #reason;
  #control;

  /**
   * @param {Texts} t
   * @param {ContestOption} option
   * @param {CardSettings} settings
   * @param {string} [note] a line under the name, for the blank vote
   */
  constructor(t, option, { control, group, currency, onAdd, onTake }, note = "") {
    super(t);
    const id = uniqueId("option");
    this.optionId = option.id;
    this.name = this.t.localised(option.name);
    const text = this.t.localised(option.text);
    const place = option.place ?? "";
    /** What the search looks at. */
    this.texts = [this.name, text, place];
    const picture = pictureAddress(option.picture);
    const priced = option.cost !== undefined && option.cost !== null;
    const facts = note !== "" || priced || place !== "";
    this.#hint = h("p", { class: "option-hint", id: `${id}-hint` });
    this.#reason = h("p", { class: "visually-hidden", id: `${id}-reason` });
    const describedBy = [facts && `${id}-facts`, `${id}-hint`, `${id}-reason`].filter(Boolean).join(" ");
    const settings = { id, group, name: option.id, describedBy, onAdd, onTake };
    const counts = control === "count";
    this.#control = counts
      ? new Stepper(this.t, settings, this.name)
      : control === "place"
        ? new PlaceTick(this.t, settings)
        : new Tick(this.t, settings, control === "radio" ? "radio" : "checkbox");
    this.dataset.option = option.id;
    this.className = `option ${control}`;
    fill(
      this,
      h(
        "div",
        { class: "option-picture" },
        picture
          ? h("img", {
              src: picture,
              alt: "",
              loading: "lazy",
              decoding: "async",
              width: 400,
              height: 300,
              on: {
                error: (/** @type {Event} */ event) => {
                  /** @type {Element} */ (event.target).replaceWith(noPicture());
                },
              },
            })
          : noPicture(),
        this.#mark,
      ),
      h(
        "div",
        { class: "option-body" },
        // A label's own area is stretched over the card, so that the whole card is the target.
        counts
          ? h("p", { id, class: "option-title" }, this.name)
          : h("label", { for: id, class: "option-name" }, this.name),
        facts &&
          h(
            "p",
            { class: "option-facts", id: `${id}-facts` },
            note,
            priced &&
              h(
                "span",
                { class: "option-cost" },
                h("span", { class: "visually-hidden" }, `${this.t("choose.cost")} `),
                this.t.money(option.cost ?? 0, currency),
              ),
            place &&
              h(
                "span",
                { class: "option-place" },
                h("span", { class: "visually-hidden" }, `${this.t("choose.place")} `),
                place,
              ),
          ),
        !counts && this.#hint,
        text &&
          h(
            "details",
            { class: "option-text" },
            h(
              "summary",
              null,
              this.t("choose.more"),
              h("span", { class: "visually-hidden" }, ` ${this.name}`),
            ),
            h("p", null, text),
          ),
      ),
      h("div", { class: "option-control" }, this.#control, counts && this.#hint),
      this.#reason,
    );
  }

  /** @param {ControlState} state */
  show(state) {
    const { value, shown, barred, hint, next } = state;
    this.#control.show(state);
    this.#mark.textContent = shown || this.t("choose.chosen-mark");
    this.#hint.textContent = hint;
    // Said once: what stands on the card is part of the description already.
    const place =
      this.#control instanceof PlaceTick && (value > 0 ? shown : this.t("ranked.add", { n: next }));
    this.#reason.textContent = barred === hint ? "" : barred || place || "";
    this.classList.toggle("chosen", value > 0);
    this.classList.toggle("barred", barred !== "" && value === 0);
  }
}

customElements.define("veche-option", OptionCard);
