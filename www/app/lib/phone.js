/**
 * Mobile numbers of the world, by libphonenumber: calling code (left out where it is the next one), countries, and a
 * letter for the trunk prefix and the numbers of digits that there can be (hexadecimal). It is not all of the truth:
 * a hundred small countries are left out, and what does not fit is for the registrar to read, who has all of it.
 */
const PLANS = [
  ...(
    "1USCADOJMPRTTm7RUKZn20EGd27ZAg30GRfNLlBEaFRaESc36HUo39ITfROaCHa43ATjGBGGIMJEdDKbSEaNObPLcDEj51PEaMXfCUe" +
    "ARjBRjCLcCOdVEd60MYhAUaIDpPHdNZhSGbTHa81JPdKRh84VNa86CNl90TRdINdPKdAFaLKa98IRd211SSaMAaDZa216TNb218L" +
    "Ya221SNcMRbMLbGNcCIfBFb229BJfMUb233GHaNGdTDbCFbCMc241GAkCGcCDgAOc249SDaRWaETa254KEaTZaUGa258MZc264NA" +
    "a267BWb351PTcLUcIEaISqALaMTbCYbFIgBGi370LTeLVbEEkMDeAMeBYc380UAaRShMEeXKe385HRiSIeBAi389MKe420CZcSKa" +
    "502GTbSVbHNbNIbCRbPAk509HTb591BOe593ECa595PYa598UYe852HKbMOb855KHi880BDd886TWa961LBgJOaSYaIQdKWbSAaY" +
    "EaOMb970PSaAEaILaBHbQAb976MNeNPd992TJcTMrAZaGEaKGa998UZc"
  ).matchAll(/(\d*)([A-Z]+)(.)/g),
];
const KINDS = "0:9 :8 :9 0:a 0:8 :9a 0:6789a 0:89a 0:89 0:ab :78 0:9b 1:a 8:a 06:9 0:9abc :79 8:8".split(" ");

let last = 0;
const plans = PLANS.map(([, code, countries = "", kind = ""]) => {
  last = Number(code) || last + 1;
  const [trunk = "", lengths = ""] = KINDS[kind.charCodeAt(0) - 97]?.split(":") ?? [];
  return { code: `${last}`, countries, trunk, lengths };
});

/**
 * The one form of a number, as the registrar has it too. What stands between digits or cannot be seen does not count.
 * @param {string} text with plain digits
 * @param {string | null | undefined} country that it may be dialled in
 * @returns {string | null} in E.164 form; "" where it can be none; null where the registrar has to read it
 */
export function readPhone(text, country) {
  const written = text.replace(/[\p{C}\p{Z}\p{Pd}\s()./\u2212]/gu, "");
  const [, plus, digits = ""] = /^(\+|00)?(\d{4,})$/.exec(written) ?? [];
  if (plus ? !/^[1-9]\d{7,14}$/.test(digits) : !(digits && country)) return "";
  for (const { code, countries, trunk, lengths } of plans) {
    if (plus ? !digits.startsWith(code) : !RegExp(`^(..)*${country}`).test(countries)) continue;
    const whole = plus ? digits.slice(code.length) : digits;
    const dialled = whole.startsWith(trunk);
    // At home it could begin with the calling code, without its plus sign.
    if (!plus && !dialled && digits.startsWith(code)) continue;
    const number = dialled ? whole.slice(trunk.length) : whole;
    if (lengths.includes(number.length.toString(16))) return `+${code}${number}`;
  }
  return null;
}

/**
 * A number in groups that can be read, and that no line is broken in.
 * @param {string} phone in E.164 form
 */
export function shownPhone(phone) {
  const { code } = plans.find((plan) => phone.startsWith(plan.code, 1)) ?? { code: phone.slice(1, 4) };
  const rest = phone.slice(code.length + 1).replace(/\d{3}(?=\d{2})/g, "$&\u00a0");
  return `+${code}\u00a0${rest}`;
}
