// The cases that Python and JavaScript share; their twin is tests/test_cases.py.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parse } from "yaml";

import { normalise, termKey, terms } from "../../docs/assets/javascripts/ask/analyser.js";
import { PackedVectors, layOut } from "../../docs/assets/javascripts/ask/knowledge.js";
import { unpackLexical } from "../../docs/assets/javascripts/ask/lexical.js";
import * as ranking from "../../docs/assets/javascripts/ask/ranking.js";
import { cleanQuestion, isLong, letters, readQuestion } from "../../docs/assets/javascripts/ask/question.js";
import { search } from "../../docs/assets/javascripts/ask/search.js";
import { NO_SPELLING, Spelling } from "../../docs/assets/javascripts/ask/spelling.js";

/** @typedef {Record<string, any>} Entry a case as YAML holds it: the tests compare what is in it */

/** @param {string} name @returns {Record<string, any>} */
const read = (name) => parse(readFileSync(new URL(`../cases/${name}.yml`, import.meta.url), "utf8"));
const analyser = read("analyser");
const cases = read("ranking");
const asked = read("search");
const questions = read("question");

/**
 * Numbers and lists of numbers agree to 1e-6; NaN equals NaN.
 * @param {number | number[]} got
 * @param {number | number[]} wanted
 * @param {string} what
 */
function close(got, wanted, what) {
  const [one, other] = [[got].flat(), [wanted].flat()];
  assert.equal(one.length, other.length, what);
  one.forEach((value, at) => {
    if (Number.isNaN(other[at])) assert.ok(Number.isNaN(value), what);
    else assert.ok(value === other[at] || Math.abs(value - other[at]) < 1e-6, `${what}: ${value} is not ${other[at]}`);
  });
}

for (const { text, gives } of analyser.normalise) test(`normalise ${text}`, () => assert.equal(normalise(text), gives));
for (const { text, gives } of analyser.terms) test(`terms ${text}`, () => assert.deepEqual(terms(text), gives));
const spelling = new Spelling(questions.spellings);
for (const { text, gives } of questions.clean) test(`clean ${text}`, () => assert.equal(cleanQuestion(text), gives));
for (const { text, gives } of questions.read) test(`read ${text}`, () => assert.equal(readQuestion(text, spelling), gives));
for (const { term, gives } of analyser.term_key) test(`termKey ${term}`, () => assert.equal(termKey(term), gives));

/** @param {number[]} values */
const floats = (values) => Float32Array.from(values);

const NO_READING = { classes: [], query: [], value: [], mean: [], bias: [], centres: [] };

/** @param {Entry} entry @returns {import("../../docs/assets/javascripts/ask/knowledge.js").ReadingHead} */
const makeReading = ({ classes, query, value, mean, bias, centres }) => ({
  classes, query: query.map(floats), value: value.map(floats), mean: mean.map(floats), bias: floats(bias), centres: centres.map(floats),
});

/** @type {Record<string, (c: Entry) => number | number[]>} */
const STEPS = {
  unit: (c) => [...ranking.unit(c.vector)],
  standardise: (c) => ranking.standardise(c.values),
  nearest_language: (c) => ranking.nearestLanguage(c.vector, c.means.map(floats)),
  language_lead: (c) => ranking.languageLead(c.vector, c.means.map(floats)),
  centre: (c) => [...ranking.centre(floats(c.vector), floats(c.mean))],
  log_softmax: (c) => ranking.logSoftmax(c.logits),
  nearness: (c) => ranking.nearness(c.cosines),
  combine: (c) => ranking.combine(c.signals, c.weights),
  reading_logits: (c) => ranking.readingLogits(makeReading(c.reading), floats(c.states.flat()), c.language),
  weights_for: (c) => ranking.weightsFor(c.settings, c.letters),
  comparable: (c) => ranking.comparable([c.reading, c.head]).flat(),
  own_features: (c) => ranking.ownFeatures(c.reading, c.head, c.log_none, c.near, c.near_none, c.lexical, c.lexical_none).flat(),
  features: (c) => ranking.features(
    c.score, c.order, c.reading, c.reading_none, c.head, c.log_none, c.near, c.near_none, c.lexical, c.lexical_none,
  ),
};
for (const [step, run] of Object.entries(STEPS)) {
  cases[step].forEach((/** @type {Entry} */ entry, /** @type {number} */ at) => test(`${step} ${at + 1}`, () => close(run(entry), entry.gives, step)));
}

/** @param {Entry} entry @returns {import("../../docs/assets/javascripts/ask/knowledge.js").Knowledge} */
function tinyKnowledge({ languages, guides, means, head, section_head, reading = NO_READING, settings, rows, written = [], signless = [] }) {
  const makeHead = (/** @type {Entry} */ { classes, weights, bias }) => ({ classes, weights: weights.map(floats), bias: floats(bias) });
  const values = rows.flatMap((/** @type {Entry} */ row) => row.vector);
  const scales = rows.map((/** @type {Entry} */ row) => row.scale);
  return {
    languages,
    guides,
    rows,
    vectors: new PackedVectors(Int8Array.from(values), floats(scales)),
    means: means.map(floats),
    head: makeHead(head),
    sectionHead: makeHead(section_head),
    reading: makeReading(reading),
    settings,
    lexical: unpackLexical(new Uint32Array(0), new Uint16Array(0), new Uint8Array(0), new Uint8Array(0), 1, rows.length),
    layout: layOut(rows, guides, section_head.classes),
    written: new Set(written),
    signless: new Set(signless),
    spelling: NO_SPELLING,
  };
}

for (const entry of cases.rank) {
  test(`rank ${entry.question}`, () => {
    const found = ranking.rank(
      tinyKnowledge(cases.knowledge), { vector: floats(entry.vector), states: floats(entry.states.flat()) }, floats(entry.bm25),
      letters(entry.question),
    );
    for (const name of /** @type {const} */ (["reading", "head", "near", "lexical", "text", "evidence", "score", "features", "answerable", "correct"])) {
      close(found[name], entry[name], name);
    }
    close(found.readingNone, entry.reading_none, "reading_none");
    close(found.logNone, entry.log_none, "log_none");
    close(found.nearNone, entry.near_none, "near_none");
    close(found.lexicalNone, entry.lexical_none, "lexical_none");
    assert.equal(found.language, entry.language);
    assert.deepEqual(found.order, entry.order);
    const opened = Object.fromEntries(Object.entries(entry.section).map(([guide, section]) => [guide, section]));
    assert.deepEqual(Object.fromEntries(found.section), opened);
    assert.equal(found.outcome, entry.outcome);
  });
}

for (const { text, times, gives } of asked.is_long) {
  test(`is ${times} times ${text} long`, () => assert.equal(isLong(text.repeat(times)), gives));
}

for (const entry of asked.search) {
  const { why, question = "?", vector, lang, limit, settings, written, signless, outcome, unwritten, touches = false, choice = null, hits } = entry;
  test(`search: ${why}`, async () => {
    const encoder = { encode: async () => ({ vector: floats(vector), states: null }) };
    const knowledge = { ...asked.knowledge, settings: { ...asked.knowledge.settings, ...settings }, written, signless };
    const found = await search(tinyKnowledge(knowledge), encoder, question, lang, limit);
    assert.deepEqual([found.outcome, found.unwritten, found.touches], [outcome, unwritten, touches]);
    assert.deepEqual(found.choice, choice && { a: choice[0], b: choice[1] });
    const shown = found.hits.map(({ guide, section, lang: of, fits }) => ({ guide, section, lang: of, fits }));
    assert.deepEqual(shown, hits);
  });
}
