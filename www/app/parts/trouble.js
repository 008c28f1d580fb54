import { fill, h } from "../lib/dom.js";
import { sentence } from "../lib/sentences.js";
import { asTrouble } from "../lib/trouble.js";
import { Part } from "./part.js";

/** A plain error beside what it is about, read out at once, with a way to try again where that can help. */
export class TroubleNotice extends Part {
  connectedCallback() {
    this.setAttribute("role", "alert");
  }

  /**
   * @param {unknown} error
   * @param {{ retry?: () => void, more?: string }} [options]
   */
  show(error, { retry, more } = {}) {
    const trouble = asTrouble(error);
    this.say([...sentence(this.t, trouble), more && ` ${more}`], retry);
  }

  /**
   * @param {import("../lib/dom.js").Children} text
   * @param {() => void} [retry]
   */
  say(text, retry) {
    fill(
      this,
      h("p", { class: "trouble" }, text),
      retry &&
        h("button", { type: "button", class: "button secondary", on: { click: retry } }, this.t("app.retry")),
    );
  }

  clear() {
    fill(this);
  }
}

customElements.define("veche-trouble", TroubleNotice);
