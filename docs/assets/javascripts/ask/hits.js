// Where a text says what is being typed, for the list below the search box: beginnings of words and near misses too. Pure.

import { CJK, KANA_ONLY, findMarks } from "./marks.js";
import { tokenise } from "./typed.js";

/** @typedef {import("./typed.js").TypedIndex} TypedIndex */
/** @typedef {{text: string, marks: [number, number][]}} Marked `marks` are places in `text`, from and to */

const SURE = 0.7;
const LONGEST = 90;
const BEFORE = 30;

/**
 * @param {TypedIndex} index
 * @param {string} question
 * @returns {Set<string>} words of the texts by which a guide was found, but for those that are in every question
 */
export function meantTokens(index, question) {
  const asked = tokenise(question);
  const unfinished = /[\p{L}\p{N}]$/u.test(question);
  const meant = asked.flatMap((word, position) => {
    if (index.common.has(word) || KANA_ONLY.test(word)) return [];
    const variants = index.variants(word, unfinished && position === asked.length - 1);
    const surest = Math.max(...variants.values());
    return [...variants].filter(([, fit]) => fit >= surest * SURE).map(([variant]) => variant);
  });
  return new Set(meant);
}

/**
 * @param {string} text
 * @param {Set<string>} meant
 * @returns {[number, number][]}
 */
export function findHits(text, meant) {
  return findMarks(text, (word) => meant.has(word));
}

/**
 * A text as two lines of the list hold it: the part around its first mark.
 * @param {Marked} text
 * @returns {Marked}
 */
export function cutAround({ text, marks }) {
  const wide = CJK.test(text) ? 2 : 1; // such a character is as wide as two
  const longest = LONGEST / wide;
  if (text.length <= longest) return { text, marks };
  const first = marks[0] ?? [0, 0];
  const from = first[1] > longest ? beginningOf(text, first[0], BEFORE / wide) : 0;
  const end = from + longest;
  const space = text.lastIndexOf(" ", end);
  const to = end >= text.length ? text.length : space > Math.max(from, first[1]) ? space : Math.max(end, first[1]);
  const lead = from > 0 ? "… " : "";
  const inside = marks.filter(([start, stop]) => start >= from && stop <= to);
  return {
    text: lead + text.slice(from, to).trimEnd() + (to < text.length ? " …" : ""),
    marks: inside.map(([start, stop]) => [start - from + lead.length, stop - from + lead.length]),
  };
}

/**
 * @param {string} text
 * @param {number} mark
 * @param {number} most characters before it
 * @returns {number} where the sentence of the mark begins, or else a word before it
 */
function beginningOf(text, mark, most) {
  const from = Math.max(0, mark - most);
  const near = text.slice(from, mark);
  const sentence = /^.*(?:[.!?…]["“”»’]?\s+|[。！？]」?)/u.exec(near);
  const skipped = sentence ?? /^\S*\s+/u.exec(near); // Japanese has no words apart: there it begins anywhere
  return from + (skipped?.[0].length ?? 0);
}
