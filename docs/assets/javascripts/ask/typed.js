// Instant results from the texts of one language: by words, beginnings of words and near misses, without the model. Pure.

import { cjkTerms, grams, normalise, runs } from "./analyser.js";

/** @typedef {{id: string, heading: string, lines: string[], scripts: string[]}} Section `scripts`: found, not quoted */

/**
 * @typedef {object} GuideTexts
 * @property {string} id
 * @property {string} theme
 * @property {string} title
 * @property {string} summary
 * @property {string[]} situations
 * @property {Section[]} sections
 * @property {string} sign by what one knows that the guide is meant; empty: it does not tell
 * @property {{heading: string, scene: string, label: string, text: string} | null} script
 * @property {{heading: string, theirs: string, yours: string} | null} push what the other side answers first
 */

/**
 * What is shown of a guide in place of one that this language does not have.
 * @typedef {object} GuideElsewhere
 * @property {string} id
 * @property {string} theme
 * @property {string} lang
 * @property {string} title
 * @property {string} summary
 * @property {string} sign
 * @property {{id: string, heading: string, text: string}[]} sections
 */

/**
 * One language's file of texts, as src/rapport/export/texts.py writes it.
 * @typedef {object} Texts
 * @property {string} lang
 * @property {{id: string, title: string}[]} themes
 * @property {GuideTexts[]} guides
 * @property {GuideElsewhere[]} elsewhere guides that only other languages have
 * @property {{id: string, theme: string, title: string}[]} planned guides that are not written in this language
 * @property {string[]} common words that people use whatever they ask about
 */

/** @typedef {{guide: GuideTexts, section: string, line: string, score: number}} TypedHit `line` is where it matched best */

const SITUATION = 2.2;
const WEIGHTS = { title: 4, summary: 1.6, heading: 1, text: 1 };
const PREFIX = 0.75;
const FUZZY = 0.6;
// nobody misspells a longer one: it is no word, and comparing it takes its length squared
const LONGEST_WORD = 60;
const LEAST_SHARE = 0.6;
const MOST_NEAR = 24;
const SATURATION = 1.5;
// chosen on the judged questions that one may look at, see benchmarks/search.md
const LENGTH = 0.3; // how much a word counts for less in a long line, as BM25's b
const AGAIN = 0.5; // what a word's further lines in a guide count for, beside the best one
// What is found is worth a share of what the question's words are. The words of a short one must be there; of a long one
// most are about something else, and what must be there grows with the root.
const LEAST = 0.62;
const FEW = 18;
const BEHIND_FIRST = 0.5;

/**
 * Words, and in Japanese pairs of characters (a single one where it stands alone).
 * @param {string} text
 * @returns {string[]}
 */
export function tokenise(text) {
  return runs(normalise(text)).flatMap(({ text: run, cjk }) => {
    if (!cjk) return [run];
    const found = cjkTerms(run);
    return run.length > 1 ? found.slice(run.length) : found;
  });
}

/** @typedef {{guide: number, section: string, text: string, weight: number}} Field */

export class TypedIndex {
  /** @param {Texts} texts */
  constructor(texts) {
    this.texts = texts;
    /** @type {Field[]} */
    this.fields = texts.guides.flatMap(fieldsOf);
    /** @type {Map<string, Map<number, number>>} word → field → times */
    this.postings = new Map();
    /** @type {number[]} of each field, in words, over the mean */
    this.lengths = [];
    /** @type {Map<string, Set<number>>} word → guides */
    this.guidesOf = new Map();
    this.fields.forEach((field, at) => {
      const words = tokenise(field.text);
      this.lengths.push(words.length);
      for (const word of words) {
        const posting = this.postings.get(word) ?? new Map();
        posting.set(at, (posting.get(at) ?? 0) + 1);
        this.postings.set(word, posting);
        const guides = this.guidesOf.get(word) ?? new Set();
        guides.add(field.guide);
        this.guidesOf.set(word, guides);
      }
    });
    const mean = this.lengths.reduce((sum, length) => sum + length, 0) / this.lengths.length;
    this.lengths = this.lengths.map((length) => length / mean);
    this.common = new Set(texts.common);
    this.vocabulary = [...this.postings.keys()].sort();
    /** @type {Map<string, string[]>} 4-gram → words that contain it */
    this.byGram = new Map();
    for (const word of this.vocabulary) {
      for (const gram of new Set(grams(word))) {
        const holders = this.byGram.get(gram);
        if (holders) holders.push(word);
        else this.byGram.set(gram, [word]);
      }
    }
  }

