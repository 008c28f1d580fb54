import { publishedHashes } from "./integrity.js";
import { textsOf } from "./text.js";
import { Trouble } from "./trouble.js";

/** The languages that are offered, each by its own name: those that every message has been translated into. */
export const LANGUAGES = { en: { name: "English", dir: "ltr" } };

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
 * Loads files of messages, each as it was published.
 * @param {Document} page
 * @param {Language} language
 * @param {readonly string[]} files by their names in `messages/<language>/`
 */
export async function loadTexts(page, language, files) {
  const hashes = publishedHashes(page);
  const loaded = await Promise.all(
    files.map(async (file) => {
      const address = new URL(`app/messages/${language}/${file}.json`, page.baseURI).href;
      const integrity = hashes.get(address) ?? "";
      const response = await fetch(address, { integrity, credentials: "same-origin" });
      if (!response.ok) throw new Trouble("server", { status: response.status });
      return response.json();
    }),
  );
  return textsOf(language, Object.assign({}, ...loaded), globalThis.navigator?.languages);
}
