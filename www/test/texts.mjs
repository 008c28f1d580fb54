import { readFileSync } from "node:fs";
import { textsOf } from "../app/lib/text.js";

/** The messages of a file of a language. */
export const messagesOf = (language, file) =>
  JSON.parse(readFileSync(new URL(`../app/messages/${language}/${file}.json`, import.meta.url), "utf8"));

/** The texts of a language, from some of its files. */
export const textsFrom = (language, files) =>
  textsOf(language, Object.assign({}, ...files.map((file) => messagesOf(language, file))));
