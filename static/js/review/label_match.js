// @ts-check
// Which fields a few keys name: a number, the initials of a label, or the beginnings of its words.
// Pure.

/**
 * @typedef {object} Named
 * @property {number} number from 1 on, in the order of the form
 * @property {string[][]} labels each as its words in small Latin letters: 性别 is xing bie
 */

/**
 * Whether a text is made of beginnings of words that follow each other from the first one on.
 *
 * @param {string} text
 * @param {readonly string[]} words
 * @returns {boolean}
 */
function isOf(text, words) {
  const [word, ...others] = words;
  if (word === undefined || text === "") {
    return text === "";
  }
  for (
    let length = 1;
    length <= word.length && text.startsWith(word.slice(0, length));
    length += 1
  ) {
    if (isOf(text.slice(length), others)) {
      return true;
    }
  }
  return false;
}

/** @param {readonly string[]} words */
const initials = (words) => words.map(([first]) => first).join("");

/**
 * @param {Named} field
 * @param {string} text
 */
const isNumber = ({ number }, text) => String(number).startsWith(text);

/**
 * The fields that a text may mean, those that it says exactly first.
 *
 * @template {Named} T
 * @param {readonly T[]} fields
 * @param {string} text
 * @returns {T[]}
 */
export function matching(fields, text) {
  const isDigits = /^\d/.test(text);
  const found = fields.filter((field) =>
    isDigits ? isNumber(field, text) : field.labels.some((words) => isOf(text, words)),
  );
  return found.sort((one, other) => Number(isExact(other, text)) - Number(isExact(one, text)));
}

/**
 * Whether nothing is missing: the whole number, or the initial of each word. One letter is none: who
 * types a whole word must not find the rest of it in the value.
 *
 * @param {Named} field
 * @param {string} text
 */
function isExact({ number, labels }, text) {
  return text === String(number) || (text.length > 1 && labels.map(initials).includes(text));
}

/**
 * The one field that a text can mean, once it is said in full; null before.
 *
 * @template {Named} T
 * @param {readonly T[]} fields
 * @param {string} text
 * @returns {T | null}
 */
export function theOne(fields, text) {
  const [first, ...others] = matching(fields, text);
  return first && others.length === 0 && isExact(first, text) ? first : null;
}
