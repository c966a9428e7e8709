// From an encoded question to ranked guides: the twin of src/rapport/search/ranking.py, whose docstring is the contract. Same
// names, same order of steps; tests/cases/ranking.yml holds both to the same results. All arithmetic is double precision.

/** @typedef {import("./knowledge.js").Knowledge} Knowledge */
/** @typedef {import("./knowledge.js").Layout} Layout */
/** @typedef {import("./knowledge.js").Settings} Settings */
/** @typedef {Float64Array | Float32Array | number[]} Numbers */
/** @typedef {"answered" | "nothing" | "unwritten"} Outcome */

/**
 * Every step of the contract for one question; arrays are over the guides of the catalogue, NaN where a guide has no
 * such signal.
 * @typedef {object} Ranking
 * @property {number} language
 * @property {number} lead by how much the language is nearer than the next
 * @property {number[]} reading
 * @property {number} readingNone
 * @property {number[]} head
 * @property {number} logNone
 * @property {number[]} near
 * @property {number} nearNone
 * @property {number[]} lexical
 * @property {number} lexicalNone
 * @property {number[]} text
 * @property {number[]} evidence probability, 0 to 1, that a guide has to do with the question, from its own signals alone
 * @property {number[]} score
 * @property {number[]} order guide numbers, best first
 * @property {Map<number, string>} section guide number → anchor of the section to open
 * @property {number[]} features
 * @property {number} answerable
 * @property {number} correct
 * @property {Outcome} outcome
 * @property {Float64Array} cosines of every row
 */

export const NONE = "none";
export const SITUATIONS = "situations";
const NEAR_BEST = 3;
const WISH_BEST = 10;
const WISH_LEXICAL = 0.5;
const NO_SCORE = -1e9;
const MOST_LEAD = 10;
const LEAST_LOG = -20;
const MOST_FITTING = 3;

/** @param {Numbers} one @param {Numbers} other */
function dot(one, other) {
  let sum = 0;
  for (let at = 0; at < one.length; at += 1) sum += one[at] * other[at];
  return sum;
}

/**
 * @param {Numbers} vector
 * @returns {Float64Array} scaled to length 1; a zero vector stays zero
 */
export function unit(vector) {
  const length = Math.sqrt(dot(vector, vector)) || 1;
  return Float64Array.from(vector, (value) => value / length);
}

/**
 * @param {number[]} values
 * @returns {number[]} z-scores over the finite values; NaN stays NaN, a constant becomes 0
 */
export function standardise(values) {
  const finite = values.filter(Number.isFinite);
  if (!finite.length) return values;
  const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
  const spread = Math.sqrt(finite.reduce((sum, value) => sum + (value - mean) ** 2, 0) / finite.length);
  return values.map((value) => (value - mean) / (spread > 1e-9 ? spread : 1));
}

/**
 * @param {Numbers} vector
 * @param {Float32Array[]} means
 * @returns {number} the language whose mean vector has the highest cosine with `vector`
 */
export function nearestLanguage(vector, means) {
  const cosines = means.map((mean) => dot(unit(mean), vector));
  return cosines.indexOf(Math.max(...cosines));
}

/**
 * @param {Numbers} vector
 * @param {Float32Array[]} means
 * @returns {number} by how much cosine the nearest language's mean is nearer than the next; ∞ where there is no other
 */
export function languageLead(vector, means) {
  const [best, second = -Infinity] = means.map((mean) => dot(unit(mean), vector)).sort((one, other) => other - one);
  return best - second;
}

/**
 * @param {Numbers} vector
 * @param {Float32Array} mean
 * @returns {Float64Array} the vector without what its language alone explains, unit length
 */
export function centre(vector, mean) {
  return unit(Float64Array.from(vector, (value, at) => value - mean[at]));
}

/**
 * @param {import("./knowledge.js").Head} head
 * @param {Numbers} centred
 * @returns {number[]} one logit per class
 */
export function headLogits(head, centred) {
  return head.weights.map((row, at) => dot(row, centred) + head.bias[at]);
}

