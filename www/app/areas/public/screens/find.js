import { Api } from "../../../lib/api.js";
import { BallotSearch } from "../../../lib/ballot-search.js";
import { fill, h, heading, uniqueId } from "../../../lib/dom.js";
import { asTrouble, Trouble } from "../../../lib/trouble.js";
import { BallotAnswer } from "../../../parts/ballot-answer.js";
import { Screen } from "../../../parts/screen.js";
import { TroubleNotice } from "../../../parts/trouble.js";

/** @typedef {import("../main.js").PublicApp} PublicApp */
/** @typedef {import("../../../lib/ballot-search.js").Sought} Sought */

/** No receipt is larger; a film dropped by mistake is not read. */
const MAX_FILE = 1 << 20;

/**
 * Finds a ballot by its confirmation code or its receipt, in the record's static files alone.
 * @extends {Screen<PublicApp>}
 */
export class FindScreen extends Screen {
  #trouble = new TroubleNotice(this.t);
  #field;
  #answer;
  #search;
  /** @type {AbortController | null} */
  #stop = null;
  /** @type {Promise<unknown>} the election on its way, asked for when the page is opened */
  #opened = Promise.resolve();

  /** @param {PublicApp} app */
  constructor(app) {
    super(app);
    this.#search = new BallotSearch(
      app.record,
      app.engine,
      app.config.fingerprint ?? "",
      new Api(new URL(app.config.box, document.baseURI)),
    );
    const [id, file] = [uniqueId("code"), uniqueId("file")];
    this.#answer = new BallotAnswer(this.t, { stop: () => this.#stop?.abort() });
    this.#trouble.id = `${id}-trouble`;
    this.#field = h("input", {
      id,
      name: "code",
      type: "text",
      autocomplete: "off",
      autocapitalize: "characters",
      spellcheck: "false",
      maxlength: 60,
      class: "find-code",
      dir: "ltr",
      translate: "no",
      "aria-describedby": `${id}-hint ${id}-trouble`,
    });
    fill(
      this,
      heading(this.t("find.name")),
      h("p", { class: "lead" }, this.t("find.lead")),
      this.#answer,
      h(
        "form",
        {
          class: "form find-form",
          novalidate: true,
          on: { submit: (/** @type {Event} */ event) => this.#submit(event) },
        },
        h("label", { for: id }, this.t("find.code")),
        h("p", { id: `${id}-hint`, class: "hint" }, this.t("find.code-hint")),
        this.#field,
        this.#trouble,
        h("button", { class: "button primary" }, this.t("find.search")),
      ),
      h(
        "section",
        { class: "find-receipt" },
        h("h2", null, this.t("find.receipt-heading")),
        h("p", null, this.t("find.receipt-text")),
        h(
          "p",
          { class: "actions" },
          h(
            "label",
            { for: file, class: "button secondary file" },
            this.t("receipt.open-file"),
            h("input", {
              id: file,
              type: "file",
              accept: ".json,application/json",
              class: "visually-hidden",
              on: {
                change: (/** @type {Event} */ event) =>
                  this.#chosen(/** @type {HTMLInputElement} */ (event.target)),
              },
            }),
          ),
        ),
        h("p", { class: "hint" }, this.t("find.drop")),
      ),
      h("p", { class: "find-dropping", "aria-hidden": "true" }, this.t("find.dropping")),
    );
  }

  connectedCallback() {
    document.addEventListener("dragover", this.#dragged);
    document.addEventListener("dragleave", this.#left);
    document.addEventListener("drop", this.#dropped);
    if (this.app.config.fingerprint === null) return this.app.met(new Trouble("setup"), this.#trouble);
    const { sought, speaking } = this.app;
    if (speaking && sought) void this.#find(sought);
    else if (this.app.detail) void this.#find({ receipt: new TextEncoder().encode(this.app.detail) });
    // Asked for now, so that its files are there when the code is typed. What goes wrong is met by the search.
    else void this.#open().catch(() => undefined);
  }

  disconnectedCallback() {
    document.removeEventListener("dragover", this.#dragged);
    document.removeEventListener("dragleave", this.#left);
    document.removeEventListener("drop", this.#dropped);
    this.#stop?.abort();
    if (!this.app.speaking) this.app.sought = null;
  }

  /** Opens the record as it is now: the board has grown since anybody looked last. */
  #open() {
    // One after the other, so that the checkpoint of an earlier one never takes the place of a later one's.
    const opened = this.#opened
      .catch(() => undefined)
      .then(() => this.#search.open())
      .then((manifest) => this.app.frame.introduce(manifest, { voter: false, home: "#results" }));
    this.#opened = opened;
    return opened;
  }

  /** @param {DragEvent} event */
  #dragged = (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.classList.add("dropping");
  };

  #left = () => this.classList.remove("dropping");

  /** @param {DragEvent} event */
  #dropped = (event) => {
    event.preventDefault();
    this.#left();
    void this.#read(event.dataTransfer?.files[0]);
  };

  /** @param {HTMLInputElement} input */
  async #chosen(input) {
    await this.#read(input.files?.[0]);
    // The same file can then be chosen again.
    input.value = "";
  }

  /** @param {File | undefined} file */
  async #read(file) {
    if (!file) return;
    if (file.size > MAX_FILE) return this.#answer.trouble(new Trouble("not-a-receipt"));
    await this.#find({ receipt: new Uint8Array(await file.arrayBuffer()) });
  }

  /** @param {Event} event */
  async #submit(event) {
    event.preventDefault();
    this.#trouble.clear();
    this.#field.removeAttribute("aria-invalid");
    const code = await this.app.engine.call("readCode", { typed: this.#field.value });
    if (code === null) {
      this.#field.setAttribute("aria-invalid", "true");
      this.#trouble.say(this.t("find.code-wrong"));
      // What was found before is not the answer to this.
      this.#stop?.abort();
      this.#answer.hidden = true;
      this.#field.focus();
      return;
    }
    this.#field.value = code;
    await this.#find({ code });
  }

  /** @param {Sought} sought */
  async #find(sought) {
    this.app.sought = sought;
    this.#stop?.abort();
    const stop = (this.#stop = new AbortController());
    const answer = this.#answer;
    answer.opening();
    answer.scrollIntoView({ block: "nearest" });
    try {
      await this.#open();
      if (stop.signal.aborted) return;
      if (this.#search.unreachable) {
        if ("code" in sought) throw this.#search.unreachable;
        return answer.holds(await this.#search.check(sought.receipt), () => this.#find(sought));
      }
      answer.begin(sought, this.app.config.fingerprint ?? "");
      const last = await this.#search.find(
        sought,
        (told) => this.#stop === stop && answer.tell(told),
        stop.signal,
      );
      if (this.#stop === stop) answer.end(last);
    } catch (error) {
      if (this.#stop !== stop) return;
      answer.trouble(asTrouble(error), "receipt" in sought, () => this.#find(sought));
    }
    if (this.#stop !== stop) return;
    this.app.frame.announce(answer.headline);
    // Whoever pressed a button further down sees the answer from its beginning.
    if (answer.getBoundingClientRect().top < 0) answer.scrollIntoView({ block: "start" });
  }
}

customElements.define("veche-find", FindScreen);
