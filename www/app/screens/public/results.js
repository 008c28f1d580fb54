import { fill, heading } from "../../lib/dom.js";
import { t } from "../../lib/text.js";

/** @typedef {import("../../public.js").PublicApp} PublicApp */

export class ResultsScreen extends HTMLElement {
  static title = () => t("results.name");

  /** @param {PublicApp} app */
  constructor(app) {
    super();
    this.app = app;
    fill(this, heading(t("results.name")));
  }
}

customElements.define("veche-results", ResultsScreen);