/**
 * @param {import("./knowledge.js").ReadingHead} head
 * @param {Float32Array} states of the question's pieces, one after the other
 * @param {number} language the question's
 * @returns {number[]} one logit per class
 */
export function readingLogits(head, states, language) {
  const centre = head.centres[language];
  const size = centre.length;
  const pieces = Array.from({ length: states.length / size }, (_, piece) =>
    Float64Array.from(centre, (value, at) => states[piece * size + at] - value));
  const mean = Float64Array.from(centre, (_, at) => pieces.reduce((sum, piece) => sum + piece[at], 0) / pieces.length);
  return head.classes.map((_, at) => {
    const asked = pieces.map((piece) => dot(piece, head.query[at]));
    const highest = Math.max(...asked);
    let total = 0;
    let found = 0;
    pieces.forEach((piece, number) => {
      const share = Math.exp(asked[number] - highest);
      total += share;
      found += share * dot(piece, head.value[at]);
    });
    return found / total + dot(mean, head.mean[at]) + head.bias[at];
  });
}

/**
 * @param {number[]} logits
 * @returns {number[]}
 */
export function logSoftmax(logits) {
  if (!logits.length) return logits;
  const most = Math.max(...logits);
  const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - most), 0));
  return logits.map((logit) => logit - most - total);
}

/**
 * @param {number[]} cosines
 * @returns {number} `0.7·max + 0.3·mean of the best three` (or of as many as there are)
 */
export function nearness(cosines) {
  const best = [...cosines].sort((one, other) => other - one).slice(0, NEAR_BEST);
  return 0.7 * best[0] + (0.3 * best.reduce((sum, value) => sum + value, 0)) / best.length;
}

/**
 * @param {Knowledge} knowledge
 * @param {{vector: Float32Array, states: Float32Array | null}} question as the network sees it
 * @param {Float32Array} bm25 the lexical index's score of each row
 * @param {number} letters of the question
 * @returns {Ranking}
 */
export function rank(knowledge, { vector, states }, bm25, letters) {
  const { guides, layout, settings } = knowledge;
  const language = nearestLanguage(vector, knowledge.means);
  const centred = centre(vector, knowledge.means[language]);
  const cosines = knowledge.vectors.cosines(Float32Array.from(centred));

  const read = knowledge.reading.classes.length && states ? readingLogits(knowledge.reading, states, language) : [];
  const [reading, readingNone] = byGuide(guides, knowledge.reading.classes, read);
  const [head, logNone] = byGuide(guides, knowledge.head.classes, headLogits(knowledge.head, centred));
  const [near, nearNone] = nearnessByGuide(layout, cosines, -1);
  const [lexical, lexicalNone] = nearnessByGuide(layout, bm25, 0);
  const [text, section] = textSignal(knowledge, cosines, bm25, sectionWish(knowledge, centred, bm25));

  const score = combine(comparable([reading, head, near, lexical, text]), weightsFor(settings, letters));
  const order = score.map((_, number) => number).sort((one, other) => score[other] - score[one] || one - other);
  const x = features(score, order, reading, readingNone, head, logNone, near, nearNone, lexical, lexicalNone);
  const answerable = probability(settings.answerable, x);
  const correct = probability(settings.correct, x);
  const outcome = decide(score, order, text, answerable, settings);
  const own = ownFeatures(reading, head, logNone, near, nearNone, lexical, lexicalNone);
  const evidence = own.map((values) => probability(settings.evidence, values));
  return {
    language, lead: languageLead(vector, knowledge.means), reading, readingNone, head, logNone, near, nearNone, lexical, lexicalNone, text, evidence, score, order,
    section, features: x, answerable, correct, outcome, cosines,
  };
}

/**
 * @param {string[]} guides
 * @param {string[]} classes
 * @param {number[]} logits of the classes; empty where nothing was computed
 * @returns {[number[], number]} log probability of each guide (NaN where it has no class), and of `none`
 */
function byGuide(guides, classes, logits) {
  const logs = logSoftmax(logits);
  const byClass = new Map(classes.map((name, at) => [name, logs[at]]));
  return [guides.map((guide) => byClass.get(guide) ?? NaN), byClass.get(NONE) ?? -Infinity];
}

