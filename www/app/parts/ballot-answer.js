import { fill, h, svg } from "../lib/dom.js";
import { saveJson } from "../lib/download.js";
import { toBase64 } from "../lib/encoding.js";
import { msg } from "../lib/text.js";
import { ConfirmationCode } from "./confirmation-code.js";
import { Part } from "./part.js";

/** @typedef {import("../lib/text.js").Texts} Texts */
/** @typedef {import("../lib/text.js").Key} Key */
/** @typedef {import("../lib/trouble.js").Trouble} Trouble */
/** @typedef {import("../../veche-wasm-observer.js").ShownReceipt} ShownReceipt */
/** @typedef {import("../lib/dom.js").Children} Children */
/** @typedef {import("../lib/ballot-search.js").Sought} Sought */
/** @typedef {import("../lib/ballot-search.js").Answer} Answer */
/** @typedef {"good" | "later" | "bad" | "none"} Look */

/** A state is a word and a shape, never a colour alone. @type {Record<Look, string>} */
const SIGNS = {
  good: "m9 16.500 5 5 9.500-10",
  later: "M10 13h11a4 4 0 0 1 0 8h-3m-5-11-3 3 3 3",
  bad: "M16 8v10m0 4.500v1",
  none: "M12.500 12.500a3.500 3.500 0 1 1 4.600 3.300c-.8.300-1.100.9-1.100 1.700v1m0 4v1",
};

/** @type {Record<string, [Key, Key]>} What a trouble is called on this page, and what it means. */
const HEADINGS = {
  "file-wrong": [msg("find.wrong"), msg("find.wrong-text")],
  "other-election": [msg("find.other"), msg("find.other-text")],
  "not-a-receipt": [msg("find.not"), msg("find.not-text")],
  "record-unreadable": [msg("find.broken"), msg("find.broken-text")],
  "wrong-election": [msg("find.broken"), msg("trouble.wrong-election")],
  setup: [msg("stop.setup-heading"), msg("trouble.setup")],
};

/** Says what was found of a ballot, while it is looked for and at the end. */
export class BallotAnswer extends Part {
  #on;
  #began = 0;
  #election = "";
  /** @type {Sought | null} */
  #sought = null;
  #bar = h("progress", { "aria-label": this.t("find.progress"), max: 1, value: 0 });
  #said = h("p", { class: "hint" });
  #stopButton;
  /** What stands in the heading, for a screen reader. */
  headline = "";

  /**
   * @param {Texts} t
   * @param {{ stop: () => void }} on
   */
  constructor(t, on) {
    super(t);
    this.#on = on;
    this.#stopButton = h(
      "button",
      { type: "button", class: "button secondary", on: { click: () => this.#on.stop() } },
      this.t("find.stop"),
    );
    this.hidden = true;
  }

  /**
   * @param {Look} look
   * @param {string} title
   * @param {...Children} rest
   */
  #show(look, title, ...rest) {
    this.hidden = false;
    this.className = `answer ${look}`;
    this.headline = title;
    fill(
      this,
      h(
        "h2",
        { class: "answer-title" },
        svg(
          "svg",
          { viewBox: "0 0 32 32", class: "sign", "aria-hidden": "true" },
          svg("circle", { cx: 16, cy: 16, r: 15 }),
          svg("path", { d: SIGNS[look] }),
        ),
        title,
      ),
      ...rest,
    );
  }

  opening() {
    this.hidden = false;
    this.className = "answer";
    fill(
      this,
      h("p", { role: "status" }, this.t("find.opening")),
      h("progress", { "aria-label": this.t("find.opening") }),
    );
  }

  /**
   * @param {Sought} sought
   * @param {string} election
   */
  begin(sought, election) {
    this.#began = performance.now();
    this.#sought = sought;
    this.#election = election;
  }

