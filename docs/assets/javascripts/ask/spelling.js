// What was typed without accents, with `ae` for `ä`, or all in capitals, as it is written: the twin of
// src/rapport/search/spelling.py, which collects the words and says why. tests/cases/question.yml holds both. Pure.

const WORD = /\p{L}+/gu;
const MARK = /[\u0300-\u036f]/gu;
const SENTENCE = /((?:^|[.!?] )[^\p{L}\p{N}_]*)(\p{L})/gu;
const EXPANDED = /** @type {Record<string, string>} */ ({ ä: "ae", ö: "oe", ü: "ue", ß: "ss" });
const SHOUTED = 4;

export class Spelling {
  /** @param {string[]} words as the index holds them */
  constructor(words) {
    /** @type {Map<string, string>} */
    this.byKey = new Map();
    for (const word of words) if (!this.byKey.has(expanded(word))) this.byKey.set(expanded(word), word);
    for (const word of words) this.byKey.set(bare(word), word);
  }

  /**
   * @param {string} text in NFKC
   * @returns {string}
   */
  restore(text) {
    if (isShouted(text)) {
      const lower = text.replace(WORD, (word) => this.byKey.get(bare(word)) ?? word.toLowerCase());
      return lower.replace(SENTENCE, (_, before, letter) => before + letter.toUpperCase());
    }
    if (text.normalize("NFD").search(MARK) >= 0 || text.includes("ß")) return text;
    return text.replace(WORD, (word) => this.accented(word));
  }

  /** @param {string} word */
  accented(word) {
    const found = this.byKey.get(bare(word));
    if (found === undefined || bare(found) === found.toLowerCase()) return word;
    const [first, ...rest] = found;
    return /^\p{Lu}/u.test(word) ? first.toUpperCase() + rest.join("") : found.toLowerCase();
  }
}

export const NO_SPELLING = new Spelling([]);

/** @param {string} text */
function isShouted(text) {
  const [big, small, neither] = [/\p{Lu}/gu, /\p{Ll}/gu, /\p{Lo}/gu].map((kind) => text.match(kind)?.length ?? 0);
  return big >= SHOUTED && big > 9 * small && !neither;
}

/** @param {string} word */
function bare(word) {
  return word.toLowerCase().replaceAll("ß", "ss").normalize("NFD").replace(MARK, "");
}

/** @param {string} word */
function expanded(word) {
  return bare(word.toLowerCase().replace(/[äöüß]/gu, (letter) => EXPANDED[letter]));
}
