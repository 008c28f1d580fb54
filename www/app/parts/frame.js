import { fill, h, said } from "../lib/dom.js";
import { behind, onward } from "./about.js";
import { Part } from "./part.js";
import { Steps } from "./steps.js";

/** @typedef {import("../../veche-wasm-voter.js").Manifest} Manifest */
/** @typedef {import("../../veche-wasm-voter.js").OrganiserStatement} Statement */
/** @typedef {import("./steps.js").Step} Step */
/** @typedef {import("../lib/text.js").Texts} Texts */

/** After this long without anything to read, the page says what to do: a browser may never answer. */
const LATE_MS = 15_000;

/** What stays on every screen: the election's name, notices, the steps, the place for screens, who runs it, and a voice. */
export class Frame extends Part {
  electionTitle = "";
  #title = "";
  #notice = h("div", { class: "notices" });
  /** What the organiser says to everybody: known when the vote has been verified, while somebody may be reading. */
  #said = h("div", { class: "notices", role: "status" });
  #name = h("a", { class: "frame-name", href: "#welcome" });
  #mine = h("a", { class: "frame-mine", href: "#mine" }, this.t("app.mine"));
  #pages = h("nav", { class: "frame-pages", "aria-label": this.t("app.pages"), hidden: true });
  #steps = new Steps(this.t);
  #back = h("a", { class: "frame-back" }, this.t("app.back"));
  #way = h("nav", { class: "frame-way", "aria-label": this.t("app.progress") }, this.#back, this.#steps);
  main = h("main", { id: "main" });
  #opening = h("div", { class: "opening", role: "status", hidden: true });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #late;
  #foot = h("footer", { class: "frame-foot", "aria-label": this.t("about.name"), hidden: true });
  #voice = h("p", { class: "visually-hidden", "aria-live": "polite" });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #saying;
  /** The switch of languages, which stands in index.html; a page without it speaks one. */
  #language = document.querySelector(".language");
  /** @type {Parameters<Frame["introduce"]> | null} */
  #introduced = null;

