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
 * The number of entries a signed checkpoint covers: the second line of the note.
 * @param {string} note
 */
export function checkpointSize(note) {
  const size = note.split("\n")[1] ?? "";
  return /^(0|[1-9]\d{0,14})$/.test(size) ? Number(size) : 0;
}
