import { h, uniqueId } from "../../../lib/dom.js";
import { LANGUAGES } from "../../../lib/languages.js";
import { TroubleNotice } from "../../../parts/trouble.js";
import { labelled } from "../field.js";

/** @typedef {import("../../../lib/text.js").Texts} Texts */
/** @typedef {import("./run.js").Stand} Stand */
/** @typedef {(path: string, form: unknown, button: HTMLButtonElement) => void} Act */

/**
 * A form that is folded until it is needed. What is missing in it is said beside its button.
 * @param {Texts} t
 * @param {string} title
 * @param {string} text
 * @param {string} label of its button
 * @param {(button: HTMLButtonElement) => void} act
 * @param {HTMLElement[]} rows
 * @param {{ final?: string, words?: Words }} [first] what has to be ticked, and what has to be written
 */
function folded(t, title, text, label, act, rows, { final, words } = {}) {
  const trouble = new TroubleNotice(t);
  const sure = /** @type {HTMLInputElement} */ (
    h("input", { type: "checkbox", name: "sure", required: true })
  );
  const button = /** @type {HTMLButtonElement} */ (
    h("button", { type: "submit", class: "button secondary" }, label)
  );
  return h(
    "details",
    { class: "run-form" },
    h("summary", null, title),
    h("p", null, text),
    h(
      "form",
      {
        class: "form",
        novalidate: true,
        on: {
          submit: (/** @type {Event} */ event) => {
            event.preventDefault();
            trouble.clear();
            const empty = words?.empty() ?? [];
            const unticked = final && !sure.checked;
            if (empty.length === 0 && !unticked) return act(button);
            const languages = t.listOf(empty.map(({ name }) => name));
            trouble.say([
              empty.length > 0 && h("span", null, t("run.words-missing", { languages })),
              empty.length > 0 && unticked && " ",
              unticked && h("span", null, t("run.tick-first")),
            ]);
            (empty[0]?.field ?? sure).focus();
          },
        },
      },
      ...rows,
      final && h("label", { class: "row-choice" }, sure, h("span", null, final)),
      trouble,
      button,
    ),
  );
}

/** @typedef {ReturnType<typeof wordsOf>} Words */
/**
 * A field for each language of the vote: what is said to everybody is said in all of them.
 * @param {Stand} stand
 */
function wordsOf(stand) {
  /** @type {{ language: string, name: string, field: HTMLTextAreaElement, row: HTMLElement }[]} */
  const fields = stand.languages.map((language) => {
    const id = uniqueId("words");
    const known = /** @type {Record<string, { name: string, dir: string }>} */ (LANGUAGES)[language];
    const field = /** @type {HTMLTextAreaElement} */ (
      h("textarea", { id, name: `words-${language}`, rows: 3, lang: language, dir: "auto" })
    );
    const name = known?.name ?? language;
    const label = h("label", { for: id, lang: language }, name);
    return { language, name, field, row: h("div", { class: "field" }, label, field) };
  });
  return {
    rows: fields.map(({ row }) => row),
    empty: () => fields.filter(({ field }) => field.value.trim() === ""),
    texts: () => Object.fromEntries(fields.map(({ language, field }) => [language, field.value])),
  };
}

/**
 * Putting the closing off, and closing before the hour: each only where the manifest allows it.
 * @param {Texts} t
 * @param {Stand} stand
 * @param {Act} act
 */
export function extendForm(t, stand, act) {
  const latest = stand.closes_latest && t.hour(Date.parse(stand.closes_latest), stand.time_zone);
  const until = labelled(t("run.extend-until"), { type: "datetime-local", name: "until" });
  const reason = wordsOf(stand);
  return h(
    "div",
    null,
    latest
      ? folded(
          t,
          t("run.extend"),
          t("run.extend-text", { latest, zone: stand.time_zone.replaceAll("_", " ") }),
          t("run.extend-button"),
          (button) => act("run/extend", { until: until.field.value }, button),
          [until.row],
        )
      : h("p", { class: "hint" }, t("run.extend-never")),
    stand.early_close
      ? folded(
          t,
          t("run.early"),
          t("run.early-text"),
          t("run.early-button"),
          (button) => act("run/close", { texts: reason.texts() }, button),
          reason.rows,
          { final: t("run.early-final"), words: reason },
        )
      : h("p", { class: "hint" }, t("run.early-never")),
  );
}

/**
 * Saying something to everybody, and cancelling the vote with it.
 * @param {Texts} t
 * @param {Stand} stand
 * @param {Act} act
 */
export function noticeForm(t, stand, act) {
  const notice = wordsOf(stand);
  const cancellation = wordsOf(stand);
  return h(
    "div",
    null,
    folded(
      t,
      t("run.notice"),
      t("run.notice-text"),
      t("run.notice-button"),
      (button) => act("run/notice", { texts: notice.texts() }, button),
      notice.rows,
      { words: notice },
    ),
    folded(
      t,
      t("run.cancel"),
      t("run.cancel-text"),
      t("run.cancel-button"),
      (button) => act("run/cancel", { texts: cancellation.texts() }, button),
      cancellation.rows,
      { final: t("run.cancel-final"), words: cancellation },
    ),
  );
}
