/**
 * What stands in the fields of a screen, so that it can be typed into the same screen once that is made anew. It stays in
 * memory: among it are numbers and words that belong to nobody else.
 */

/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Field */
/** @typedef {{ kind: string, value: string, checked: boolean }[]} Typed */

/**
 * @param {Element} root
 * @returns {Field[]}
 */
const fields = (root) =>
  /** @type {Field[]} */ ([...root.querySelectorAll("input, textarea, select")]).filter(
    ({ type }) => type !== "file",
  );

/** @param {Field} field */
const kindOf = ({ type, name }) => `${type} ${name}`;

/**
 * @param {Element} root
 * @returns {Typed}
 */
export const typedIn = (root) =>
  fields(root).map((field) => ({
    kind: kindOf(field),
    value: field.value,
    checked: field instanceof HTMLInputElement && field.checked,
  }));

/**
 * Types it in again, as a hand would, where the fields are the same ones.
 * @param {Element} root
 * @param {Typed} typed
 */
export function typeAgain(root, typed) {
  const now = fields(root);
  if (now.length !== typed.length || now.some((field, place) => kindOf(field) !== typed[place]?.kind)) return;
  now.forEach((field, place) => {
    const before = /** @type {Typed[number]} */ (typed[place]);
    const ticked = field instanceof HTMLInputElement && /^(radio|checkbox)$/.test(field.type);
    if (ticked ? field.checked === before.checked : field.value === before.value) return;
    // A radio button that is left has nothing to say: the one that is taken instead does.
    if (ticked && field.type === "radio" && !before.checked) return;
    if (ticked) field.checked = before.checked;
    else field.value = before.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