  /** @param {...string} alike @returns {number} how telling words that mean the same are: rare ones more than common ones */
  idf(...alike) {
    const holders = new Set(alike.flatMap((word) => [...(this.guidesOf.get(word) ?? [])])).size;
    const count = this.texts.guides.length;
    return Math.log(1 + (count - holders + 0.5) / (holders + 0.5));
  }

  /**
   * Words of the texts that a word of the question may mean, with how well they fit.
   * @param {string} word
   * @param {boolean} unfinished whether it may be the beginning of one
   * @returns {Map<string, number>}
   */
  variants(word, unfinished) {
    /** @type {Map<string, number>} */
    const found = new Map();
    if (this.postings.has(word)) found.set(word, 1);
    if (unfinished || word.length > 3) {
      for (const longer of this.startingWith(word)) {
        if (longer !== word) found.set(longer, PREFIX * (0.6 + (0.4 * word.length) / longer.length));
      }
    }
    for (const [near, fit] of this.near(word)) found.set(near, Math.max(found.get(near) ?? 0, fit));
    return found;
  }

  /** @param {string} beginning @returns {string[]} */
  startingWith(beginning) {
    let low = 0;
    let high = this.vocabulary.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.vocabulary[middle] < beginning) low = middle + 1;
      else high = middle;
    }
    const found = [];
    while (low < this.vocabulary.length && this.vocabulary[low].startsWith(beginning)) {
      found.push(this.vocabulary[low]);
      low += 1;
    }
    return found;
  }

  /**
   * Misspelt words, other endings, and parts of compounds, by the 4-grams they share.
   * @param {string} word
   * @returns {[string, number][]}
   */
  near(word) {
    if (word.length < 4 || word.length > LONGEST_WORD) return [];
    const own = new Set(grams(word));
    const inside = grams(word).slice(1);
    /** @type {Map<string, number>} */
    const shared = new Map();
    for (const gram of new Set([...own, ...transposed(word)])) {
      for (const other of this.byGram.get(gram) ?? []) shared.set(other, (shared.get(other) ?? 0) + Number(own.has(gram)));
    }
    /** @type {[string, number][]} */
    const found = [];
    for (const [other, count] of shared) {
      if (other === word) continue;
      const theirs = Math.max(1, other.length - 2);
      const dice = (2 * count) / (own.size + theirs);
      const part = inside.length > 1 && other.includes(word) ? 0.8 : 0;
      const close = dice < LEAST_SHARE && isClose(word, other) ? LEAST_SHARE : 0;
      const fit = Math.max(part, close, dice >= LEAST_SHARE ? Math.min(1, dice) : 0);
      if (fit > 0) found.push([other, FUZZY * fit]);
    }
    return found.sort((one, other) => other[1] - one[1]).slice(0, MOST_NEAR);
  }

  /**
   * @param {string} question
   * @param {number} limit
   * @returns {TypedHit[]} distinct guides, best first
   */
  search(question, limit) {
    const asked = [...new Set(tokenise(question))];
    const unfinished = /[\p{L}\p{N}]$/u.test(question);
    const guides = this.texts.guides.map(() => 0);
    const best = new Map();
    const fieldScores = new Float64Array(this.fields.length);
    let most = 0;
    asked.forEach((word, position) => {
      const variants = this.variants(word, unfinished && position === asked.length - 1);
      if (!variants.size) {
        most += Math.log(1 + this.texts.guides.length);
        return;
      }
      /** @type {Map<number, number>} field → best fit of any variant */
      const fits = new Map();
      // all that a word may mean is equally telling, or the rarest guess would win
      const surest = Math.max(...variants.values());
      const idf = this.idf(...[...variants].filter(([, fit]) => fit >= surest * 0.7).map(([variant]) => variant));
      const telling = idf * surest;
      for (const [variant, fit] of variants) {
        for (const [field, times] of this.postings.get(variant) ?? []) {
          const slow = SATURATION * (1 - LENGTH + LENGTH * this.lengths[field]);
          const gain = (fit * idf * times * (1 + SATURATION)) / (times + slow);
          if (gain > (fits.get(field) ?? 0)) fits.set(field, gain);
        }
      }
      most += telling;
      /** @type {Map<number, {best: number, all: number}>} guide → of its fields for this word */
      const perGuide = new Map();
      for (const [field, gain] of fits) {
        const { guide, weight } = this.fields[field];
        const value = gain * weight;
        fieldScores[field] += value;
        const { best: before, all } = perGuide.get(guide) ?? { best: 0, all: 0 };
        perGuide.set(guide, { best: Math.max(before, value), all: all + value });
      }
      for (const [guide, { best: one, all }] of perGuide) guides[guide] += one + AGAIN * (all - one);
    });
    fieldScores.forEach((score, at) => {
      const { guide } = this.fields[at];
      if (score > 0 && score > (fieldScores[best.get(guide)] ?? 0)) best.set(guide, at);
    });
    const needed = (LEAST * most) / Math.sqrt(1 + most / FEW);
    const first = Math.max(0, ...guides);
    if (first < needed) return [];
    const enough = Math.min(needed, first * BEHIND_FIRST);
    return guides
      .map((score, guide) => ({ score, guide }))
      .filter(({ score }) => score > 0 && score >= enough)
      .sort((one, other) => other.score - one.score || one.guide - other.guide)
      .slice(0, limit)
      .map(({ score, guide }) => {
        const field = this.fields[best.get(guide)];
        return { guide: this.texts.guides[guide], section: field.section, line: field.text, score };
      });
  }
}

