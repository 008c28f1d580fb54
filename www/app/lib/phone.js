/**
 * A phone number as the ballot box wants it: a plus sign and 7 to 15 digits (E.164).
 * People write spaces, dashes, dots, brackets and 00 for the plus sign; anything else is refused rather than guessed.
 * @param {string} written
 * @returns {string | null}
 */
export function normalisePhone(written) {
  const digits = written
    .normalize("NFKC")
    .replace(/[\s().\-\u2010-\u2015/]/g, "")
    .replace(/^00/, "+");
  return /^\+[1-9]\d{6,14}$/.test(digits) ? digits : null;
}

/**
 * The number with its middle hidden, for screens that others may see.
 * @param {string} phone
 */
export function maskPhone(phone) {
  return `${phone.slice(0, 3)} \u2022\u2022\u2022 ${phone.slice(-2)}`;
}
