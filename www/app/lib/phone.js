/**
 * A number with its middle hidden, for screens that others may see.
 * @param {string} phone in E.164 form, as the registrar has read it
 */
export function maskPhone(phone) {
  return `${phone.slice(0, 3)} \u2022\u2022\u2022 ${phone.slice(-2)}`;
}
