import { fill, h } from "../../../lib/dom.js";
import { Screen } from "../../../parts/screen.js";
import { TroubleNotice } from "../../../parts/trouble.js";

/** @typedef {import("../main.js").App} App */

/**
 * Whether what is read here has been compared with the announced fingerprint yet, in one line.
 * @extends {Screen<App>}
 */
export class CheckLine extends Screen {
  /** @param {App} app */
  constructor(app) {
    super(app);
    this.setAttribute("role", "status");
    this.show();
  }

  show() {
    const { ready, unreached } = this.app;
    this.classList.toggle("done", ready);
    if (unreached) {
      const notice = new TroubleNotice(this.t);
      notice.show(unreached.error, { retry: unreached.retry });
      return fill(this, notice);
    }
    fill(
      this,
      ready
        ? h("p", null, this.t("read.checked"))
        : [h("progress", { "aria-hidden": "true" }), h("p", null, this.t("read.checking"))],
    );
  }
}

customElements.define("veche-check-line", CheckLine);
