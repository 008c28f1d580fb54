import { asTrouble, isFatal } from "../lib/trouble.js";
import { stop } from "./stop.js";

/** @typedef {import("../lib/text.js").Texts} Texts */
/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./trouble.js").TroubleNotice} TroubleNotice */

/** What the pages of every area have: texts, the frame around the screens, and what becomes of an error. */
export class Page {
  /**
   * @param {Texts} t
   * @param {Frame} frame
   */
  constructor(t, frame) {
    this.t = t;
    this.frame = frame;
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
    stop(this.t, this.frame, asTrouble(error));
  }
}
