import { fill, h } from "../lib/dom.js";
import { t } from "../lib/text.js";
import { whileBusy } from "./busy.js";
import { TroubleNotice } from "./trouble.js";

/** @typedef {import("../areas/voter/main.js").App} App */

/** For shared devices: let the next person vote, or remove every trace. Removing is asked twice. */
export class ForgetBox extends HTMLElement {
  #trouble = new TroubleNotice();

  /** @param {App} app */
  constructor(app) {
    super();
    const sure = h(
      "button",
      {
        type: "button",
        class: "button danger",
        hidden: true,
        on: {
          click: () =>
            whileBusy(sure, t("app.working"), () => app.wipe()).catch((error) =>
              app.met(error, this.#trouble),
            ),
        },
      },
      t("mine.wipe-sure"),
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
      t("mine.wipe"),
    );
    fill(
      this,
      h(
        "details",
        { class: "fold" },
        h("summary", null, t("mine.shared")),
        h(
          "p",
          null,
          h(
            "button",
            { type: "button", class: "button secondary", on: { click: () => app.another() } },
            t("mine.other"),
          ),
        ),
        h("p", null, t("mine.wipe-text")),
        h("p", null, ask, sure),
        this.#trouble,
      ),
    );
  }
}

customElements.define("veche-forget", ForgetBox);
