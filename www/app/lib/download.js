import { h } from "./dom.js";
import { unmarked } from "./text.js";

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
  save(name, new Blob([text], { type }));
}

/**
 * Offers bytes as a file.
 * @param {string} name
 * @param {Uint8Array} bytes
 */
export function saveBytes(name, bytes) {
  save(name, new Blob([Uint8Array.from(bytes)], { type: "application/octet-stream" }));
}

/**
 * @param {string} name
 * @param {Blob} file
 */
function save(name, file) {
  const address = URL.createObjectURL(file);
  const link = h("a", { href: address, download: unmarked(name), hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  // Safari reads the address after the click has returned.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