  connectedCallback() {
    this.#mine.hidden = true;
    fill(
      this,
      h(
        "header",
        null,
        this.#notice,
        this.#said,
        h("div", { class: "frame-head" }, this.#name, this.#pages, this.#mine, this.#language),
      ),
      this.#way,
      this.main,
      this.#opening,
      this.#foot,
      this.#voice,
    );
    this.#label();
  }

  disconnectedCallback() {
    clearTimeout(this.#late);
  }

  #label() {
    this.#language?.querySelector("select")?.setAttribute("aria-label", this.t("app.language"));
  }

  /**
   * Says what it says in another language. The screen inside is made anew by whoever showed it.
   * @param {Texts} t
   */
  speak(t) {
    this.t = t;
    this.#hush();
    this.#label();
    this.#mine.textContent = t("app.mine");
    this.#back.textContent = t("app.back");
    this.#pages.setAttribute("aria-label", t("app.pages"));
    this.#way.setAttribute("aria-label", t("app.progress"));
    this.#foot.setAttribute("aria-label", t("about.name"));
    this.#steps.t = t;
    if (this.#introduced) this.introduce(...this.#introduced);
  }

  /**
   * @param {Manifest} manifest
   * @param {{ voter?: boolean, home?: string, notices?: Statement[], earlier?: boolean, saysAll?: boolean }} [about]
   *   whether the page is a voter's, where the name leads, what the organiser says to everybody, whether more was said
   *   before that, and whether the ballot box keeps nothing back that is known of
   */
  introduce(manifest, about = {}) {
    this.#introduced = [manifest, about];
    const { voter = true, notices = [], earlier = false, saysAll = true } = about;
    const { home = voter ? "#welcome" : "#trustee" } = about;
    this.electionTitle = this.t.localised(manifest.title);
    fill(this.#name, said(this.t, manifest.title));
    this.#name.setAttribute("href", home);
    this.#naming();
    this.#mine.hidden = !voter;
    if (this.#title) this.#entitle();
    const foot = h("div", null, behind(this.t, manifest), voter && onward(this.t));
    // What somebody has opened stays open.
    if (foot.textContent !== this.#foot.textContent) fill(this.#foot, ...foot.childNodes);
    this.#fold();
    fill(
      this.#notice,
      manifest.phase === "rehearsal" && h("p", { class: "notice" }, this.t("app.rehearsal")),
      manifest.notice && h("p", { class: "notice" }, said(this.t, manifest.notice)),
    );
    // It moves nothing that is being read or tapped: until the next screen it stands at the window's lower edge.
    if (voter && !this.main.hidden && !this.#said.hasChildNodes()) {
      this.append(this.#said);
      this.#said.tabIndex = 0;
    }
    fill(
      this.#said,
      !saysAll && h("p", { class: "notice" }, this.t("app.not-all-said")),
      earlier && h("p", { class: "notice said" }, this.t("app.said-before")),
      // Plain text: a notice cannot lead anybody anywhere.
      notices.map(({ kind, time, text }) => {
        const about = { date: this.t.hour(time * 1_000, manifest.time_zone) };
        const whose =
          kind === "cancellation" ? this.t("app.cancelled", about) : this.t("app.organiser-says", about);
        return h("p", { class: "notice said" }, h("strong", null, whose), " ", said(this.t, text));
      }),
    );
  }

  #entitle() {
    document.title = this.t("app.title", {
      screen: this.#title,
      election: this.electionTitle || this.t("app.fallback-title"),
    });
  }

  /**
   * Links pages that stand beside each other.
   * @param {[string, string][]} pages  each one's address after the `#`, and its name
   * @param {string} current the one that is shown
   */
  pages(pages, current) {
    this.#pages.hidden = false;
    fill(
      this.#pages,
      pages.map(([place, name]) =>
        h("a", { href: `#${place}`, "aria-current": place === current && "page" }, name),
      ),
    );
  }

  /** While there is nothing else to show. */
  opening() {
    this.#way.hidden = true;
    // Out of the page and not emptied: what comes instead has then not moved.
    this.main.hidden = true;
    this.#opening.hidden = false;
    fill(
      this.#opening,
      h("progress", { "aria-label": this.t("app.opening") }),
      h("p", null, this.t("app.opening")),
    );
    clearTimeout(this.#late);
    this.#late = setTimeout(() => this.#opening.append(h("p", null, this.t("app.opening-late"))), LATE_MS);
    this.#fold();
  }

  /** The foot comes with the screen above it. */
  #fold() {
    this.#foot.hidden = this.main.hidden || this.#foot.childElementCount === 0;
  }

  /** The first page has the election's name as its heading. A link without words would be announced as nothing. */
  #naming() {
    this.#name.hidden = this.main.className === "veche-welcome" || this.electionTitle === "";
  }

  /**
   * @param {HTMLElement} screen
   * @param {{ step: Step | null, title: string, back: string | null, moved: boolean }} about
   */
  show(screen, { step, title, back, moved }) {
    this.#title = title;
    this.#entitle();
    this.#steps.show(step);
    this.#back.hidden = back === null;
    this.#way.hidden = back === null && step === null;
    if (back !== null) this.leadBack(back);
    this.#language?.classList.toggle("brief", !this.#mine.hidden && screen.localName !== "veche-welcome");
    this.main.className = screen.localName;
    this.dataset.screen = screen.localName;
    this.main.hidden = false;
    this.#opening.hidden = true;
    clearTimeout(this.#late);
    this.#naming();
    this.#fold();
    fill(this.main, screen);
    if (this.#said.parentNode === this) {
      this.#notice.after(this.#said);
      this.#said.tabIndex = -1;
    }
    if (!moved) return;
    // What was said may be a choice, and would be read and copied with every later screen.
    this.#hush();
    window.scrollTo(0, 0);
    screen.querySelector("h1")?.focus({ preventScroll: true });
  }

  /** @param {string} place where the way back leads */
  leadBack(place) {
    this.#back.setAttribute("href", `#${place}`);
  }

  /**
   * Moves on among the steps while the screen stays.
   * @param {Step} step
   */
  step(step) {
    this.#steps.show(step);
  }

  /**
   * Says above everything what could not be done.
   * @param {import("../lib/dom.js").Children} text
   */
  warn(text) {
    this.#notice.querySelector(".warning")?.remove();
    this.#notice.append(h("p", { class: "notice warning", role: "alert" }, text));
  }

  /**
   * Says something to a screen reader. Emptied first: the same words twice would otherwise be heard once.
   * @param {import("../lib/dom.js").Children} text
   */
  announce(text) {
    this.#hush();
    this.#saying = setTimeout(() => {
      fill(this.#voice, text);
    }, 50);
  }

  #hush() {
    clearTimeout(this.#saying);
    this.#voice.textContent = "";
  }
}

customElements.define("veche-frame", Frame);
