// Places in a text that are shown as marked: words, in Japanese pairs of characters, neighbours joined. Pure.

import { normalise } from "./analyser.js";

const PIECE = /[\p{L}\p{N}\p{M}]+/gu;
export const CJK = /[\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]/u;
export const KANA_ONLY = /^[\u3040-\u309f]+$/u;

/**
 * @param {string} text
 * @param {(word: string) => boolean} isMeant asked of every word or pair, normalised
 * @returns {[number, number][]} from and to
 */
export function findMarks(text, isMeant) {
  /** @type {[number, number][]} */
  const marks = [];
  const add = (/** @type {number} */ from, /** @type {number} */ to) => {
    const last = marks[marks.length - 1];
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else marks.push([from, to]);
  };
  for (const { 0: piece, index: start } of text.matchAll(PIECE)) {
    if (CJK.test(piece)) {
      for (let at = 0; at + 2 <= piece.length; at += 1) {
        if (isMeant(normalise(piece.slice(at, at + 2)))) add(start + at, start + at + 2);
      }
    } else if (isMeant(normalise(piece))) add(start, start + piece.length);
  }
  return marks;
}
