import { fill, h, heading, uniqueId } from "../../../lib/dom.js";
import { msg } from "../../../lib/text.js";
import { Trouble, asTrouble } from "../../../lib/trouble.js";
import { whileBusy } from "../../../parts/busy.js";
import { Screen } from "../../../parts/screen.js";
import { TroubleNotice } from "../../../parts/trouble.js";

/** @typedef {import("../main.js").App} App */

/**
 * Where several people have one phone: takes what tells this one apart, after the right code.
 * @extends {Screen<App>}
 */
export class MarkScreen extends Screen {
  static step = /** @type {const} */ ("sign-in");
  static back = "code";
  static title = msg("mark.name");
  /** @param {App} app */
  static guard = (app) => (app.voter.codeRequest?.code ? null : "code");

  #trouble = new TroubleNotice(this.t);
  #button = h("button", { class: "button primary wide" }, this.t("code.enter"));
  #field;

  /** @param {App} app */
  constructor(app) {
    super(app);
    const id = uniqueId("mark");
    this.#field = h("input", {
      id,
      type: "text",
      dir: "auto",
      autocomplete: "off",
      maxlength: 50,
      required: true,
      spellcheck: "false",
      "aria-describedby": `${id}-lead ${id}-trouble`,
    });
    this.#trouble.id = `${id}-trouble`;
    // The town's own words, as they stand above the column of its list, are in its language.
    const asked = app.voter.codeRequest?.asked;
    const label = asked
      ? h("bdi", { lang: app.election.manifest.languages[0] ?? "" }, asked)
      : this.t("mark.label");
    fill(
      this,
      heading(this.t("mark.heading")),
      h("p", { id: `${id}-lead`, class: "lead" }, this.t("mark.lead")),
      h(
        "form",
        {
          class: "form",
          novalidate: true,
          on: { submit: (/** @type {Event} */ event) => this.#submit(event) },
        },
        h("label", { for: id }, label),
        this.#field,
        this.#trouble,
        this.#button,
      ),
    );
  }

  /** @param {Event} event */
  async #submit(event) {
    event.preventDefault();
    this.#trouble.clear();
    this.#field.removeAttribute("aria-invalid");
    const code = this.app.voter.codeRequest?.code;
    if (!code) return this.app.go("code");
    try {
      const next = await whileBusy(this.#button, this.t("code.entering"), () =>
        this.app.voting.signIn(code, "", this.#field.value),
      );
      // The question comes again where nothing was said that could be looked for.
      if (next === "mark") this.#refuse(new Trouble("wrong-mark"));
      else if (next) this.app.go(next);
    } catch (error) {
      const trouble = asTrouble(error);
      if (trouble.code !== "wrong-mark") return this.app.met(trouble, this.#trouble);
      this.#refuse(trouble.data.attempts_left === 0 ? new Trouble("too-many-marks") : trouble);
    }
  }

  /** @param {Trouble} trouble */
  #refuse(trouble) {
    this.#field.setAttribute("aria-invalid", "true");
    this.#trouble.show(trouble);
    this.#field.select();
    this.#field.focus();
  }
}

customElements.define("veche-mark", MarkScreen);
