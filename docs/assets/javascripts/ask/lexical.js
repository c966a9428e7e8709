// BM25 of every row for a question: the twin of `LexicalIndex` in src/rapport/search/lexical.py. Weights are fixed at build
// time, so a score is an inner product.

import { termKey, terms } from "./analyser.js";

/**
 * Postings in term order: the rows and weights of term `t` stand at `starts[t]` to `starts[t + 1]`.
 * @typedef {object} LexicalIndex
 * @property {Uint32Array} keys ascending
 * @property {Uint32Array} starts one more than keys
 * @property {Uint16Array} rows ascending within a term
 * @property {Uint8Array} weights in units of `step`
 * @property {number} step
 * @property {number} count number of rows
 */

/**
 * As the files hold it: differences instead of ascending numbers, because they compress to half.
 * @param {Uint32Array} keySteps each key minus the one before
 * @param {Uint16Array} lengths postings of each term
 * @param {Uint8Array} rowSteps low bytes, then high bytes, of each row minus the one before it in its term
 * @param {Uint8Array} weights
 * @param {number} step
 * @param {number} count
 * @returns {LexicalIndex}
 */
export function unpackLexical(keySteps, lengths, rowSteps, weights, step, count) {
  const keys = new Uint32Array(keySteps.length);
  const starts = new Uint32Array(keySteps.length + 1);
  const rows = new Uint16Array(weights.length);
  let key = 0;
  for (let term = 0; term < keys.length; term += 1) {
    key = (key + keySteps[term]) >>> 0;
    keys[term] = key;
    starts[term + 1] = starts[term] + lengths[term];
    let row = 0;
    for (let at = starts[term]; at < starts[term + 1]; at += 1) {
      row += rowSteps[at] + 256 * rowSteps[weights.length + at];
      rows[at] = row;
    }
  }
  return { keys, starts, rows, weights, step, count };
}

/**
 * @param {LexicalIndex} index
 * @param {string} question
 * @returns {Float32Array} BM25 of every row, higher is better, 0 where no term is shared
 */
export function lexicalScores(index, question) {
  const total = new Float32Array(index.count);
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const term of terms(question)) counts.set(term, (counts.get(term) ?? 0) + 1);
  for (const [term, times] of counts) {
    const at = find(index.keys, termKey(term));
    if (at < 0) continue;
    for (let posting = index.starts[at]; posting < index.starts[at + 1]; posting += 1) {
      total[index.rows[posting]] += times * index.weights[posting];
    }
  }
  const step = Math.fround(index.step);
  return total.map((value) => value * step);
}

/**
 * @param {LexicalIndex} index
 * @param {string} term
 * @returns {ArrayLike<number>} the rows that hold it, ascending
 */
export function rowsWith(index, term) {
  const at = find(index.keys, termKey(term));
  return at < 0 ? [] : index.rows.subarray(index.starts[at], index.starts[at + 1]);
}

/**
 * @param {Uint32Array} keys ascending
 * @param {number} key
 * @returns {number} where it stands, −1 where it does not
 */
function find(keys, key) {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle] < key) low = middle + 1;
    else high = middle;
  }
  return keys[low] === key ? low : -1;
}
