import { fill, h, unseen, uniqueId, woven } from "../lib/dom.js";
import { steadily } from "../lib/steady.js";
import { Part } from "./part.js";

/** @typedef {import("../lib/text.js").Texts} Texts */
/**
 * What is chosen: `value` says how many points or votes it has, `place` its place in an order.
 * @typedef {{ id: string, name: () => import("../lib/dom.js").Child, value: string, place: string }} Chosen
 */
/** @typedef {{ onRemove: (id: string) => void, onMove?: (id: string, by: number) => void }} Handlers */

/** What is chosen, with full names, to be removed again; where it is an order, to be moved with buttons or arrow keys. */
export class ChosenList extends Part {
  #list;
  #heading;
  #handlers;
  /** @type {Chosen[]} */
  #chosen = [];

  /**
   * @param {Texts} t
   * @param {Handlers} handlers
   */
  constructor(t, handlers) {
    super(t);
    this.#handlers = handlers;
    const { onMove } = handlers;
    this.id = uniqueId("chosen");
    this.#list = h(onMove ? "ol" : "ul");
    this.#heading = h(
      "h2",
      { id: `${this.id}-heading`, tabindex: "-1" },
      onMove ? this.t("ranked.heading") : this.t("choose.bar"),
    );
    this.setAttribute("role", "group");
    this.setAttribute("aria-labelledby", this.#heading.id);
    this.hidden = true;
    this.addEventListener("pointerdown", (event) => {
      // No button is under the finger that could move away.
      if (!(/** @type {Element} */ (event.target).closest("button"))) this.#rest();
    });
    fill(
      this,
      this.#heading,
      this.#list,
      onMove && h("p", { class: "hint rank-keys" }, this.t("ranked.keys")),
    );
  }

  /** @param {Chosen[]} chosen in the order in which it is listed */
  show(chosen) {
    this.#chosen = chosen;
    if (!this.hidden) this.#draw();
  }

  open() {
    this.hidden = false;
    this.#draw();
  }

  close() {
    this.hidden = true;
    this.#rest();
    fill(this.#list);
  }

  #draw() {
    const held =
      document.activeElement instanceof HTMLElement && this.#list.contains(document.activeElement)
        ? document.activeElement
        : null;
    const { option = "", act = "" } = held?.dataset ?? {};
    const place = [...this.#list.children].findIndex((row) => row.contains(held));
    const all = this.#chosen.length;
    const rows = () =>
      fill(
        this.#list,
        this.#chosen.map((one, index) => this.#row(one, index, all)),
      );
    if (held && act !== "remove") this.#steadily(() => this.#button(option, act), rows);
    else rows();
    this.classList.toggle("sortable", all > 1);
    if (!held) return;
    // The rows are made anew: whoever stood on a button stands on the same one again, or where the removed row was.
    const row = this.#list.children[Math.min(place, all - 1)];
    /** @type {HTMLElement | null | undefined} */
    const target = this.#button(option, act) ?? row?.querySelector(`[data-act="${act}"]`);
    (target ?? this.#heading).focus({ preventScroll: target !== undefined });
  }

  /**
   * The button that was pressed stays under the finger while its row moves: the list scrolls, and where nothing is left
   * to scroll, it gets room above or below until
   * something else is touched.
   * @param {() => Element | undefined} pressed
   * @param {() => void} change
   */
  #steadily(pressed, change) {
    const moved = steadily(this, pressed, change);
    if (Math.abs(moved) < 1) return;
    this.style.height = `${this.offsetHeight}px`;
    const side = moved < 0 ? "paddingTop" : "paddingBottom";
    this.#list.style[side] = `${(Number.parseFloat(this.#list.style[side]) || 0) + Math.abs(moved)}px`;
    if (moved > 0) this.scrollTop += moved;
  }

  #rest() {
    this.style.height = "";
    this.#list.style.paddingTop = "";
    this.#list.style.paddingBottom = "";
  }

  /**
   * @param {string} option
   * @param {string} act
   */
  #button(option, act) {
    return [...this.#list.querySelectorAll("button")].find(
      ({ dataset }) => dataset.option === option && dataset.act === act,
    );
  }

  /**
   * @param {Chosen} chosen
   * @param {number} index
   * @param {number} all
   */
  #row({ id, name, value, place }, index, all) {
    const { onMove, onRemove } = this.#handlers;
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
          title: action,
          on: { click: run },
        },
        unseen(woven([name()], (name) => this.t("ranked.of", { action, name }))),
        h("span", { "aria-hidden": "true" }, sign),
      );
    return h(
      "li",
      {
        class: "rank",
        "data-option": id,
        on: { keydown: (/** @type {KeyboardEvent} */ event) => this.#key(event, id) },
      },
      place && h("span", { class: "rank-place" }, place),
      h("span", { class: "rank-name" }, name(), value && h("span", { class: "rank-value" }, ` ${value}`)),
      h(
        "span",
        { class: "rank-buttons" },
        onMove && button("up", this.t("ranked.up"), "↑", index === 0, () => onMove(id, -1)),
        onMove && button("down", this.t("ranked.down"), "↓", index === all - 1, () => onMove(id, 1)),
        button("remove", this.t("ranked.remove"), "×", false, () => onRemove(id)),
      ),
    );
  }

  /**
   * @param {KeyboardEvent} event
   * @param {string} id
   */
  #key(event, id) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (by === undefined || event.ctrlKey || event.altKey || event.metaKey || !this.#handlers.onMove) return;
    event.preventDefault();
    this.#handlers.onMove(id, by);
  }
}

customElements.define("veche-chosen", ChosenList);
