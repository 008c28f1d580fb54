import { fill, h, langOf, uniqueId } from "../lib/dom.js";
import { Finder } from "../lib/finder.js";
import { NO_LOOK } from "../lib/look.js";
import { Part } from "./part.js";
import { MANY, SearchBox } from "./search-box.js";

/** @typedef {import("../lib/text.js").Texts} Texts */
/** @typedef {import("../lib/look.js").Look} Look */
/** @typedef {import("./option-card.js").OptionCard} OptionCard */
/**
 * @typedef {object} ListSettings
 * @property {boolean} [drawn]  whether the cards stand in an order that was drawn for this device
 * @property {OptionCard | null} [last] a card that always stands behind the others
 * @property {Look} [look]      how the list was looked at before
 * @property {(look: Partial<Look>) => void} [onLook]
 * @property {(sentence: string) => void} [onSay] hears what a screen reader is to be told
 */

/** How long typing rests before the number of those found is said, in milliseconds. */
const REST = 700;

/**
 * The different values of what cards say, as the language sorts them; none where they would not sort anything out.
 * @param {Texts} t
 * @param {string[][]} values those of each card
 */
function kinds(t, values) {
  const all = values.flat();
  const different = [...new Set(all)].sort(new Intl.Collator(t.language, { numeric: true }).compare);
  return different.length > 1 && different.length < all.length ? different : [];
}

/** Options to look through: a search, what to leave out, how to sort, and the cards. For voters and for all others. */
export class OptionList extends Part {
  #cards;
  #last;
  #finder;
  #look;
  #onLook;
  #onSay;
  /** @type {SearchBox | null} */
  #search = null;
  /** @type {HTMLSelectElement[]} */
  #selects = [];
  #found = h("p", { class: "found" });
  #all = h("button", { type: "button", class: "link" });
  #line = h("div", { class: "found-line" }, this.#found, this.#all);
  #open = h("button", { type: "button", class: "button secondary tool" });
  #more = h("div", { class: "tools-more", id: uniqueId("tools"), hidden: true });
  #list;
  #saying = 0;

  /**
   * @param {Texts} t
   * @param {OptionCard[]} cards in the order in which they stand
   * @param {HTMLElement} list what holds the cards
   * @param {ListSettings} [settings]
   */
  constructor(
    t,
    cards,
    list,
    { drawn = false, last = null, look = NO_LOOK, onLook = () => undefined, onSay = () => undefined } = {},
  ) {
    super(t);
    this.#cards = cards;
    this.#last = last;
    this.#look = look;
    this.#onLook = onLook;
    this.#onSay = onSay;
    this.#list = list;
    this.#finder = new Finder(cards.map((card) => card.findable));
    const tools = this.long && this.#tools(drawn);
    fill(this, tools, drawn && h("p", { class: "hint" }, this.t("choose.drawn")), this.#status(), list);
    this.#arrange();
  }

  // The browser's own memory of how far a page was scrolled is of another list, before this one was looked through.
  connectedCallback() {
    window.history.scrollRestoration = "manual";
  }

  disconnectedCallback() {
    window.history.scrollRestoration = "auto";
    clearTimeout(this.#saying);
  }

  /** Whether there is much to look through. */
  get long() {
    return this.#cards.length > MANY;
  }

  /** @param {boolean} drawn */
  #tools(drawn) {
    const { t } = this;
    const search = new SearchBox(t("choose.search"), (words) => this.#change({ words }), {
      short: t("choose.search-short"),
    });
    search.words = this.#look.words;
    this.#search = search;
    const categories = kinds(
      t,
      this.#cards.map((card) => card.categories),
    );
    const places = kinds(
      t,
      this.#cards.map((card) => (card.place ? [card.place] : [])),
    );
    /** @type {[string, string][]} */
    const sorts = [
      ["", drawn ? t("choose.sort-drawn") : t("choose.sort-ballot")],
      ["name", t("choose.sort-name")],
    ];
    if (this.#cards.some(({ option }) => (option.cost ?? 0) > 0)) sorts.push(["cost", t("choose.sort-cost")]);
    /** @param {string[]} values @param {string} all @returns {[string, string][]} */
    const choices = (values, all) =>
      ["", ...values].map((value) => /** @type {[string, string]} */ ([value, value || all]));
    fill(
      this.#more,
      categories.length > 0 &&
        this.#select(
          "category",
          t("choose.category"),
          choices(categories, t("choose.category-all")),
          langOf(
            t,
            this.#cards.flatMap(({ option }) => (option.category ? [option.category] : [])),
          ),
        ),
      places.length > 0 && this.#select("place", t("choose.place"), choices(places, t("choose.place-all"))),
      this.#select("sort", t("choose.sort"), sorts),
    );
    this.#open.textContent = categories.length + places.length > 0 ? t("choose.filter") : t("choose.sort");
    // What leaves options out is in sight wherever it was picked.
    this.#unfold(this.#selects.some(({ name, value }) => name !== "sort" && value !== ""));
    this.#open.setAttribute("aria-controls", this.#more.id);
    this.#open.addEventListener("click", () => this.#unfold(this.#more.hidden));
    return h("div", { class: "tools", role: "search" }, search, this.#open, this.#more);
  }

  /** @param {boolean} open */
  #unfold(open) {
    this.#more.hidden = !open;
    this.#open.setAttribute("aria-expanded", String(open));
  }

