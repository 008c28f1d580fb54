import { fill, h, heading } from "../../../lib/dom.js";
import { msg } from "../../../lib/text.js";
import { asTrouble } from "../../../lib/trouble.js";
import { whileBusy } from "../../../parts/busy.js";
import { Screen } from "../../../parts/screen.js";
import { TroubleNotice } from "../../../parts/trouble.js";
import { sameCommand } from "../command.js";
import { DeedForm } from "../deed.js";
import { labelled } from "../field.js";
import { journal } from "../journal.js";
import { lookAtPeople, momentOf, titleOf } from "../model/people.js";
import { PeoplePass } from "../people-pass.js";

/** @typedef {import("../../../lib/text.js").Key} Key */
/** @typedef {import("../model/people.js").People} People */
/** @typedef {import("../model/people.js").Person} Person */
/** Whose number it is, and of several who. @typedef {{ phone: string, mark?: string }} Whom */
/** What is known of several people with one number. @typedef {{ styles: string[], asked_for: string | null }} Several */
/** By what somebody is looked for. @typedef {"phone" | "pseudonym" | "subject"} By */

const DAY_MS = 86_400_000;

/** @type {[By, Key][]} */
const WAYS = [
  ["phone", msg("help.by-phone")],
  ["pseudonym", msg("help.by-name")],
  ["subject", msg("help.by-subject")],
];

/**
 * One person after another: found, told in plain words how it stands, and helped.
 * @extends {Screen<import("../main.js").DeskApp>}
 */
export class DeskHelpScreen extends Screen {
  #trouble = new TroubleNotice(this.t);
  #body = h("div", { class: "desk-part" });
  #found = h("div", { class: "desk-part" });
  #sought = labelled(this.t("help.sought"), { name: "sought", dir: "ltr", spellcheck: "false" });
  /** @type {By} */
  #by = "phone";

  connectedCallback() {
    fill(
      this,
      heading(this.t("help.heading")),
      h("p", { class: "lead" }, this.t("help.lead")),
      this.#trouble,
      this.#body,
    );
    void this.#open();
  }

