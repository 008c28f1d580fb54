/** @param {Uint8Array} bytes */
export function toBase64(bytes) {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/**
 * @param {string} text
 * @returns {Uint8Array}
 */
export function fromBase64(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/**
 * A long hexadecimal value in groups of four, for reading and comparing.
 * @param {string} hex
 */
export function grouped(hex) {
  return hex.match(/.{1,4}/g)?.join(" ") ?? "";
}

/**
 * What was typed on an Arabic or Persian keyboard, with the digits that codes and numbers are written in here.
 * @param {string} text
 */
export const plainDigits = (text) =>
  text
    .normalize("NFKC")
    .replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String((digit.codePointAt(0) ?? 0) & 15));

/**
 * The number of entries a signed checkpoint covers: the second line of the note.
 * @param {string} note
 */
export function checkpointSize(note) {
  const size = note.split("\n")[1] ?? "";
  return /^(0|[1-9]\d{0,14})$/.test(size) ? Number(size) : 0;
}
