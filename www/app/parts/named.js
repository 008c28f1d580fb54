import { said } from "../lib/dom.js";
import { verbatim } from "./copy.js";

/**
 * What the town calls something of the manifest, or its id, where there is no manifest that names it.
 * @param {import("../lib/text.js").Texts} t
 * @param {{ id: string, title: import("../lib/text.js").Localised }[] | undefined} list
 * @param {string} id
 */
export function named(t, list, id) {
  const found = list?.find((one) => one.id === id);
  return found ? said(t, found.title) : verbatim(id);
}