  async #open() {
    try {
      const people = await lookAtPeople(this.app.desk);
      fill(this.#body, new PeoplePass(this.app, people), people.pass && [this.#form(people), this.#found]);
    } catch (error) {
      this.app.met(error, this.#trouble, () => void this.app.route(true));
      fill(this.#body, new PeoplePass(this.app, { address: null, pass: null, districts: [] }));
    }
  }

  /** @param {People} people */
  #form(people) {
    const button = /** @type {HTMLButtonElement} */ (
      h("button", { type: "submit", class: "button primary wide" }, this.t("help.find"))
    );
    const trouble = new TroubleNotice(this.t);
    const submit = (/** @type {Event} */ event) => {
      event.preventDefault();
      void this.#find(people, button, trouble);
    };
    return h(
      "form",
      { class: "form", novalidate: true, on: { submit } },
      h(
        "fieldset",
        { class: "desk-ways" },
        h("legend", null, this.t("help.by")),
        WAYS.map(([by, title]) =>
          h(
            "label",
            { class: "desk-way" },
            h("input", {
              type: "radio",
              name: "by",
              value: by,
              checked: by === this.#by,
              on: { change: () => (this.#by = by) },
            }),
            h("span", null, this.t(title)),
          ),
        ),
      ),
      this.#sought.row,
      trouble,
      button,
      sameCommand(this.t, "veche-server help find --data DIR"),
    );
  }

  /**
   * @param {People} people
   * @param {HTMLButtonElement} button
   * @param {TroubleNotice} trouble
   */
  async #find(people, button, trouble) {
    trouble.clear();
    fill(this.#found);
    const by = this.#by;
    const sought = this.#sought.field.value.trim();
    try {
      const ask = () => this.app.desk.post("people/person", { [by]: sought });
      const found = await whileBusy(button, this.t("app.working"), ask);
      const whom = by === "phone" ? { phone: sought } : null;
      if (found) this.#show(people, /** @type {Person} */ (found.answer), whom);
    } catch (error) {
      const { code, data } = asTrouble(error);
      if (by !== "phone" || code !== "people-mark-needed") return this.app.met(error, trouble);
      this.#several(people, sought, /** @type {Several} */ (data));
    }
  }

  /**
   * Several people have the number: they are listed, and one is chosen by the mark that the person says. Marks are kept
   * as hashes, so nobody can be picked out of the list.
   * @param {People} people
   * @param {string} phone
   * @param {Several} several
   */
  #several(people, phone, { styles, asked_for }) {
    const { t } = this;
    const title = h("h2", { tabindex: "-1" }, t("help.several"));
    const mark = labelled(
      asked_for ?? t("people.mark"),
      { name: "which", dir: "auto", spellcheck: "false" },
      t("help.several-hint"),
    );
    const button = /** @type {HTMLButtonElement} */ (
      h("button", { type: "submit", class: "button primary wide" }, t("help.several-choose"))
    );
    const trouble = new TroubleNotice(t);
    const person = h("div", { class: "desk-part" });
    const submit = async (/** @type {Event} */ event) => {
      event.preventDefault();
      trouble.clear();
      fill(person);
      const whom = { phone, mark: mark.field.value.trim() };
      try {
        const ask = () => this.app.desk.post("people/person", whom);
        const found = await whileBusy(button, t("app.working"), ask);
        if (found) this.#show(people, /** @type {Person} */ (found.answer), whom, person);
      } catch (error) {
        this.app.met(error, trouble);
      }
    };
    const districts = [...new Set(styles)].sort();
    fill(
      this.#found,
      title,
      h("p", null, t("help.several-text", { n: styles.length })),
      h(
        "dl",
        { class: "desk-facts several" },
        districts.map((id) =>
          h(
            "div",
            null,
            h("dt", null, titleOf(t, people.districts, id)),
            h("dd", null, t.number(styles.filter((style) => style === id).length)),
          ),
        ),
      ),
      h(
        "form",
        { class: "form", novalidate: true, on: { submit } },
        mark.row,
        trouble,
        button,
        sameCommand(t, "veche-server help find --data DIR --mark"),
      ),
      person,
    );
    title.focus();
  }

  /**
   * @param {People} people
   * @param {Person} person
   * @param {Whom | null} whom the number, and the mark of one of several, where the person was found by them
   * @param {Element} [place]
   */
  #show(people, person, whom, place = this.#found) {
    const state = h("div", { class: "desk-part", role: "status" });
    this.#tell(state, people, person);
    const title = h("h2", { tabindex: "-1" }, this.t("help.state"));
    const again = async (/** @type {string} */ deed, /** @type {{ new_phone?: string }} */ { new_phone }) => {
      if (deed === "phone" && new_phone) return this.#moved(people, new_phone);
      try {
        const { answer } = await this.app.desk.post("people/person", whom);
        this.#tell(state, people, answer);
      } catch {
        // What was done stands beside the button; that it cannot be looked at once more takes nothing back.
      }
    };
    /** @type {import("../deed.js").Deed[]} */
    const deeds = person.has_roll && person.style === null ? ["roll/add"] : ["unlock", "code"];
    if (person.has_roll && person.style !== null && !person.on_board) deeds.push("roll/move");
    if (person.has_roll && person.style !== null && !whom?.mark) deeds.push("roll/mark");
    if (person.style !== null || person.signed_in) deeds.push("phone");
    if (person.signed_in) deeds.push("revoke-key");
    fill(
      place,
      title,
      state,
      h("h2", null, this.t("help.actions")),
      whom === null
        ? h("p", { class: "callout" }, this.t("help.number-needed"))
        : people.over
          ? h("p", { class: "callout" }, this.t("help.over"))
          : person.on_board?.struck_off
            ? h("p", { class: "callout" }, this.t("help.struck-off"))
            : new DeedForm(this.app, people, { deeds, ...whom, done: (...done) => void again(...done) }),
    );
    title.focus();
  }

  /**
   * The person has another number from now on, and is shown by it: the one before is nobody's.
   * @param {People} people
   * @param {string} phone
   */
  async #moved(people, phone) {
    this.#sought.field.value = phone;
    const said = h("p", { class: "callout", role: "status" }, this.t("help.phone-now", { phone }));
    const person = h("div", { class: "desk-part" });
    fill(this.#found, said, person);
    try {
      const { answer } = await this.app.desk.post("people/person", { phone });
      this.#show(people, answer, { phone }, person);
    } catch (error) {
      this.app.met(error, this.#trouble);
    }
  }

  /**
   * @param {Element} state
   * @param {People} people
   * @param {Person} person
   */
  #tell(state, people, person) {
    fill(
      state,
      h(
        "dl",
        { class: "desk-facts" },
        this.#facts(people, person).map(([title, value]) =>
          h("div", null, h("dt", null, this.t(title)), h("dd", null, value)),
        ),
      ),
      person.journal.length > 0 && journal(this.t, people, person.journal),
    );
  }

