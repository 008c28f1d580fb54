import { fill, heading } from "../../lib/dom.js";
import { t } from "../../lib/text.js";

/** @typedef {import("../../public.js").PublicApp} PublicApp */

export class FindScreen extends HTMLElement {
  static title = () => t("find.name");

  /** @param {PublicApp} app */
  constructor(app) {
    super();
    this.app = app;
    fill(this, heading(t("find.name")));
  }
}

customElements.define("veche-find", FindScreen);
