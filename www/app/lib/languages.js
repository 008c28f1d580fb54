import { publishedAs, publishedHashes } from "./integrity.js";
import { textsOf } from "./text.js";
import { Trouble } from "./trouble.js";

/** The languages that are offered, each by its own name: those that every message has been translated into. */
export const LANGUAGES = {
  en: { name: "English", dir: "ltr" },
  ru: { name: "Русский", dir: "ltr" },
  pl: { name: "Polski", dir: "ltr" },
  es: { name: "Español", dir: "ltr" },
  fr: { name: "Français", dir: "ltr" },
  de: { name: "Deutsch", dir: "ltr" },
  ar: { name: "العربية", dir: "rtl" },
};

/** @typedef {keyof typeof LANGUAGES} Language */

/** Where this device keeps the language that its reader has chosen; early.js reads it. */
const CHOSEN = "veche-language";

/** @param {string} language @returns {language is Language} */
const isOffered = (language) => Object.keys(LANGUAGES).includes(language);

/**
 * The language that the page is written in, as early.js has found it out.
 * @param {HTMLElement} root
 * @returns {Language}
 */
export const languageOf = (root) => (isOffered(root.lang) ? root.lang : "en");

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
 * Keeps the reader's choice on this device, for every page of the site.
 * @param {Language} language
 */
export function remember(language) {
  try {
    localStorage.setItem(CHOSEN, language);
  } catch {
    // A browser that keeps nothing is asked again on the next visit.
  }
}

/**
 * Hears the switch of languages, which stands in index.html.
 * @param {HTMLElement} root of the page
 * @param {(language: Language) => Promise<void>} change what it takes for the page to go on in another language
 */
export function onLanguage(root, change) {
  const select = root.querySelector("#language");
  if (!(select instanceof HTMLSelectElement)) return;
  select.value = languageOf(root);
  select.addEventListener("change", async () => {
    const [before, chosen] = [languageOf(root), select.value];
    if (!isOffered(chosen)) return;
    try {
      await change(chosen);
      // Chosen meanwhile, or not to be had: the page is written in what it says.
      if (select.value === chosen) remember(chosen);
    } catch (error) {
      console.error(error);
      select.value = before;
    }
  });
}

/**
 * Loads files of messages, each as it was published.
 * @param {Document} page
 * @param {Language} language
 * @param {readonly string[]} files by their names in `messages/<language>/`
 */
export async function loadTexts(page, language, files) {
  const hashes = publishedHashes(page);
  const path = (/** @type {string} */ name) => `app/messages/${language}/${name}.json`;
  // A bundled site has those that are loaded together in one file.
  const together = publishedAs(page, path(files.join("+")));
  const paths = together === path(files.join("+")) ? files.map(path) : [together];
  const loading = Promise.all(
    paths.map(async (path) => {
      const address = new URL(path, page.baseURI).href;
      const integrity = hashes.get(address) ?? "";
      const response = await fetch(address, { integrity, credentials: "same-origin" });
      if (!response.ok) throw new Trouble("server", { status: response.status });
      return response.json();
    }),
  );
  /** @type {Record<string, import("./text.js").Message>} */
  const messages = {};
  // Meanwhile, for a browser takes long to begin with the numbers and the plurals of a language.
  const t = textsOf(language, messages, globalThis.navigator?.languages);
  Object.assign(messages, ...(await loading));
  return t;
}