/** @param {GuideTexts} guide @param {number} at @returns {Field[]} */
function fieldsOf({ title, summary, situations, sections }, at) {
  return [
    { guide: at, section: "", text: title, weight: WEIGHTS.title },
    { guide: at, section: "", text: summary, weight: WEIGHTS.summary },
    ...situations.map((text) => ({ guide: at, section: "", text, weight: SITUATION })),
    ...sections.flatMap(({ id, heading, lines, scripts }) => [
      { guide: at, section: id, text: heading, weight: WEIGHTS.heading },
      ...[...lines, ...scripts].map((text) => ({ guide: at, section: id, text, weight: WEIGHTS.text })),
    ]),
  ];
}

/** @param {string} word @returns {string[]} 4-grams of the word with each two neighbouring letters exchanged */
function transposed(word) {
  const letters = [...word];
  return letters.slice(0, -1).flatMap((letter, at) => {
    const other = [...letters];
    [other[at], other[at + 1]] = [other[at + 1], letter];
    return grams(other.join(""));
  });
}

/**
 * @param {string} one
 * @param {string} other
 * @returns {boolean} whether one mistake (two in long words) makes one of the other: Damerau and Levenshtein's distance
 */
export function isClose(one, other) {
  const most = Math.max(one.length, other.length) > 7 ? 2 : 1;
  if (Math.abs(one.length - other.length) > most) return false;
  let before = /** @type {number[]} */ ([]);
  let last = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let row = 1; row <= one.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1] ? 0 : 1;
      next[column] = Math.min(last[column] + 1, next[column - 1] + 1, last[column - 1] + same);
      if (row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]) {
        next[column] = Math.min(next[column], before[column - 2] + 1);
      }
    }
    [before, last] = [last, next];
  }
  return last[other.length] <= most;
}
