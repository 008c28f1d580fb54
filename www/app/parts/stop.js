import { fill, h, heading, technical } from "../lib/dom.js";
import { sentence } from "../lib/sentences.js";
import { msg } from "../lib/text.js";
import { isUnreached } from "../lib/trouble.js";
import { evidenceButton } from "./evidence.js";
import { Part } from "./part.js";

/** @typedef {import("../lib/text.js").Texts} Texts */
/** @typedef {import("../lib/trouble.js").Trouble} Trouble */

/** @type {Record<string, import("../lib/text.js").Key>} */
const HEADINGS = {
  "wrong-election": msg("stop.wrong-heading"),
  "box-forked": msg("stop.forked-heading"),
  "box-rolled-back": msg("stop.forked-heading"),
  "board-false": msg("stop.board-heading"),
  "board-forked": msg("stop.forked-heading"),
  "board-rolled-back": msg("stop.forked-heading"),
  "checkpoint-wrong": msg("stop.board-heading"),
  setup: msg("stop.setup-heading"),
  offline: msg("stop.retry-heading"),
  timeout: msg("stop.retry-heading"),
  server: msg("stop.retry-heading"),
  "record-unreadable": msg("stop.retry-heading"),
};

/** The whole page when voting cannot go on: what is wrong, what it means, what to do. */
export class StopScreen extends Part {
  static step = null;
  static title = msg("stop.name");

  /**
   * @param {Texts} t
   * @param {Trouble} trouble
   */
  constructor(t, trouble) {
    super(t);
    this.trouble = trouble;
    this.setAttribute("role", "alert");
    const grave = [
      "wrong-election",
      "box-forked",
      "box-rolled-back",
      "board-false",
      "board-forked",
      "board-rolled-back",
      "checkpoint-wrong",
    ].includes(trouble.code);
    this.className = grave ? "grave" : "";
    fill(
      this,
      heading(this.t(HEADINGS[trouble.code] ?? msg("stop.heading"))),
      h("p", { class: "lead" }, sentence(this.t, trouble)),
      trouble.code === "wrong-election" && h("p", null, this.t("stop.safe")),
      trouble.evidence !== null && h("p", null, this.t("stop.evidence-text")),
      h(
        "p",
        { class: "actions" },
        trouble.evidence !== null && evidenceButton(this.t, trouble),
        !grave &&
          h(
            "button",
            { type: "button", class: "button primary", on: { click: () => location.reload() } },
            this.t("app.retry"),
          ),
      ),
      h(
        "details",
        { class: "fold" },
        h("summary", null, this.t("stop.detail")),
        h("p", { class: "detail" }, technical(`${trouble.code}: ${trouble.message}`)),
      ),
    );
  }
}

customElements.define("veche-stop", StopScreen);

/**
 * The full page for a trouble that leaves nothing to go on with; also before there is an election.
 * @param {Texts} t
 * @param {import("./frame.js").Frame} frame
 * @param {Trouble} trouble
 */
export function stop(t, frame, trouble) {
  const screen = new StopScreen(t, trouble);
  frame.show(screen, { step: StopScreen.step, title: t(StopScreen.title), back: null, moved: true });
  if (!isUnreached(trouble)) return;
  const again = () => {
    if (document.visibilityState === "visible" && navigator.onLine) location.reload();
  };
  window.addEventListener("online", again);
  document.addEventListener("visibilitychange", again);
}
