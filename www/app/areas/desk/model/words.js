/**
 * Whether these are the key's words, by place from 1. Capital letters are those of a hand or a phone.
 * @param {string[]} words
 * @param {Map<number, string>} answers
 */
export const areWords = (words, answers) =>
  answers.size > 0 && [...answers].every(([place, word]) => words[place - 1] === word.trim().toLowerCase());
