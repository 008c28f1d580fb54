import { fill, heading } from "../../lib/dom.js";
import { t } from "../../lib/text.js";

/** @typedef {import("../../public.js").PublicApp} PublicApp */

export class VerifyScreen extends HTMLElement {
  static title = () => t("verify.name");

  /** @param {PublicApp} app */
  constructor(app) {
    super();
    this.app = app;
    fill(this, heading(t("verify.name")));
  }
}

customElements.define("veche-verify", VerifyScreen);