/**
 * @param {Layout} layout
 * @param {Numbers} similarity of each row
 * @param {number} absent stands for the questions without an answer where there are none
 * @returns {[number[], number]} nearness to the questions of each guide, and to those without an answer
 */
function nearnessByGuide(layout, similarity, absent) {
  const pick = (/** @type {number[]} */ rows) => rows.map((row) => similarity[row]);
  const near = layout.questions.map((rows) => (rows.length ? nearness(pick(rows)) : NaN));
  return [near, layout.unanswerable.length ? nearness(pick(layout.unanswerable)) : absent];
}

/**
 * @param {Knowledge} knowledge
 * @param {Numbers} centred
 * @param {Numbers} bm25
 * @returns {Map<string, number>} how much the question asks for each section, in standard deviations
 */
export function sectionWish(knowledge, centred, bm25) {
  const { sectionHead, layout } = knowledge;
  const head = standardise(headLogits(sectionHead, centred));
  const alike = standardise(layout.asking.map((rows) => {
    const best = rows.map((row) => bm25[row]).sort((one, other) => other - one).slice(0, WISH_BEST);
    return best.length ? best.reduce((sum, value) => sum + value, 0) / best.length : 0;
  }));
  return new Map(sectionHead.classes.map((section, at) => [section, head[at] + WISH_LEXICAL * alike[at]]));
}

/**
 * @param {Knowledge} knowledge
 * @param {Numbers} cosines
 * @param {Numbers} bm25
 * @param {Map<string, number>} wish what `sectionWish` gives
 * @returns {[number[], Map<number, string>]} per guide the mix of its best section; per written guide the one to open
 */
function textSignal(knowledge, cosines, bm25, wish) {
  const { sections } = knowledge.layout;
  const { dense, section: weight } = knowledge.settings;
  /** @type {number[]} */
  const text = new Array(knowledge.guides.length).fill(NaN);
  /** @type {Map<number, string>} */
  const section = new Map();
  const best = (/** @type {Numbers} */ values) =>
    standardise(sections.map((part) => part.rows.reduce((most, row) => Math.max(most, values[row]), -Infinity)));
  const cosine = best(cosines);
  const lexical = best(bm25);
  /** @type {Map<number, number>} */
  const opened = new Map();
  sections.forEach((part, at) => {
    const mix = dense * cosine[at] + (1 - dense) * lexical[at];
    if (!(mix <= text[part.guide])) text[part.guide] = mix; // also where it is still NaN
    const value = mix + weight * (wish.get(part.section) ?? 0);
    if (part.section !== SITUATIONS && value > (opened.get(part.guide) ?? -Infinity)) {
      opened.set(part.guide, value);
      section.set(part.guide, part.section);
    }
  });
  return [text, section];
}

/**
 * @param {number[][]} signals reading, head and the others
 * @returns {number[][]} z-scores; a guide that the reading head does not know has the linear head's in place of its own
 */
export function comparable(signals) {
  const [reading, head, ...others] = signals.map(standardise);
  return [reading.map((value, guide) => (Number.isFinite(value) ? value : head[guide])), head, ...others];
}

/**
 * @param {Settings} settings
 * @param {number} letters of a question
 * @returns {number[]} weights of the signals for it
 */
export function weightsFor({ short, long, short_to: from, long_from: to }, letters) {
  const share = Math.min(1, Math.max(0, (letters - from) / (to - from)));
  return short.map((weight, at) => weight + share * (long[at] - weight));
}

/**
 * @param {number[][]} signals
 * @param {number[]} weights
 * @returns {number[]} weighted mean of the signals that each guide has; `NO_SCORE` where it has none
 */
export function combine(signals, weights) {
  return signals[0].map((_, guide) => {
    let total = 0;
    let weight = 0;
    signals.forEach((signal, at) => {
      if (!Number.isFinite(signal[guide])) return;
      total += weights[at] * signal[guide];
      weight += weights[at];
    });
    return weight > 0 ? total / weight : NO_SCORE;
  });
}

/** @param {number[]} values @param {number} initial */
function most(values, initial) {
  return values.reduce((best, value) => (value > best ? value : best), initial);
}