  /**
   * What was found so far.
   * @param {Answer} answer
   */
  tell(answer) {
    const { finding } = answer;
    const { checkedTo, size } = finding;
    const spent = (performance.now() - this.#began) / 1000;
    this.#bar.max = size;
    this.#bar.value = checkedTo;
    const left = Math.ceil((spent / Math.max(checkedTo, 1)) * (size - checkedTo));
    fill(
      this.#said,
      this.t("find.so-far", { done: checkedTo, all: size }),
      " ",
      spent > 2 && this.t("find.left", { n: left }),
    );
    if (this.#bar.isConnected && this.dataset.found === String(finding.code)) return;
    this.dataset.found = String(finding.code);
    const way = h("div", { class: "answer-way" }, this.#bar, this.#said, this.#stopButton);
    if (finding.code) this.#found(answer, way);
    else this.#show("none", this.t("find.first"), way);
  }

  /**
   * What was found in the end, or when it was stopped.
   * @param {Answer} answer
   */
  end(answer) {
    delete this.dataset.found;
    const { finding } = answer;
    if (finding.standing) return this.#found(answer, null);
    const { checkedTo: done, size: all } = finding;
    if (!finding.settled)
      return this.#show(
        "none",
        this.t("find.stopped"),
        h("p", null, this.t("find.stopped-text", { done, all })),
      );
    this.#show(
      "none",
      this.t("find.none"),
      h("p", null, this.t("find.none-text", { all })),
      h(
        "ul",
        null,
        h("li", null, this.t("find.none-typing")),
        h("li", null, this.t("find.none-new")),
        h("li", null, this.t("find.none-sealed")),
        h("li", null, this.t("find.none-other")),
        h("li", null, this.t("find.none-receipt")),
      ),
    );
  }

  /**
   * @param {Answer} answer
   * @param {HTMLElement | null} way
   */
  #found(answer, way) {
    const { standing, index = 0, replacedBy, settled, checkedTo, size, closed } = answer.finding;
    const { struckOff = 0, falseEntry = 0, votedOnPaper, cancelled, keyReplaced } = answer.finding;
    // Nothing counts in a vote that was cancelled.
    const counts = settled && cancelled === undefined;
    const then = answer.receipt?.size ?? 0;
    const facts = [...this.#notes(answer), ...this.#facts(answer)];
    switch (standing) {
      case "replaced":
        return this.#show(
          "later",
          this.t("find.replaced"),
          h("p", null, this.t("find.replaced-text", { index, later: replacedBy ?? 0 })),
          h(
            "ul",
            null,
            h("li", null, this.t("find.replaced-you")),
            h("li", null, this.t("find.replaced-other")),
          ),
          facts,
          way,
        );
      case "struck-off":
        return this.#show(
          "bad",
          this.t("find.struck-off"),
          h(
            "p",
            null,
            votedOnPaper
              ? this.t("find.struck-off-paper", { index, entry: struckOff })
              : this.t("find.struck-off-text", { index, entry: struckOff }),
          ),
          h("p", null, this.t("find.struck-off-do")),
          facts,
          way,
        );
      case "false-entry":
        return this.#show(
          "bad",
          this.t("find.false"),
          h("p", null, this.t("find.false-text", { index, entry: falseEntry })),
          h("p", null, h("a", { class: "link", href: "#verify" }, this.t("find.false-verify"))),
          facts,
          way,
        );
      case "missing":
        return this.#show(
          "bad",
          this.t("find.missing"),
          h("p", null, this.t("find.missing-text", { index, then, size })),
          this.#evidence(answer),
          facts,
          way,
        );
      case "forked":
        return this.#show(
          "bad",
          this.t("find.forked"),
          h("p", null, this.t("find.forked-text", { index })),
          this.#evidence(answer),
          facts,
          way,
        );
      case "record-older":
        return this.#show(
          "none",
          this.t("find.older"),
          h("p", null, this.t("find.older-text", { index, then, size })),
          h("p", null, this.t("find.older-do")),
          h("p", { class: "actions" }, this.#save(answer, "secondary")),
          facts,
          way,
        );
      default:
        return this.#show(
          // It counts, and the voter must look at why the key has ended.
          keyReplaced === undefined ? "good" : "later",
          counts ? this.t("find.counts") : this.t("find.recorded"),
          h(
            "p",
            null,
            counts
              ? closed
                ? this.t("find.counted-text", { index })
                : this.t("find.recorded-text", { index })
              : this.t("find.recorded-so-far", { index, done: checkedTo - 1 }),
          ),
          facts,
          way,
        );
    }
  }

  /**
   * What the board says beside what became of the ballot.
   * @param {Answer} answer
   */
  #notes({ finding: { keyReplaced, handedOver, sameCode, cancelled, index = 0 } }) {
    const codes = [index, ...sameCode].map((entry) => this.t.number(entry));
    return [
      cancelled !== undefined &&
        h("p", { class: "answer-note" }, this.t("find.cancelled", { entry: cancelled })),
      sameCode.length > 0 &&
        h("p", { class: "answer-note" }, this.t("find.same-code", { entries: this.t.listOf(codes) })),
      keyReplaced !== undefined &&
        h("p", { class: "answer-note" }, this.t("find.key-replaced", { entry: keyReplaced })),
      handedOver !== undefined &&
        h("p", { class: "answer-note" }, this.t("find.handed-over", { entry: handedOver })),
    ];
  }

  /** @param {Answer} answer */
  #facts({ finding }) {
    /** @param {string} term @param {string} value */
    const fact = (term, value) => h("div", null, h("dt", null, term), h("dd", null, value));
    return [
      finding.code && h("p", { class: "hint" }, this.t("receipt.code")),
      finding.code && new ConfirmationCode(this.t, finding.code),
      h(
        "dl",
        { class: "answer-facts" },
        finding.index !== undefined && fact(this.t("find.entry"), this.t.number(finding.index)),
        finding.replacedBy !== undefined && fact(this.t("find.later"), this.t.number(finding.replacedBy)),
        fact(this.t("find.of"), this.t.number(finding.size)),
      ),
      h("p", { class: "hint" }, this.t("find.not-choice")),
    ];
  }

  /** @param {Answer} answer */
  #evidence(answer) {
    return h(
      "div",
      { class: "answer-evidence" },
      h("p", null, this.t("find.evidence-text")),
      h("p", { class: "actions" }, this.#save(answer, "primary")),
    );
  }

  /**
   * @param {Answer} answer
   * @param {"primary" | "secondary"} weight
   */
  #save({ finding, receipt, note }, weight) {
    const shown = this.#sought && "receipt" in this.#sought ? toBase64(this.#sought.receipt) : null;
    const evidence = {
      form: "veche-evidence-1",
      standing: finding.standing,
      election: this.#election,
      index: finding.index,
      receipt: { checkpoint: receipt?.note, shown },
      record: { checkpoint: note },
    };
    return h(
      "button",
      {
        type: "button",
        class: `button ${weight}`,
        on: {
          click: () =>
            saveJson(this.t("find.evidence-file", { index: String(finding.index ?? "") }), evidence),
        },
      },
      this.t("find.evidence"),
    );
  }

  /**
   * The record is out of reach, and the receipt holds.
   * @param {ShownReceipt} receipt
   * @param {() => void} again
   */
  holds({ index, size, code }, again) {
    this.#show(
      "good",
      this.t("find.holds"),
      h("p", null, this.t("find.holds-text", { index, then: size })),
      code && new ConfirmationCode(this.t, code),
      h("p", null, this.t("find.holds-not")),
      this.#again(again),
    );
  }

  /**
   * @param {Trouble} trouble
   * @param {boolean} [receipt] whether a receipt was shown
   * @param {(() => void) | null} [again]
   */
  trouble(trouble, receipt = false, again = null) {
    delete this.dataset.found;
    const known = HEADINGS[trouble.code];
    if (known) {
      const [title, text] = known;
      const grave =
        trouble.code === "file-wrong" ||
        trouble.code === "record-unreadable" ||
        trouble.code === "wrong-election";
      const helps = trouble.code === "record-unreadable";
      return this.#show(
        grave ? "bad" : "none",
        this.t(title),
        h("p", null, this.t(text)),
        helps && again && this.#again(again),
      );
    }
    this.#show(
      "none",
      this.t("find.offline"),
      h("p", null, this.t("find.offline-text")),
      receipt && h("p", null, this.t("find.offline-key")),
      again && this.#again(again),
    );
  }

  /** @param {() => void} click */
  #again(click) {
    return h(
      "p",
      { class: "actions" },
      h("button", { type: "button", class: "button secondary", on: { click } }, this.t("find.again")),
    );
  }
}

customElements.define("veche-ballot-answer", BallotAnswer);
