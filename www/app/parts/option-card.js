import { fill, h, langOf, said, unseen, uniqueId } from "../lib/dom.js";
import { ownPicture } from "../lib/picture.js";
import { Stepper } from "./controls/stepper.js";
import { PlaceTick, Tick } from "./controls/tick.js";
import { Part } from "./part.js";

/** @typedef {import("../lib/text.js").Texts} Texts */
/** @typedef {import("../../veche-wasm-voter.js").ContestOption} ContestOption */
/** @typedef {import("./controls/tick.js").ControlState} ControlState */
/**
 * @typedef {object} CardSettings
 * @property {import("../lib/rules/rule.js").Control | null} control  null where options are read and not chosen
 * @property {string | null | undefined} currency
 * @property {string} [group]  ties radio buttons together
 * @property {string} [href]   where the name leads, on a card without a control
 * @property {() => void} [onAdd]
 * @property {() => void} [onTake]
 */

/**
 * The categories of an option: one, or several with commas that no space follows, as lists of them are exported.
 * @param {string} category
 */
const categoriesOf = (category) =>
  category
    .split(/,(?!\s)|;/)
    .map((one) => one.trim())
    .filter(Boolean);

const nothing = () => undefined;

/** One option: its name, what is known of it, its picture, and the control that its rule needs, or none. */
export class OptionCard extends Part {
  #hint;
  #reason;
  #control;

  /**
   * @param {Texts} t
   * @param {ContestOption} option
   * @param {CardSettings} settings
   * @param {string} [note] a line under the name, for the blank vote
   */
  constructor(
    t,
    option,
    { control, currency, group = "", href = "", onAdd = nothing, onTake = nothing },
    note = "",
  ) {
    super(t);
    const id = uniqueId("option");
    this.optionId = option.id;
    this.option = option;
    this.name = this.t.localised(option.name);
    this.categories = categoriesOf(this.t.localised(option.category));
    this.categoryLang = langOf(t, [option.category]);
    this.place = option.place ?? "";
    this.text = this.t.localised(option.text);
    const name = () => said(this.t, option.name);
    const number = option.number ?? "";
    const priced = option.cost !== undefined && option.cost !== null;
    const facts = note !== "" || number !== "" || priced || this.place !== "" || this.categories.length > 0;
    const read = control === null;
    this.#hint = read ? null : h("p", { class: "option-hint", id: `${id}-hint` });
    this.#reason = read ? null : h("p", { class: "visually-hidden", id: `${id}-reason` });
    const describedBy = [facts && `${id}-facts`, `${id}-hint`, `${id}-reason`].filter(Boolean).join(" ");
    const settings = { id, group, name: option.id, describedBy, onAdd, onTake };
    const counts = control === "count";
    this.#control = read
      ? null
      : counts
        ? new Stepper(this.t, settings, name)
        : control === "place"
          ? new PlaceTick(this.t, settings)
          : new Tick(this.t, settings, control === "radio" ? "radio" : "checkbox");
    this.dataset.option = option.id;
    this.className = `option ${control ?? "read"}`;
    /** @param {string} kind @param {string} what @param {string} shown @param {Record<string, string | null>} [about] */
    const fact = (kind, what, shown, about = {}) =>
      h("span", { class: `option-${kind}` }, what && unseen(`${what} `), h("span", about, shown));
    fill(
      this,
      this.#picture(option.picture),
      h(
        "div",
        { class: "option-body" },
        // A label's own area is stretched over the card, so that the whole card is the target.
        read
          ? h("p", { id, class: "option-name" }, href ? h("a", { href }, name()) : name())
          : counts
            ? h("p", { id, class: "option-title" }, name())
            : h("label", { for: id, class: "option-name" }, name()),
        facts &&
          h(
            "p",
            { class: "option-facts", id: `${id}-facts` },
            note,
            number && fact("number", this.t("choose.number"), number, { dir: "ltr", translate: "no" }),
            priced && fact("cost", this.t("choose.cost"), this.t.money(option.cost ?? 0, currency)),
            this.categories.length > 0 &&
              fact("category", this.t("choose.category"), this.t.joined(this.categories), {
                lang: this.categoryLang,
                dir: "auto",
              }),
            this.place && fact("place", this.t("choose.place"), this.place, { dir: "auto" }),
          ),
        !counts && this.#hint,
        this.text &&
          h(
            "details",
            { class: "option-text" },
            h("summary", null, this.t("choose.more"), unseen(" ", name())),
            h("p", null, said(this.t, option.text)),
          ),
      ),
      this.#control && h("div", { class: "option-control" }, this.#control, counts && this.#hint),
      this.#reason,
    );
  }

  /** @param {string | null | undefined} picture */
  #picture(picture) {
    const src = ownPicture(picture);
    if (!src) return null;
    const shown = h("div", { class: "option-picture" });
    // A picture that is missing leaves its room to the name.
    const error = () => shown.remove();
    fill(
      shown,
      h("img", { src, alt: "", loading: "lazy", decoding: "async", width: 400, height: 300, on: { error } }),
    );
    return shown;
  }

  /** What a search looks at. @returns {import("../lib/finder.js").Findable} */
  get findable() {
    const { name, categories, place, text, option } = this;
    return { number: option.number, name, more: [place, ...categories, text] };
  }

  /** @param {ControlState} state */
  show(state) {
    const { value, shown, barred, hint, next } = state;
    if (!this.#control || !this.#hint || !this.#reason) return;
    this.#control.show(state);
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
