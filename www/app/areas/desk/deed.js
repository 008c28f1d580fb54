import { fill, h, uniqueId } from "../../lib/dom.js";
import { msg } from "../../lib/text.js";
import { whileBusy } from "../../parts/busy.js";
import { verbatim } from "../../parts/copy.js";
import { Part } from "../../parts/part.js";
import { TroubleNotice } from "../../parts/trouble.js";
import { sameCommand } from "./command.js";
import { labelled } from "./field.js";
import { momentOf, titleOf } from "./model/people.js";

/** @typedef {import("../../lib/text.js").Key} Key */
/** @typedef {import("./model/people.js").People} People */
/** What can be done for one person. @typedef {"unlock" | "code" | "phone" | "revoke-key" | "roll/add" | "roll/move" | "roll/mark" | "roll/strike"} Deed */
/** What a deed asks for beside the number and the reason. @typedef {"district" | "days" | "new_phone"} More */

/** @type {Record<Deed, { title: Key, text: Key, final: Key, more?: More, danger?: boolean, forGood?: boolean, command: string }>} What is for good has a sentence to tick. */
const DEEDS = {
  "roll/add": {
    title: msg("people.add"),
    text: msg("people.add-hint"),
    final: msg("people.add-done"),
    more: "district",
    command: "veche-server roll add --data DIR --style ID --operator NAME --reason TEXT",
  },
  "roll/move": {
    title: msg("people.move"),
    text: msg("people.move-hint"),
    final: msg("people.move-done"),
    more: "district",
    command: "veche-server roll move --data DIR --style ID --operator NAME --reason TEXT",
  },
  "roll/mark": {
    title: msg("people.mark-give"),
    text: msg("people.mark-give-hint"),
    final: msg("people.mark-give-done"),
    command: "veche-server roll mark --data DIR --operator NAME --reason TEXT",
  },
  "roll/strike": {
    title: msg("people.strike"),
    text: msg("people.strike-hint"),
    final: msg("people.strike-done"),
    danger: true,
    forGood: true,
    command: "veche-server roll strike --data DIR --operator NAME --reason TEXT",
  },
  unlock: {
    title: msg("people.unlock"),
    text: msg("people.unlock-hint"),
    final: msg("people.unlock-done"),
    command: "veche-server help unlock --data DIR --operator NAME --reason TEXT",
  },
  code: {
    title: msg("people.code"),
    text: msg("people.code-hint"),
    final: msg("people.code-done"),
    more: "days",
    command: "veche-server help code --data DIR --days N --operator NAME --reason TEXT",
  },
  phone: {
    title: msg("people.phone-change"),
    text: msg("people.phone-change-hint"),
    final: msg("people.phone-change-done"),
    more: "new_phone",
    command: "veche-server help phone --data DIR --operator NAME --reason TEXT",
  },
  "revoke-key": {
    title: msg("people.revoke"),
    text: msg("people.revoke-hint"),
    final: msg("people.revoke-done"),
    danger: true,
    command: "veche-server help revoke-key --data DIR --operator NAME --reason TEXT",
  },
};

/**
 * When a code on paper ends at the latest, as far as it is known here.
 * @param {import("../../lib/text.js").Texts} t
 * @param {People} people
 */
function lastHour(t, people) {
  const { closes, closes_latest: latest } = people;
  if (latest) return t("people.days-hint-latest", { closes: momentOf(t, people, latest) });
  return closes ? t("people.days-hint", { closes: momentOf(t, people, closes) }) : undefined;
}

/** One thing that is done for one person, with the reason for it. */
export class DeedForm extends Part {
  #trouble = new TroubleNotice(this.t);
  #more = h("div", { class: "deed-more" });
  /** That it is the right person, before what cannot be taken back. */
  #sure = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", name: "sure" }));
  #certain = h("div");
  #same = h("div");
  #done = h("div", { class: "deed-done", role: "status" });