  /**
   * @param {People} people
   * @param {Person} person
   * @returns {[Key, import("../../../lib/dom.js").Children][]}
   */
  #facts(people, { has_roll, style, signed_in, on_board, code, printed, journal }) {
    const t = this.t;
    const yes = (/** @type {boolean} */ is) => (is ? t("help.yes") : t("help.no"));
    /** @type {[Key, import("../../../lib/dom.js").Children][]} */
    const facts = [
      [msg("help.on-roll"), this.#onRoll(has_roll, style && titleOf(t, people.districts, style))],
      [msg("help.code"), this.#code(people, code, journal)],
      [msg("help.signed-in"), yes(signed_in)],
      [msg("help.key"), this.#key(on_board)],
      [msg("help.voted"), yes(on_board?.voted ?? false)],
    ];
    if (printed) facts.push([msg("help.paper"), this.#paper(people, printed)]);
    return facts;
  }

  /**
   * @param {boolean} has
   * @param {string | null} district
   */
  #onRoll(has, district) {
    if (!has) return this.t("help.no-roll");
    return district ? this.t("help.in-district", { district }) : this.t("help.no");
  }

  /**
   * @param {People} people
   * @param {Person["code"]} code
   * @param {Person["journal"]} journal
   */
  #code(people, { state, sent, last_sent, last_failed, spent }, journal) {
    const t = this.t;
    // The count begins anew then: what was sent before is not counted any more.
    const hour = (/** @type {string} */ moment) => momentOf(t, people, moment);
    const day = Date.now() - DAY_MS;
    const [anew] = journal.filter(({ what, at }) => what === "unlock" && Date.parse(at) > day).slice(-1);
    const said = {
      none: () => (anew ? t("help.code-none-since", { when: hour(anew.at) }) : t("help.code-none")),
      sent: () => t("help.code-sent", { when: hour(last_sent ?? ""), n: sent }),
      delayed: () => t("help.code-delayed"),
      "not-on-roll": () => t("help.code-not-on-roll"),
    };
    const failed = last_failed && ` ${t("help.code-failed", { when: hour(last_failed) })}`;
    return [said[state](), failed, spent && ` ${t("help.code-spent")}`];
  }

  /** @param {Person["on_board"]} on_board */
  #key(on_board) {
    if (!on_board) return this.t("help.key-none");
    if (on_board.struck_off) return this.t("help.key-struck");
    return on_board.active ? this.t("help.key-active") : this.t("help.key-revoked");
  }

  /**
   * @param {People} people
   * @param {NonNullable<Person["printed"]>} printed
   */
  #paper(people, { made, expires, used }) {
    const when = momentOf(this.t, people, made);
    if (used) return this.t("help.paper-used", { when });
    return this.t("help.paper-good", { when, until: momentOf(this.t, people, expires) });
  }
}

customElements.define("veche-desk-help", DeskHelpScreen);
