import { fill, h, heading } from "../../../lib/dom.js";
import { whileBusy } from "../../../parts/busy.js";
import { Screen } from "../../../parts/screen.js";
import { TroubleNotice } from "../../../parts/trouble.js";
import { sameCommand } from "../command.js";
import { DeedForm } from "../deed.js";
import { labelled } from "../field.js";
import { journal } from "../journal.js";
import { lookAtPeople, momentOf } from "../model/people.js";
import { PeoplePass } from "../people-pass.js";
import { changes, contents, mistakes } from "../roll-report.js";

/** @typedef {import("../model/people.js").People} People */
/** @typedef {import("../model/people.js").RollReport} RollReport */

/**
 * The roll: from a spreadsheet, and one person of it.
 * @extends {Screen<import("../main.js").DeskApp>}
 */
export class DeskPeopleScreen extends Screen {
  #trouble = new TroubleNotice(this.t);
  #body = h("div", { class: "desk-part" });
  #report = h("div", { class: "desk-part", role: "status" });
  #inForce = h("div");
  #file = labelled(this.t("people.roll-file"), {
    type: "file",
    name: "roll",
    accept: ".xlsx,.ods,.csv,.tsv,.txt",
  });

  connectedCallback() {
    fill(
      this,
      heading(this.t("people.heading")),
      h("p", { class: "lead" }, this.t("people.lead")),
      this.#trouble,
      this.#body,
    );
    void this.#open();
  }

  async #open() {
    try {
      const people = await lookAtPeople(this.app.desk);
      fill(this.#body, new PeoplePass(this.app, people), people.pass && this.#parts(people));
    } catch (error) {
      this.app.met(error, this.#trouble, () => void this.app.route(true));
      fill(this.#body, new PeoplePass(this.app, { address: null, pass: null, districts: [] }));
    }
  }

  /** @param {People} people */
  #parts(people) {
    return [
      h("h2", null, this.t("people.roll-heading")),
      ...(people.pass?.kind === "roll"
        ? this.#roll(people)
        : [h("p", { class: "callout" }, this.t("people.pass-help-only"))]),
      h("h2", null, this.t("people.one-heading")),
      h("p", { class: "lead" }, this.t("people.one-text")),
      new DeedForm(this.app, people, {
        deeds: ["roll/add", "roll/move", "roll/mark", "roll/strike"],
        phone: null,
      }),
      this.#journal(people),
    ];
  }

  /** @param {People} people */
  #roll(people) {
    const button = /** @type {HTMLButtonElement} */ (
      h("button", { type: "submit", class: "button primary wide" }, this.t("people.roll-check"))
    );
    const trouble = new TroubleNotice(this.t);
    const submit = (/** @type {Event} */ event) => {
      event.preventDefault();
      void this.#check(people, button, trouble);
    };
    this.#showInForce(people);
    return [
      this.#inForce,
      h("p", { class: "lead" }, this.t("people.roll-text")),
      h(
        "form",
        { class: "form", novalidate: true, on: { submit } },
        this.#file.row,
        trouble,
        button,
        sameCommand(this.t, "veche-server roll check FILE --data DIR --problems back.csv"),
      ),
      this.#report,
    ];
  }

  /** @param {People} people */
  #showInForce(people) {
    const { t } = this;
    const roll = people.pass?.roll;
    if (!roll) return fill(this.#inForce);
    fill(
      this.#inForce,
      h(
        "p",
        { class: "callout" },
        roll.people > 0 ? t("people.in-force", { n: t.number(roll.people) }) : t("people.in-force-none"),
        roll.people > 0 &&
          roll.since &&
          ` ${t("people.in-force-since", { since: momentOf(t, people, roll.since) })}`,
      ),
    );
  }

  /**
   * @param {People} people
   * @param {HTMLButtonElement} button
   * @param {TroubleNotice} trouble
   */
  async #check(people, button, trouble) {
    trouble.clear();
    fill(this.#report);
    const file = this.#file.field.files?.[0];
    if (!file) return trouble.say(this.t("people.roll-missing"));
    try {
      const send = () => this.app.desk.send("people/check", file);
      const checked = await whileBusy(button, this.t("app.working"), send);
      if (checked) this.#show(people, file, /** @type {RollReport} */ (checked.answer));
    } catch (error) {
      this.app.met(error, trouble);
    }
  }

  /**
   * @param {People} people
   * @param {File} file
   * @param {RollReport} report
   */
  #show(people, file, report) {
    const { comparison } = report;
    fill(
      this.#report,
      h("h3", null, this.t("people.roll-contents")),
      contents(this.t, people.districts, report),
      comparison ? this.#confirm(file, comparison) : mistakes(this.t, people.districts, report),
    );
  }

  /**
   * @param {File} file
   * @param {NonNullable<RollReport["comparison"]>} comparison
   */
  #confirm(file, comparison) {
    const button = /** @type {HTMLButtonElement} */ (
      h("button", { type: "submit", class: "button primary wide" }, this.t("people.replace"))
    );
    const trouble = new TroubleNotice(this.t);
    const reason = labelled(
      this.t("people.reason"),
      { name: "roll-reason", maxlength: "200" },
      this.t("people.reason-hint"),
    );
    const strike = h("input", { type: "checkbox", name: "strike-gone" });
    const submit = (/** @type {Event} */ event) => {
      event.preventDefault();
      void this.#replace(file, { reason: reason.field.value, strike_gone: strike.checked }, button, trouble);
    };
    return [
      h("h3", null, this.t("people.changes-heading")),
      changes(this.t, comparison),
      h(
        "form",
        { class: "form", novalidate: true, on: { submit } },
        comparison.gone_with_key > 0 &&
          h("label", { class: "row-choice" }, strike, h("span", null, this.t("people.strike-gone"))),
        reason.row,
        trouble,
        button,
        sameCommand(this.t, "veche-server roll replace FILE --data DIR --operator NAME --reason TEXT"),
      ),
    ];
  }

  /**
   * @param {File} file
   * @param {{ reason: string, strike_gone: boolean }} how
   * @param {HTMLButtonElement} button
   * @param {TroubleNotice} trouble
   */
  async #replace(file, { reason, strike_gone }, button, trouble) {
    trouble.clear();
    const query = new URLSearchParams({ reason, strike_gone: String(strike_gone) });
    try {
      const send = () => this.app.desk.send(`people/replace?${query}`, file);
      const done = await whileBusy(button, this.t("app.working"), send);
      if (!done) return;
      const { struck } = /** @type {RollReport} */ (done.answer);
      fill(
        this.#report,
        h("p", { class: "callout" }, this.t("people.replaced")),
        struck > 0 && h("p", null, this.t("people.replaced-struck", { n: struck })),
      );
      this.#showInForce(await lookAtPeople(this.app.desk));
    } catch (error) {
      this.app.met(error, trouble);
    }
  }

  /** @param {People} people */
  #journal(people) {
    const shown = h("div");
    const trouble = new TroubleNotice(this.t);
    const toggle = async (/** @type {Event} */ event) => {
      if (!(/** @type {HTMLDetailsElement} */ (event.target).open)) return;
      try {
        const { answer } = await this.app.desk.get("people/journal");
        fill(shown, journal(this.t, people, answer.lines));
      } catch (error) {
        this.app.met(error, trouble);
      }
    };
    return h(
      "details",
      { class: "desk-journal", on: { toggle } },
      h("summary", null, this.t("people.journal")),
      trouble,
      shown,
      sameCommand(this.t, "veche-server journal --data DIR"),
    );
  }
}

customElements.define("veche-desk-people", DeskPeopleScreen);