/**
 * What the two probabilities are read from; each is explained in ranking.py.
 * @param {number[]} score
 * @param {number[]} order
 * @param {number[]} reading
 * @param {number} readingNone
 * @param {number[]} head
 * @param {number} logNone
 * @param {number[]} near
 * @param {number} nearNone
 * @param {number[]} lexical
 * @param {number} lexicalNone
 * @returns {number[]}
 */
export function features(score, order, reading, readingNone, head, logNone, near, nearNone, lexical, lexicalNone) {
  const oddsOf = (/** @type {number[]} */ logs, /** @type {number} */ none) => Math.min(20, Math.max(-20, most(logs, -30) - none));
  const read = Number.isFinite(readingNone) ? oddsOf(reading, readingNone) : 0;
  const odds = oddsOf(head, logNone);
  const bestNear = most(near, -1);
  const bestLexical = most(lexical, 0);
  const share = bestLexical + lexicalNone > 0 ? bestLexical / (bestLexical + lexicalNone) : 0.5;
  const scored = order.slice(0, 2).map((guide) => score[guide]).filter((value) => value > NO_SCORE);
  const lead = scored.length > 1 ? Math.min(scored[0] - scored[1], MOST_LEAD) : scored.length;
  return [read, odds, bestNear, bestNear - nearNone, share, lead];
}

/**
 * What each guide's own evidence is read from; each is explained in ranking.py.
 * @param {number[]} reading
 * @param {number[]} head
 * @param {number} logNone
 * @param {number[]} near
 * @param {number} nearNone
 * @param {number[]} lexical
 * @param {number} lexicalNone
 * @returns {number[][]} per guide
 */
export function ownFeatures(reading, head, logNone, near, nearNone, lexical, lexicalNone) {
  const or = (/** @type {number} */ value, /** @type {number} */ other) => (Number.isFinite(value) ? value : other);
  return head.map((log, guide) => {
    const words = or(lexical[guide], 0);
    const share = words + lexicalNone > 0 ? words / (words + lexicalNone) : 0.5;
    const clip = (/** @type {number} */ value) => Math.min(0, Math.max(LEAST_LOG, value));
    const own = or(log, logNone);
    return [clip(or(reading[guide], own)), clip(own), or(near[guide], -1) - nearNone, share];
  });
}

/**
 * @param {Ranking} ranking
 * @param {number[]} written guides, best first
 * @param {Settings} settings
 * @returns {number[]} which of them are shown: of an answer the first, else what reaches `floor`
 */
export function showing({ outcome, evidence }, written, settings) {
  return written.filter((number, at) => (outcome === "answered" && at === 0) || evidence[number] >= settings.floor);
}

/**
 * @param {number[]} scores of the guides that are shown, best first
 * @param {Outcome} outcome
 * @param {Settings} settings
 * @returns {boolean[]} which of them are offered as fitting; none unless the question is answered
 */
export function fitting(scores, outcome, settings) {
  return scores.map((score, at) => outcome === "answered" && at < MOST_FITTING && score >= scores[0] - settings.close);
}

/**
 * @param {number[]} scores
 * @param {boolean[]} fits
 * @param {Settings} settings
 * @returns {boolean} whether the second of the guides that are shown may be meant as well as the first
 */
export function isUndecided(scores, fits, settings) {
  return fits.filter(Boolean).length > 1 && scores[1] >= scores[0] - settings.undecided;
}

/** @param {number[]} weights the bias last @param {number[]} x */
function probability(weights, x) {
  return 1 / (1 + Math.exp(-(dot(x, weights) + weights[weights.length - 1])));
}

/**
 * @param {number[]} score
 * @param {number[]} order
 * @param {number[]} text
 * @param {number} answerable
 * @param {Settings} settings
 * @returns {Outcome}
 */
function decide(score, order, text, answerable, settings) {
  if (answerable < settings.refuse_below) return "nothing";
  const written = order.find((number) => Number.isFinite(text[number]));
  if (written === undefined) return "unwritten";
  return score[order[0]] - score[written] > settings.unwritten_lead ? "unwritten" : "answered";
}
