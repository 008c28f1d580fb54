import booth from "./en/booth.js";
import find from "./en/find.js";
import frame from "./en/frame.js";
import results from "./en/results.js";
import rules from "./en/rules.js";
import trustees from "./en/trustees.js";
import verify from "./en/verify.js";

/**
 * Every text of the site, by name. `{name}` is filled in; a text that depends on a number has the plural forms of the
 * language (Intl.PluralRules) and is chosen by `n`; `ordinal` holds the forms for 1st, 2nd, 3rd.
 */
export default { ...frame, ...booth, ...rules, ...trustees, ...results, ...verify, ...find };
