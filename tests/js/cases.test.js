// The cases that Python and JavaScript share; their twin is tests/test_cases.py.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parse } from "yaml";

import { normalise, termKey, terms } from "../../docs/assets/javascripts/ask/analyser.js";
import { PackedVectors, layOut } from "../../docs/assets/javascripts/ask/knowledge.js";
import * as ranking from "../../docs/assets/javascripts/ask/ranking.js";

const read = (name) => parse(readFileSync(new URL(`../cases/${name}.yml`, import.meta.url), "utf8"));
const analyser = read("analyser");
const cases = read("ranking");

/** Numbers, lists and maps of numbers agree to 1e-6; NaN equals NaN. */
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
for (const { term, gives } of analyser.term_key) test(`termKey ${term}`, () => assert.equal(termKey(term), gives));

const STEPS = {
  unit: (c) => [...ranking.unit(c.vector)],
  standardise: (c) => ranking.standardise(c.values),
  nearest_language: (c) => ranking.nearestLanguage(c.vector, c.means.map((mean) => Float32Array.from(mean))),
  centre: (c) => [...ranking.centre(Float32Array.from(c.vector), Float32Array.from(c.mean))],
  log_softmax: (c) => ranking.logSoftmax(c.logits),
  nearness: (c) => ranking.nearness(c.cosines),
  combine: (c) => ranking.combine(c.signals, c.weights),
  features: (c) => ranking.features(c.score, c.order, c.head, c.log_none, c.near, c.near_none, c.words, c.words_none),
};
for (const [step, run] of Object.entries(STEPS)) {
  cases[step].forEach((entry, at) => test(`${step} ${at + 1}`, () => close(run(entry), entry.gives, step)));
}

function tinyKnowledge({ languages, guides, means, head, section_head, settings, rows }) {
  const floats = (lists) => lists.map((list) => Float32Array.from(list));
  const makeHead = (from) => ({ classes: from.classes, weights: floats(from.weights), bias: Float32Array.from(from.bias) });
  return {
    languages,
    guides,
    rows,
    vectors: new PackedVectors(Int8Array.from(rows.flatMap((row) => row.vector)), Float32Array.from(rows, (row) => row.scale)),
    means: floats(means),
    head: makeHead(head),
    sectionHead: makeHead(section_head),
    settings,
    lexical: null,
    layout: layOut(rows, guides, section_head.classes),
    written: new Set(),
  };
}

for (const entry of cases.rank) {
  test(`rank ${entry.question}`, () => {
    const found = ranking.rank(tinyKnowledge(cases.knowledge), Float32Array.from(entry.vector), Float32Array.from(entry.lexical));
    for (const name of ["head", "near", "words", "text", "score", "features", "answerable", "correct"]) {
      close(found[name], entry[name], name);
    }
    close(found.logNone, entry.log_none, "log_none");
    close(found.nearNone, entry.near_none, "near_none");
    close(found.wordsNone, entry.words_none, "words_none");
    assert.equal(found.language, entry.language);
    assert.deepEqual(found.order, entry.order);
    const opened = Object.fromEntries(Object.entries(entry.section).map(([guide, section]) => [guide, section]));
    assert.deepEqual(Object.fromEntries(found.section), opened);
    assert.equal(found.outcome, entry.outcome);
  });
}
