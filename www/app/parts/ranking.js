import { fill, h, uniqueId } from "../lib/dom.js";
import { Part } from "./part.js";

/** @typedef {import("../lib/text.js").Texts} Texts */
/** @typedef {{ id: string, name: string }} Ranked */
/** @typedef {{ onMove: (id: string, by: number) => void, onRemove: (id: string) => void }} Handlers */

/** The order that a voter has made, to be changed with buttons or arrow keys. */
export class Ranking extends Part {
  #list = h("ol");
  #heading;
  #handlers;

  /**
   * @param {Texts} t
   * @param {Handlers} handlers
   */
  constructor(t, handlers) {
    super(t);
    this.#handlers = handlers;
    const id = uniqueId("ranking");
    this.#heading = h("h2", { id, tabindex: "-1" }, this.t("ranked.heading"));
    this.setAttribute("role", "region");
    this.setAttribute("aria-labelledby", id);
    fill(this, this.#heading, this.#list, h("p", { class: "hint rank-keys" }, this.t("ranked.keys")));
  }

  /**
   * @param {Ranked[]} ranked the first place first
   * @param {boolean} full whether no place is left
   */
  show(ranked, full) {
    const held =
      document.activeElement instanceof HTMLElement && this.contains(document.activeElement)
        ? document.activeElement
        : null;
    const { option, act } = held?.dataset ?? {};
    const place = [...this.#list.children].findIndex((row) => row.contains(held));
    fill(
      this.#list,
      ranked.map((one, index) => this.#row(one, index, ranked.length)),
      !full &&
        h(
          "li",
          { class: "rank empty" },
          h("span", { class: "rank-place" }, this.t("ranked.place", { n: ranked.length + 1 })),
          h("span", { class: "rank-name" }, this.t("ranked.empty")),
        ),
    );
    this.classList.toggle("sortable", ranked.length > 1);
    if (held && held !== this.#heading) this.#refocus(option ?? "", act ?? "", place);
  }

  /** Where someone comes to change the order. */
  focusHeading() {
    this.#heading.focus();
  }

  /**
   * @param {Ranked} ranked
   * @param {number} index
   * @param {number} all
   */
  #row({ id, name }, index, all) {
    /** @param {string} act @param {string} action @param {string} sign @param {boolean} idle @param {() => void} run */
    const button = (act, action, sign, idle, run) =>
      h(
        "button",
        {
          type: "button",
          class: `rank-button ${act}`,
          "data-option": id,
          "data-act": act,
          "aria-disabled": idle ? "true" : null,
          "aria-label": this.t("ranked.of", { action, name }),
          title: action,
          on: { click: run },
        },
        h("span", { "aria-hidden": "true" }, sign),
      );
    return h(
      "li",
      {
        class: "rank",
        "data-option": id,
        on: { keydown: (/** @type {KeyboardEvent} */ event) => this.#key(event, id) },
      },
      h("span", { class: "rank-place" }, this.t("ranked.place", { n: index + 1 })),
      h("span", { class: "rank-name" }, name),
      h(
        "span",
        { class: "rank-buttons" },
        button("up", this.t("ranked.up"), "↑", index === 0, () => this.#handlers.onMove(id, -1)),
        button("down", this.t("ranked.down"), "↓", index === all - 1, () => this.#handlers.onMove(id, 1)),
        button("remove", this.t("ranked.remove"), "×", false, () => this.#handlers.onRemove(id)),
      ),
    );
  }

  /**
   * @param {KeyboardEvent} event
   * @param {string} id
   */
  #key(event, id) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (by === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    this.#handlers.onMove(id, by);
  }

  /**
   * The rows are made anew: whoever stood on a button stands on the same one again, or where the removed row was.
   * @param {string} option
   * @param {string} act
   * @param {number} place
   */
  #refocus(option, act, place) {
    const same = [...this.#list.querySelectorAll("button")].find(
      ({ dataset }) => dataset.option === option && dataset.act === act,
    );
    const row = this.#list.children[Math.min(place, this.#list.children.length - 1)];
    /** @type {HTMLElement | null | undefined} */
    const target = same ?? row?.querySelector(`[data-act="${act}"]`);
    (target ?? this.#heading).focus();
  }
}

customElements.define("veche-ranking", Ranking);
