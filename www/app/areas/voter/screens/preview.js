import { fill, h, heading, said } from "../../../lib/dom.js";
import { Screen } from "../../../parts/screen.js";
import { searchOf } from "../../../parts/search-box.js";

/** @typedef {import("../main.js").App} App */
/** @typedef {import("../../../lib/text.js").Texts} Texts */

/**
 * In a preview: whose ballot there is to see.
 * @extends {Screen<App>}
 */
export class PreviewBallotsScreen extends Screen {
  back = "welcome";

  /**
   * @param {App} app
   * @param {Texts} t of the preview
   */
  constructor(app, t) {
    super(app);
    this.name = t("preview.name");
    const rows = app.election.manifest.styles.map(({ id, title }) => ({
      title: this.t.localised(title),
      row: h(
        "li",
        null,
        h("a", { class: "row-choice", href: `#ballot/${encodeURIComponent(id)}` }, said(this.t, title)),
      ),
    }));
    fill(
      this,
      heading(t("preview.heading")),
      h("p", { class: "lead" }, t("preview.districts")),
      h(
        "div",
        { class: "form" },
        searchOf(this.t("district.search"), rows),
        h(
          "ul",
          { class: "rows" },
          rows.map(({ row }) => row),
        ),
      ),
    );
  }
}

customElements.define("veche-preview-ballots", PreviewBallotsScreen);

/**
 * In a preview: where a ballot would be cast.
 * @extends {Screen<App>}
 */
export class PreviewEndScreen extends Screen {
  back = "review";

  /**
   * @param {App} app
   * @param {Texts} t of the preview
   */
  constructor(app, t) {
    super(app);
    this.name = t("preview.end-name");
    fill(
      this,
      heading(t("preview.end")),
      h("p", { class: "lead" }, t("preview.end-text")),
      h(
        "p",
        { class: "actions" },
        h("a", { class: "button primary", href: "#ballots" }, t("preview.choose")),
        h("a", { class: "button secondary", href: "#review" }, t("preview.review")),
      ),
    );
  }
}

customElements.define("veche-preview-end", PreviewEndScreen);

/**
 * In a preview: in the place of a page that comes with the vote.
 * @extends {Screen<App>}
 */
export class PreviewLaterScreen extends Screen {
  back = "welcome";

  /**
   * @param {App} app
   * @param {Texts} t of the preview
   */
  constructor(app, t) {
    super(app);
    this.name = t("preview.later-name");
    fill(
      this,
      heading(t("preview.later")),
      h("p", { class: "lead" }, t("preview.later-text")),
      h(
        "p",
        { class: "actions" },
        h("a", { class: "button primary", href: "#ballots" }, t("preview.choose")),
      ),
    );
  }
}

customElements.define("veche-preview-later", PreviewLaterScreen);
