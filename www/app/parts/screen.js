import { Part } from "./part.js";

/**
 * What fills the page between its head and its end. It belongs to one area and knows that area's page; parts do not.
 * @template {{ t: import("../lib/text.js").Texts }} P
 */
export class Screen extends Part {
  /** @param {P} app */
  constructor(app) {
    super(app.t);
    this.app = app;
  }
}
