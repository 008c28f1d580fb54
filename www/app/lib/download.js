import { h } from "./dom.js";

/**
 * Offers a value as a JSON file.
 * @param {string} name
 * @param {unknown} value
 */
export function saveJson(name, value) {
  saveText(name, "application/json", `${JSON.stringify(value, null, 2)}\n`);
}

/**
 * Offers a text as a file.
 * @param {string} name
 * @param {string} type
 * @param {string} text
 */
export function saveText(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = h("a", { href: address, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  // Safari reads the address after the click has returned.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
