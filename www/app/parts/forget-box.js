import { fill, h } from "../lib/dom.js";
import { whileBusy } from "./busy.js";
import { Part } from "./part.js";
import { TroubleNotice } from "./trouble.js";

/** @typedef {import("../lib/text.js").Texts} Texts */
/**
 * What happens on a press: the next person votes, every trace is removed, an error is met.
 * @typedef {{ another: () => void, wipe: () => Promise<void>, met: (error: unknown, notice: TroubleNotice) => void }} Handlers
 */

/** For shared devices: let the next person vote, or remove every trace. Removing is asked twice. */
export class ForgetBox extends Part {
  #trouble = new TroubleNotice(this.t);

  /**
   * @param {Texts} t
   * @param {Handlers} handlers
   */
  constructor(t, { another, wipe, met }) {
    super(t);
    const sure = h(
      "button",
      {
        type: "button",
        class: "button danger",
        hidden: true,
        on: {
          click: () =>
            whileBusy(sure, this.t("app.working"), wipe).catch((error) => met(error, this.#trouble)),
        },
      },
      this.t("mine.wipe-sure"),
    );
    const ask = h(
      "button",
      {
        type: "button",
        class: "button secondary",
        on: {
          click: () => {
            ask.hidden = true;
            sure.hidden = false;
            sure.focus();
          },
        },
      },
      this.t("mine.wipe"),
    );
    fill(
      this,
      h(
        "details",
        { class: "fold" },
        h("summary", null, this.t("mine.shared")),
        h(
          "p",
          null,
          h(
            "button",
            { type: "button", class: "button secondary", on: { click: another } },
            this.t("mine.other"),
          ),
        ),
        h("p", null, this.t("mine.wipe-text")),
        h("p", null, ask, sure),
        this.#trouble,
      ),
    );
  }
}

customElements.define("veche-forget", ForgetBox);
