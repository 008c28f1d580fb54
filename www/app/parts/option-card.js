import { fill, h, svg, uniqueId } from "../lib/dom.js";
import { localised, money, t } from "../lib/text.js";

/** @typedef {import("../../veche-wasm.js").ContestOption} ContestOption */

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
const noPicture = () => svg("svg", { viewBox: "0 0 40 30", class: "no-picture", "aria-hidden": "true" },
  svg("path", { d: "M20 6c-4.200 0-7.500 3.200-7.500 7.200 0 5.300 7.500 11.300 7.500 11.300s7.500-6 7.500-11.300c0-4-3.300-7.200-7.500-7.200z" }),
  svg("circle", { cx: 20, cy: 13.2, r: 2.6 }));

/** One option: picture, name, cost, place, description, and a box to tick. */
export class OptionCard extends HTMLElement {
  /**
   * @param {ContestOption} option
   * @param {{ group: string, single: boolean, currency: string | null | undefined, onChange: () => void }} settings
   * @param {string} [note] a line under the name, for the blank vote
   */
  constructor(option, { group, single, currency, onChange }, note = "") {
    super();
    const id = uniqueId("option");
    this.optionId = option.id;
    this.name = localised(option.name);
    const text = localised(option.text);
    const place = option.place ?? "";
    /** What the search looks at. */
    this.texts = [this.name, text, place];
    const picture = pictureAddress(option.picture);
    const mark = h("span", { class: "option-mark", "aria-hidden": "true" }, t("choose.chosen-mark"));
    const facts = [note, option.cost === undefined || option.cost === null ? "" : money(option.cost, currency), place].filter(Boolean);
    this.input = h("input", {
      id, type: single ? "radio" : "checkbox", name: group, value: option.id, class: "option-input",
      "aria-describedby": facts.length > 0 ? `${id}-facts` : null,
      on: { change: onChange },
    });
    this.className = "option";
    fill(this,
      h("div", { class: "option-picture" }, picture
        ? h("img", { src: picture, alt: "", loading: "lazy", decoding: "async", width: 400, height: 300, on: { error: (/** @type {Event} */ event) => {
          /** @type {Element} */ (event.target).replaceWith(noPicture());
        } } })
        : noPicture(), mark),
      h("div", { class: "option-body" },
        // The label's own area is stretched over the card, so that the whole card is the target.
        h("label", { for: id, class: "option-name" }, this.name),
        facts.length > 0 && h("p", { class: "option-facts", id: `${id}-facts` }, note,
          option.cost === undefined || option.cost === null ? null : h("span", { class: "option-cost" },
            h("span", { class: "visually-hidden" }, `${t("choose.cost")} `), money(option.cost, currency)),
          place && h("span", { class: "option-place" },
            h("span", { class: "visually-hidden" }, `${t("choose.place")} `), place)),
        text && h("details", { class: "option-text" }, h("summary", null, t("choose.more"), h("span", { class: "visually-hidden" }, ` ${this.name}`)), h("p", null, text))),
      h("div", { class: "option-tick" }, this.input),
    );
  }

  /** @param {boolean} chosen */
  set chosen(chosen) {
    this.input.checked = chosen;
    this.classList.toggle("chosen", chosen);
  }
}

customElements.define("veche-option", OptionCard);
