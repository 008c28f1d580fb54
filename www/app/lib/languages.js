import { textsOf } from "./text.js";

/** The languages that there are messages in, and how each is written. */
const LANGUAGES = { en: { dir: "ltr" } };

/** @typedef {keyof typeof LANGUAGES} Language */

/**
 * The first of the reader's languages that there are messages in.
 * @param {readonly string[]} [tags] the reader's, the dearest first
 * @returns {Language}
 */
export function chooseLanguage(tags = navigator.languages) {
  const bare = tags.map((tag) => tag.split("-")[0] ?? "");
  return /** @type {Language} */ (bare.find((tag) => Object.keys(LANGUAGES).includes(tag)) ?? "en");
}

/**
 * Tells the browser what the page is written in.
 * @param {HTMLElement} root
 * @param {Language} language
 */
export function speak(root, language) {
  root.lang = language;
  root.dir = LANGUAGES[language].dir;
}

/**
 * Loads files of messages.
 * @param {Language} language
 * @param {readonly string[]} files by their names in `messages/<language>/`
 */
export async function loadTexts(language, files) {
  const loaded = await Promise.all(files.map((file) => import(`../messages/${language}/${file}.js`)));
  const messages = Object.assign({}, ...loaded.map((module) => module.default));
  return textsOf(language, messages, globalThis.navigator?.languages);
}
