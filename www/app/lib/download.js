import { h } from "./dom.js";

/**
 * Offers a value as a JSON file.
 * @param {string} name
 * @param {unknown} value
 */
export function saveJson(name, value) {
  const address = URL.createObjectURL(new Blob([JSON.stringify(value, null, 2), "\n"], { type: "application/json" }));
  const link = h("a", { href: address, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  // Safari reads the address after the click has returned.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