  /**
   * @param {import("./main.js").DeskApp} app
   * @param {People} people
   * @param {{ deeds: Deed[], phone: string | null, mark?: string | null, done?: (deed: Deed, form: { new_phone?: string }) => void }} how without a number there
   *   are fields for it and for the mark; the mark is that of the one who was found, of several with the number; `done`
   *   is called when something was done
   */
  constructor(app, people, { deeds, phone, mark = null, done }) {
    super(app.t);
    this.app = app;
    this.people = people;
    this.number = phone;
    this.known = mark;
    this.finished = done;
    this.phone = labelled(this.t("people.phone"), { type: "tel", name: "phone", dir: "ltr" });
    this.mark = labelled(
      this.t("people.mark"),
      { name: "mark", dir: "auto", spellcheck: "false", on: { input: () => this.#command() } },
      this.t("people.mark-hint"),
    );
    this.newPhone = labelled(this.t("people.phone-new"), { type: "tel", name: "new-phone", dir: "ltr" });
    this.days = labelled(
      this.t("people.days"),
      { name: "days", inputmode: "numeric", value: "7", dir: "ltr" },
      lastHour(this.t, people),
    );
    this.reason = labelled(
      this.t("people.reason"),
      { name: "reason", maxlength: "200" },
      this.t("people.reason-hint"),
    );
    this.district = this.#districts();
    this.button = /** @type {HTMLButtonElement} */ (
      h("button", { type: "submit", class: "button primary wide" }, this.t("people.do"))
    );
    /** @type {Deed | null} */
    this.deed = null;
    const submit = (/** @type {Event} */ event) => {
      event.preventDefault();
      void this.#do();
    };
    fill(
      this,
      h(
        "form",
        { class: "form", novalidate: true, on: { submit } },
        phone === null && [this.phone.row, this.mark.row],
        h(
          "fieldset",
          { class: "rows" },
          h("legend", null, this.t("people.deed")),
          deeds.map((deed) => this.#choice(deed)),
        ),
        this.#more,
        this.reason.row,
        this.#certain,
        this.#trouble,
        this.button,
        this.#same,
      ),
      this.#done,
    );
  }

  /** @param {Deed} deed */
  #choice(deed) {
    const { title, text } = DEEDS[deed];
    const change = () => this.#choose(deed);
    const id = uniqueId("deed");
    return h(
      "label",
      { class: "row-choice" },
      h("input", { type: "radio", name: "deed", value: deed, "aria-describedby": id, on: { change } }),
      h("span", null, this.t(title), h("small", { class: "hint", id }, this.t(text))),
    );
  }

  #districts() {
    const { districts } = this.people;
    if (districts.length === 0) {
      return labelled(this.t("people.district"), { name: "district", dir: "ltr", spellcheck: "false" });
    }
    const id = uniqueId("field");
    const field = h(
      "select",
      { id, name: "district" },
      h("option", { value: "" }, this.t("people.district-choose")),
      districts.map((district) =>
        h("option", { value: district.id }, titleOf(this.t, districts, district.id)),
      ),
    );
    return {
      field,
      row: h("div", { class: "field" }, h("label", { for: id }, this.t("people.district")), field),
    };
  }

  /** @param {Deed} deed */
  #choose(deed) {
    this.deed = deed;
    const { more, danger, forGood } = DEEDS[deed];
    const asked = { district: this.district, days: this.days, new_phone: this.newPhone };
    this.#sure.checked = false;
    fill(this.#more, this.number !== null && this.#isMarked() && this.mark.row, more && asked[more].row);
    const certain = h("span", null, this.t("people.strike-sure"));
    fill(this.#certain, forGood && h("label", { class: "row-choice" }, this.#sure, certain));
    this.button.classList.toggle("danger", Boolean(danger));
    this.button.classList.toggle("primary", !danger);
    this.#command();
  }

  /** Whether there is a field for the mark: of somebody who was found, only where they get one. */
  #isMarked() {
    return this.number === null || this.deed === "roll/add" || this.deed === "roll/mark";
  }

  /** By what the person is told apart from others with the phone. */
  #marked() {
    return this.known ?? (this.#isMarked() ? this.mark.field.value.trim() : "");
  }

  #command() {
    if (!this.deed) return;
    const { command } = DEEDS[this.deed];
    // Of a phone as a whole, and of one that gets a mark, the command asks by itself.
    const plain = !this.#marked() || ["unlock", "roll/mark"].includes(this.deed);
    fill(this.#same, sameCommand(this.t, plain ? command : `${command} --mark`));
  }

  async #do() {
    this.#trouble.clear();
    fill(this.#done);
    const { deed } = this;
    if (!deed) return this.#trouble.say(this.t("people.deed-missing"));
    if (DEEDS[deed].forGood && !this.#sure.checked) {
      this.#trouble.say(this.t("run.tick-first"));
      return this.#sure.focus();
    }
    const phone = this.number ?? this.phone.field.value.trim();
    const mark = this.#marked();
    const form = {
      phone,
      ...(mark && { mark }),
      reason: this.reason.field.value,
      ...this.#asked(DEEDS[deed].more),
    };
    try {
      const post = () => this.app.desk.post(`people/${deed}`, form);
      const done = await whileBusy(this.button, this.t("app.working"), post);
      if (!done) return;
      const { final } = DEEDS[deed];
      fill(this.#done, h("p", { class: "callout" }, this.t(final)), this.#code(done.answer));
      this.reason.field.value = "";
      this.finished?.(deed, form);
    } catch (error) {
      this.app.met(error, this.#trouble);
    }
  }

  /** @param {More | undefined} more */
  #asked(more) {
    if (more === "district") return { style: this.district.field.value };
    if (more === "days") return { days: Number(this.days.field.value) };
    if (more === "new_phone") return { new_phone: this.newPhone.field.value.trim() };
    return {};
  }

  /** @param {{ code?: string, expires?: string } | null} answer */
  #code(answer) {
    if (!answer?.code) return null;
    const until = momentOf(this.t, this.people, answer.expires ?? "");
    return [
      h("p", { class: "paper-code" }, verbatim(answer.code)),
      h("p", { class: "hint" }, this.t("people.code-until", { until })),
    ];
  }
}

customElements.define("veche-deed", DeedForm);
