import { fill } from "../lib/dom.js";

/**
 * Runs work while a button says so and takes no second press. The button keeps the focus, so a keyboard user is not
 * thrown to the top of the page.
 * @template T
 * @param {HTMLButtonElement} button
 * @param {string} label
 * @param {() => Promise<T>} work
 * @returns {Promise<T | undefined>} undefined when the button was busy already
 */
export async function whileBusy(button, label, work) {
  if (button.getAttribute("aria-disabled") === "true") return undefined;
  const before = [...button.childNodes];
  button.setAttribute("aria-disabled", "true");
  fill(button, label);
  try {
    return await work();
  } finally {
    button.removeAttribute("aria-disabled");
    fill(button, before);
  }
}
