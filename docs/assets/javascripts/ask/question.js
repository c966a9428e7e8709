// A question as it is shown, and as the search reads it: the twin of src/rapport/search/question.py, which says why it is as
// it is. Any change here is a change there; tests/cases/question.yml holds both to the same results. Pure.

import { normalise, runs } from "./analyser.js";

export const MAX_QUESTION = 2000;
const LONG = 200;

// INVISIBLE and CONTROL of src/rapport/characters.py
// eslint-disable-next-line no-control-regex, no-misleading-character-class -- they are what is looked for
const UNSEEN = /[\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc\u{110bd}\u{110cd}\u{13430}-\u{1343f}\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8\u{e0000}-\u{e0fff}\0-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]/gu;
// what Python's str.split() takes for white space
// eslint-disable-next-line no-control-regex -- four control characters are among it
const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/u;
const PICTURE = /[\u20e3\u2190-\u21ff\u2300-\u23ff\u2460-\u27bf\u2900-\u297f\u2b00-\u2bff\u{1f000}-\u{1faff}]/gu;
const WORD = /\p{L}+/gu;
const CYRILLIC = /[\u0400-\u04ff]/gu;
const LATIN = /[A-Za-z]/gu;
const LATIN_VOWEL = /[aeiou]/giu;
const CYRILLIC_VOWEL = /[аеёиоуыэюя]/giu;
const ALIKE = mapOf("ABCEHKMOPTXYaceopxykm", "АВСЕНКМОРТХУасеорхукм");
const ALIKE_BACK = new Map([...ALIKE].map(([latin, cyrillic]) => [cyrillic, latin]));
const RUSSIAN_KEYS = mapOf(
  "`qwertyuiop[]asdfghjkl;'zxcvbnm,./~QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>?&",
  "ёйцукенгшщзхъфывапролджэячсмитьбю.ЁЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,?",
);
const FEWEST = 10;

/** @param {string} from @param {string} to @returns {Map<string, string>} letter → letter at the same place */
function mapOf(from, to) {
  const letters = [...to];
  return new Map([...from].map((letter, at) => [letter, letters[at]]));
}

/** @param {string} text @param {Map<string, string>} letters */
const translate = (text, letters) => [...text].map((letter) => letters.get(letter) ?? letter).join("");

/** @param {string} text @param {RegExp} pattern */
const count = (text, pattern) => text.match(pattern)?.length ?? 0;

/** @param {string} text */
const onOneLine = (text) => text.split(SPACE).filter(Boolean).join(" ");

/**
 * @param {string} text
 * @returns {string} as it is shown: with single spaces, without what nobody sees, and not too long
 */
export function cleanQuestion(text) {
  const sound = text.replace(/\p{Surrogate}/gu, "?"); // half a character can be neither hashed nor embedded
  return [...onOneLine(sound.replace(UNSEEN, ""))].slice(0, MAX_QUESTION).join("");
}

/**
 * @param {string} text
 * @param {import("./spelling.js").Spelling} spelling
 * @returns {string} as the search reads it
 */
export function readQuestion(text, spelling) {
  const plain = cleanQuestion(text).normalize("NFKC");
  return spelling.restore(inOneScript(onRussianKeys(onOneLine(plain.replace(PICTURE, " ")) || plain)));
}

/** @param {string} text */
function inOneScript(text) {
  const isCyrillic = count(text, CYRILLIC) > count(text, LATIN);
  return text.replace(WORD, (word) => {
    const isMixed = count(word, CYRILLIC) > 0;
    if (!count(word, LATIN) || !(isMixed || (isCyrillic && word === word.toLowerCase()))) return word;
    const cyrillic = translate(word, ALIKE);
    if (!count(cyrillic, LATIN)) return cyrillic;
    const latin = translate(word, ALIKE_BACK);
    return count(latin, CYRILLIC) ? word : latin;
  });
}

/** @param {string} text */
function onRussianKeys(text) {
  const letters = count(text, LATIN);
  if (letters < FEWEST || letters < count(text, /\p{L}/gu)) return text;
  const russian = translate(text, RUSSIAN_KEYS);
  const isMute = count(text, LATIN_VOWEL) * 6 < letters;
  return isMute && count(russian, CYRILLIC_VOWEL) * 3 > count(russian, CYRILLIC) ? russian : text;
}

/**
 * @param {string} question
 * @returns {string[]} its words, and of Japanese each character
 */
export function words(question) {
  return runs(normalise(question)).flatMap(({ text, cjk }) => (cjk ? [...text] : [text]));
}

/**
 * @param {string} question
 * @returns {number} how many letters and digits it has; a Japanese one counts for two
 */
export function letters(question) {
  const weights = runs(normalise(question)).map(({ text, cjk }) => [...text].length * (cjk ? 2 : 1));
  return weights.reduce((sum, weight) => sum + weight, 0);
}

/**
 * @param {string} question
 * @returns {boolean} whether it tells a story rather than one situation
 */
export function isLong(question) {
  return letters(question) >= LONG;
}
