import { readManifest } from "../lib/manifest.js";
import { recordOf } from "../lib/record-files.js";
import { asTrouble, isFatal } from "../lib/trouble.js";
import { typeAgain, typedIn } from "../lib/typed.js";
import { stop } from "./stop.js";

/** @typedef {import("../lib/text.js").Texts} Texts */
/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./trouble.js").TroubleNotice} TroubleNotice */

/** What the pages of every area have: texts, the frame around the screens, and what becomes of an error. */
export class Page {
  /** While the screen is made anew in another language: what it was doing goes on. */
  speaking = false;
  /** What has ended the page. @type {import("../lib/trouble.js").Trouble | null} */
  #trouble = null;

  /**
   * @param {Texts} t
   * @param {Frame} frame
   */
  constructor(t, frame) {
    this.t = t;
    this.frame = frame;
  }

  /** Goes on behind what can be read already. @returns {void | Promise<void>} */
  begin() {}

  /** Shows the present screen anew. @returns {void | Promise<void>} */
  again() {}

  /**
   * Goes on in another language where it is; what was typed is typed again.
   * @param {Texts} t
   */
  async speak(t) {
    const typed = typedIn(this.frame.main);
    this.t = t;
    this.frame.speak(t);
    this.speaking = true;
    try {
      if (this.#trouble && this.frame.main.querySelector("veche-stop")) stop(t, this.frame, this.#trouble);
      else await this.again();
      typeAgain(this.frame.main, typed);
    } finally {
      this.speaking = false;
    }
  }

  /**
   * Names the election at the head of a page and who runs it at the foot, for everyone but voters. Whether it is the right
   * election each page finds out for itself.
   * @param {import("../lib/config.js").SiteConfig} config
   * @param {string} home where the name leads
   */
  async introduce(config, home) {
    try {
      const manifest = await recordOf(config).file("manifest.json");
      if (manifest) this.frame.introduce(readManifest(manifest), { voter: false, home });
    } catch {
      // A page that needs the manifest says what is wrong with it.
    }
  }

  /**
   * Deals with an error: a grave one takes the whole page, any other stands beside what it is about.
   * @param {unknown} error
   * @param {TroubleNotice} notice
   * @param {() => void} [retry]
   */
  met(error, notice, retry) {
    const trouble = asTrouble(error);
    if (isFatal(trouble)) return this.stop(trouble);
    notice.show(trouble, retry ? { retry } : {});
  }

  /**
   * Ends what the page was about.
   * @param {unknown} error
   */
  stop(error) {
    this.#trouble = asTrouble(error);
    stop(this.t, this.frame, this.#trouble);
  }
}
