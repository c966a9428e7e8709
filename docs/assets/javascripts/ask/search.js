// A question in, ranked guides out: the twin of src/rapport/search/ask.py, without the texts, which the typed search
// has; tests/cases/search.yml holds both to the same results.

import { lexicalScores, rowsWith } from "./lexical.js";
import { isLong, letters, readQuestion, words } from "./question.js";
import { fitting, isUndecided, rank, showing } from "./ranking.js";

/** @typedef {import("./knowledge.js").Knowledge} Knowledge */

const LEAD = 0.015;
const SHARE = 0.6;

/**
 * @typedef {object} Hit
 * @property {string} guide
 * @property {string} section anchor of the section to open
 * @property {string} lang in which it is shown: the answer's language, else the first that has it
 * @property {number} score
 * @property {boolean} fits whether it is offered as fitting
 * @property {number} situation which of the guide's situations in `lang` is nearest; −1: it has none
 */

/**
 * @typedef {object} Found
 * @property {string | null} language of the question; null where it is none of the index's
 * @property {import("./ranking.js").Outcome} outcome
 * @property {number} confidence
 * @property {string | null} unwritten id of the guide that fits but is not written
 * @property {boolean} touches whether it is a long text that tells of all those situations whose hits fit, two or three
 * @property {{a: string, b: string} | null} choice the first two guides, where the reader knows better which is meant
 * @property {Hit[]} hits distinct written guides, best first
 */

/**
 * @param {Knowledge} knowledge
 * @param {{encode: (text: string) => Promise<{vector: Float32Array, states: Float32Array | null}>}} encoder
 * @param {string} question cleaned
 * @param {string} lang to answer in
 * @param {number} limit
 * @returns {Promise<Found>}
 */
export async function search(knowledge, encoder, question, lang, limit) {
  const read = readQuestion(question, knowledge.spelling);
  const encoded = await encoder.encode(read);
  const ranking = rank(knowledge, encoded, lexicalScores(knowledge.lexical, read), letters(read));
  const first = knowledge.guides[ranking.order[0]];
  const unwritten = ranking.outcome === "unwritten" ? first : null;
  /** @type {Map<number, string>} guide → the language in which it is shown */
  const written = new Map();
  for (const number of ranking.order) {
    const of = languageOf(knowledge, knowledge.guides[number], lang);
    if (of) written.set(number, of);
  }
  const shown = showing(ranking, [...written.keys()], knowledge.settings).slice(0, limit);
  const scores = shown.map((number) => ranking.score[number]);
  const fits = fitting(scores, ranking.outcome, knowledge.settings);
  const hits = shown.map((number, at) => {
    const of = written.get(number) ?? lang;
    return {
      guide: knowledge.guides[number],
      section: ranking.section.get(number) ?? "",
      lang: of,
      score: ranking.score[number],
      fits: fits[at],
      situation: nearestSituation(knowledge, ranking.cosines, number, of),
    };
  });
  const [a, b] = hits;
  const haveSigns = [a, b].every((hit) => hit && !knowledge.signless.has(`${hit.guide} ${hit.lang}`));
  return {
    language: isKnown(knowledge, ranking, question) ? knowledge.languages[ranking.language] : null,
    outcome: ranking.outcome,
    confidence: unwritten ? 0 : ranking.correct,
    unwritten,
    touches: fits.filter(Boolean).length > 1 && isLong(question),
    choice: haveSigns && isUndecided(scores, fits, knowledge.settings) ? { a: a.guide, b: b.guide } : null,
    hits,
  };
}

/**
 * @param {Knowledge} knowledge
 * @param {import("./ranking.js").Ranking} ranking
 * @param {string} question
 * @returns {boolean} whether it is asked in the language that is nearest, or in none of the index's; see search/ask.py
 */
function isKnown({ languages, lexical, rows }, { language, lead }, question) {
  if (lead >= LEAD) return true;
  const all = words(question);
  const known = all.filter((word) => Array.prototype.some.call(rowsWith(lexical, word), (row) => rows[row].lang === languages[language]));
  return known.length > 0 && known.length >= SHARE * all.length;
}

/**
 * @param {Knowledge} knowledge
 * @param {string} guide
 * @param {string} lang
 * @returns {string | undefined} `lang` where the guide is written in it, else the first language that has it
 */
function languageOf(knowledge, guide, lang) {
  return [lang, ...knowledge.languages].find((one) => knowledge.written.has(`${guide} ${one}`));
}

/**
 * @param {Knowledge} knowledge
 * @param {Float64Array} cosines
 * @param {number} guide
 * @param {string} lang
 * @returns {number}
 */
function nearestSituation(knowledge, cosines, guide, lang) {
  const ours = knowledge.layout.questions[guide].filter((row) => {
    const { kind, lang: of } = knowledge.rows[row];
    return kind === "situation" && of === lang;
  });
  return ours.reduce((best, row, at) => (best < 0 || cosines[row] > cosines[ours[best]] ? at : best), -1);
}
