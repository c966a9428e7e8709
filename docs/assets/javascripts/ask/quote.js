// Why a guide matched: the line of it that says most of what was asked, with those words marked. Pure.

import { CJK, KANA_ONLY, findMarks } from "./marks.js";
import { tokenise } from "./typed.js";

/** @typedef {import("./typed.js").TypedIndex} TypedIndex */
/** @typedef {import("./typed.js").GuideTexts} GuideTexts */

/**
 * @typedef {object} Quote
 * @property {boolean} shared whether it shares telling words with the question; otherwise it only says the like
 * @property {string} text
 * @property {[number, number][]} marks places in `text`, from and to
 */

const SHORT_ANSWER = "short-answer";
const LEAST = 0.35;
const LONGEST = 260;

/** The question quoted for last, so that several guides' quotations do not weigh its words anew. */
let asked = { index: /** @type {TypedIndex | null} */ (null), question: "", weights: /** @type {Map<string, number>} */ (new Map()) };

/**
 * @param {TypedIndex} index
 * @param {string} question
 * @param {GuideTexts} guide
 * @param {string} section the one that is opened
 * @param {number} situation the one that is nearest in meaning; −1: none
 * @returns {Quote | null} null where the guide has nothing to quote
 */
export function quote(index, question, guide, section, situation) {
  if (asked.index !== index || asked.question !== question) asked = { index, question, weights: tellingTokens(index, question) };
  const { weights } = asked;
  // the short answer stands below the quotation anyway
  const opened = guide.sections.filter(({ id }) => id === section && id !== SHORT_ANSWER);
  const lines = [...guide.situations, ...opened.flatMap((part) => part.lines), guide.summary];
  let best = "";
  let most = 0;
  for (const line of lines) {
    const found = new Set(tokenise(line).map((word) => stem(word)));
    let sum = 0;
    for (const [word, weight] of weights) if (found.has(word)) sum += weight;
    if (sum > most) [best, most] = [line, sum];
  }
  if (most >= LEAST) return marked(best, weights);
  const text = guide.situations[situation] ?? guide.summary;
  return text ? { shared: false, text, marks: [] } : null;
}

/**
 * @param {string} text
 * @param {Map<string, number>} weights
 * @returns {Quote}
 */
function marked(text, weights) {
  const isTelling = (/** @type {string} */ word) => weights.has(stem(word));
  const marks = findMarks(text, isTelling);
  if (text.length <= LONGEST) return { shared: true, text, marks };
  // a long line is shown from the sentence with the first marked word
  const first = marks[0]?.[0] ?? 0;
  const from = Math.max(0, ...[...text.slice(0, first).matchAll(/[.!?…。！？]["“”»’」]?\s*/gu)].map((end) => end.index + end[0].length));
  const rest = text.slice(from);
  const end = rest.length <= LONGEST ? rest.length : Math.max(rest.lastIndexOf(" ", LONGEST), LONGEST - 40);
  const cut = (from > 0 ? "… " : "") + rest.slice(0, end) + (end < rest.length ? " …" : "");
  return { shared: true, text: cut, marks: findMarks(cut, isTelling) };
}

/**
 * @param {TypedIndex} index
 * @param {string} question
 * @returns {Map<string, number>} stems of the question's words that are not in every guide, with their weight
 */
export function tellingTokens(index, question) {
  /** @type {Map<string, number>} */
  const found = new Map();
  for (const word of tokenise(question)) {
    if (index.common.has(word) || KANA_ONLY.test(word) || (word.length < 3 && !CJK.test(word))) continue;
    const alike = [word, ...index.startingWith(stem(word))].filter((one) => index.postings.has(one));
    // a misspelt word stands for the one that it is nearest to
    const meant = alike.length ? alike : index.near(word).slice(0, 1).map(([near]) => near);
    if (!meant.length) continue;
    const weight = Math.min(...meant.map((one) => index.idf(one)));
    if (weight >= LEAST) found.set(stem(alike.length ? word : meant[0]), weight);
  }
  return found;
}

/** Endings differ and are not marked apart: two words are taken for the same that begin alike. @param {string} word */
function stem(word) {
  return CJK.test(word) || word.length <= 5 ? word : word.slice(0, Math.max(5, word.length - 2));
}