  /**
   * @param {"category" | "place" | "sort"} name
   * @param {string} label
   * @param {[string, string][]} values
   * @param {string | null} [lang] of the values, if it is not the reader's; the first is the page's own
   */
  #select(name, label, values, lang = null) {
    const id = uniqueId("look");
    const select = h(
      "select",
      { id, name },
      values.map(([value, shown]) => h("option", { value, lang: value ? lang : null }, shown)),
    );
    select.value = this.#look[name];
    // What was looked for before may be called something else now, in another language.
    if (select.selectedIndex < 0) {
      select.value = "";
      this.#look = { ...this.#look, [name]: "" };
    }
    select.addEventListener("change", () => this.#change({ [name]: select.value }));
    this.#selects.push(select);
    return h("div", { class: "tools-field" }, h("label", { for: id }, label), select);
  }

  #status() {
    this.#all.textContent = this.t("choose.all", { n: this.#cards.length });
    this.#all.addEventListener("click", () => {
      if (this.#search) this.#search.words = "";
      for (const select of this.#selects) if (select.name !== "sort") select.value = "";
      this.#unfold(false);
      this.#change({ words: "", category: "", place: "" });
      // The field would bring up the keys of a phone.
      this.#open.focus();
    });
    return this.#line;
  }

  /** @param {Partial<Look>} look */
  #change(look) {
    this.#look = { ...this.#look, ...look, at: "", top: 0 };
    this.#arrange();
    this.#onLook(this.#look);
    clearTimeout(this.#saying);
    // Whoever types hears the number once the word stands.
    this.#saying = setTimeout(() => this.#onSay(this.#found.textContent ?? ""), REST);
    // What was found begins under the tools, however far down somebody had come.
    const top = this.getBoundingClientRect().top;
    if (top < 0) window.scrollBy(0, top);
  }

  /** Shows the cards that are looked for, in the order that is wanted; they stay until it is changed. */
  #arrange() {
    const { words, category, place, sort } = this.#look;
    const found = this.#finder.find(words);
    const collator = new Intl.Collator(this.t.language, { numeric: true });
    const cards = found
      ? found.places.map((at) => /** @type {OptionCard} */ (this.#cards[at]))
      : [...this.#cards];
    const shown = cards.filter(
      (card) =>
        (category === "" || card.categories.includes(category)) && (place === "" || card.place === place),
    );
    if (sort === "name") shown.sort((one, other) => collator.compare(one.name, other.name));
    if (sort === "cost") shown.sort((one, other) => (one.option.cost ?? 0) - (other.option.cost ?? 0));
    const all = words === "" && category === "" && place === "";
    const visible = new Set(shown);
    const wanted = [...shown, ...this.#cards.filter((card) => !visible.has(card))];
    for (const card of this.#cards) card.hidden = !visible.has(card);
    if (this.#last) this.#last.hidden = !all;
    // Nothing is moved that stands where it belongs: a card that is moved loses the focus.
    const now = [...this.#list.children].filter((card) => wanted.includes(/** @type {OptionCard} */ (card)));
    if (wanted.some((card, at) => now[at] !== card)) this.#list.append(...wanted);
    if (this.#last && this.#list.lastElementChild !== this.#last) this.#list.append(this.#last);
    const { length: n } = shown;
    fill(
      this.#found,
      all
        ? ""
        : n === 0
          ? this.t("choose.found-none")
          : found?.close
            ? this.t("choose.found-close", { n })
            : this.t("choose.found", { n }),
    );
    this.#line.hidden = all;
  }

  /** Where somebody has come to: the first card that is not above the window, and how far below its edge it is. */
  get position() {
    const below = this.#tall;
    for (const card of this.querySelectorAll("veche-option:not([hidden])")) {
      const { top, bottom } = card.getBoundingClientRect();
      if (bottom > below)
        return { at: /** @type {HTMLElement} */ (card).dataset.option ?? "", top: Math.round(top) };
    }
    return { at: "", top: 0 };
  }

  /** How much of the window the tools cover. */
  get #tall() {
    return this.#search?.parentElement?.offsetHeight ?? 0;
  }

  /** Brings back where somebody had come to. */
  restore() {
    const { at, top } = this.#look;
    const card = this.#cards.find(({ optionId }) => optionId === at && at !== "");
    if (card && !card.hidden) window.scrollBy(0, card.getBoundingClientRect().top - top);
  }
}

customElements.define("veche-options", OptionList);
