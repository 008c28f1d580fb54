import { existsSync, readFileSync, readdirSync } from "node:fs";
import { textsOf } from "../app/lib/text.js";

const folder = new URL("../app/messages/", import.meta.url);
const read = (path) => JSON.parse(readFileSync(path, "utf8"));

/** Every language that somebody has begun to translate into. */
export const languages = () =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

/** The files of messages of a language. */
export const filesOf = (language) =>
  readdirSync(new URL(`${language}/`, folder))
    .map((name) => name.replace(/\.json$/, ""))
    .sort();

/** The messages of a file of a language. */
export const messagesOf = (language, file) => read(new URL(`${language}/${file}.json`, folder));

/** The texts of a language, from some of its files. */
export const textsFrom = (language, files) =>
  textsOf(language, Object.assign({}, ...files.map((file) => messagesOf(language, file))));

/** Why some messages of a language may read as in English, by the names of the messages. */
export function sameInEnglish(language) {
  const list = new URL(`same-in-english/${language}.json`, import.meta.url);
  return existsSync(list) ? read(list) : {};
}

/** The messages that a script names, and the beginnings of those that it puts together: "check." for `check.${n}`. */
export function named(source) {
  const keys = [...source.matchAll(/\b(?:t|msg)\(\s*"([^"]+)"/g)].map(([, key]) => key);
  const stems = [...source.matchAll(/\bt\(\s*\/\*\*[^*]*\*\/ \(`([a-z.-]+\.)\$\{/g)].map(([, stem]) => stem);
  return { keys, stems };
}
