import { fill, h, uniqueId } from "../../../lib/dom.js";
import { whileBusy } from "../../../parts/busy.js";
import { Part } from "../../../parts/part.js";
import { TroubleNotice } from "../../../parts/trouble.js";
import { sameCommand } from "../command.js";
import { labelled } from "../field.js";

/** No list of passes is longer. */
const LONGEST = 8_192;

/** Invitations for trustees, to be opened in tabs of their own and printed. */
export class InvitationsPart extends Part {
  #trouble = new TroubleNotice(this.t);
  #made = h("div", { "aria-live": "polite" });
  #site = labelled(
    this.t("desk-trustees.site"),
    { name: "site", inputmode: "url", dir: "ltr", spellcheck: "false", placeholder: "https://" },
    this.t("desk-trustees.site-hint", { example: "https://vote.example/" }),
  );
  #by = labelled(this.t("desk-trustees.by"), { name: "by", type: "date" }, this.t("desk-trustees.by-hint"));

  /**
   * @param {import("../../../lib/text.js").Texts} t
   * @param {import("../main.js").DeskApp} app
   */
  constructor(t, app) {
    super(t);
    this.app = app;
    // The page is made anew in another language, and its names come later than this field.
    this.#site.field.value = app.site;
    this.#site.field.addEventListener("input", () => (app.site = this.#site.field.value));
    const id = uniqueId("tokens");
    const file = /** @type {HTMLInputElement} */ (
      h("input", { type: "file", id, name: "tokens", "aria-describedby": `${id}-hint` })
    );
    const button = /** @type {HTMLButtonElement} */ (
      h("button", { type: "submit", class: "button primary wide" }, t("desk-trustees.make"))
    );
    fill(
      this,
      h("h2", null, t("desk-trustees.invitations")),
      h("p", null, t("desk-trustees.invitations-text")),
      this.#trouble,
      h(
        "form",
        {
          class: "form",
          novalidate: true,
          on: {
            submit: (/** @type {Event} */ event) => {
              event.preventDefault();
              void this.#make(button, file);
            },
          },
        },
        this.#site.row,
        h(
          "div",
          { class: "field" },
          h("label", { for: id }, t("desk-trustees.tokens")),
          h("p", { class: "hint", id: `${id}-hint` }, t("desk-trustees.tokens-hint")),
          file,
        ),
        this.#by.row,
        button,
      ),
      this.#made,
      sameCommand(t, "veche election invitations --box URL --site URL --tokens FILE --out DIR"),
    );
  }

  connectedCallback() {
    void this.#kept();
  }

  /** Those that were made before and not forgotten: they are still there, and so is the button that forgets them. */
  async #kept() {
    try {
      const { invitations, names } = await this.app.desk.get("trustees/invitations");
      if (this.isConnected && invitations > 0 && !this.#made.hasChildNodes()) this.#links(invitations, names);
    } catch (error) {
      if (this.isConnected) this.app.met(error, this.#trouble);
    }
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {HTMLInputElement} file
   */
  async #make(button, file) {
    this.#trouble.clear();
    fill(this.#made);
    const [given] = file.files ?? [];
    if (!given || given.size > LONGEST) return this.#trouble.say(this.t("desk-trustees.no-tokens"));
    try {
      const { invitations, names } = await whileBusy(button, this.t("app.working"), async () =>
        this.app.desk.post("trustees/invitations", {
          site: this.#site.field.value.trim(),
          tokens: await given.text(),
          by: this.#by.field.value,
        }),
      );
      file.value = "";
      this.#links(invitations, names);
    } catch (error) {
      this.app.met(error, this.#trouble);
    }
  }

  /**
   * @param {number} count
   * @param {Record<string, string>} names by the trustees' numbers
   */
  #links(count, names) {
    const { t } = this;
    const { shown } = /** @type {import("../model/desk.js").Progress} */ (this.app.desk.progress);
    const forget = /** @type {HTMLButtonElement} */ (
      h("button", { type: "button", class: "button secondary" }, t("desk-trustees.forget"))
    );
    forget.addEventListener("click", () => void this.#forget(forget));
    fill(
      this.#made,
      h("p", { class: "callout" }, t("desk-trustees.made")),
      h(
        "ul",
        { class: "desk-invitations" },
        Array.from({ length: count }, (_, at) => {
          const name = names[at + 1];
          return h(
            "li",
            null,
            h(
              "a",
              {
                href: `shown/${shown}/invitation/${at + 1}?language=${t.language}`,
                target: "_blank",
                // Its way back leads into the desk that is open here. No script runs in that tab.
                rel: "opener",
                referrerpolicy: "no-referrer",
                on: { click: () => void this.#opened() },
              },
              name ? t("desk-trustees.open-of", { name, n: at + 1 }) : t("desk-trustees.open", { n: at + 1 }),
            ),
          );
        }),
      ),
      h("p", { class: "actions" }, forget),
    );
  }

  /** Another tab may have had them forgotten: the tab that opens cannot say so in a sentence, this page can. */
  async #opened() {
    try {
      const { invitations } = await this.app.desk.get("trustees/invitations");
      if (!this.isConnected || invitations > 0) return;
      fill(this.#made);
      this.#trouble.say(this.t("trouble.desk-invitation-gone"));
    } catch (error) {
      if (this.isConnected) this.app.met(error, this.#trouble);
    }
  }

  /** @param {HTMLButtonElement} button */
  async #forget(button) {
    try {
      await whileBusy(button, this.t("app.working"), () => this.app.desk.post("trustees/forget"));
      fill(this.#made, h("p", null, this.t("desk-trustees.forgotten")));
    } catch (error) {
      this.app.met(error, this.#trouble);
    }
  }
}

customElements.define("veche-desk-invitations", InvitationsPart);
