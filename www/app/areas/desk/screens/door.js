import { fill, h, heading } from "../../../lib/dom.js";
import { Screen } from "../../../parts/screen.js";
import { TroubleNotice } from "../../../parts/trouble.js";

/**
 * For whoever has not come by the link.
 * @extends {Screen<import("../main.js").DeskApp>}
 */
export class DeskDoorScreen extends Screen {
  /**
   * @param {import("../main.js").DeskApp} app
   * @param {unknown} error
   */
  constructor(app, error) {
    super(app);
    const trouble = new TroubleNotice(this.t);
    fill(
      this,
      heading(this.t("desk.door-heading")),
      trouble,
      h("p", { class: "lead" }, this.t("desk.door-text")),
    );
    if (error) trouble.show(error);
  }
}

customElements.define("veche-desk-door", DeskDoorScreen);
