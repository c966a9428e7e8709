// Ranks the questions of tests/cases/ranking.yml against an index in a folder, as `index_parts` has written it, and prints
// what `rank` gives: tests/test_browser.py compares that with Python's ranking of the same index.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

import { readKnowledge } from "../../docs/assets/javascripts/ask/knowledge.js";
import { lexicalScores } from "../../docs/assets/javascripts/ask/lexical.js";
import { letters } from "../../docs/assets/javascripts/ask/question.js";
import { rank } from "../../docs/assets/javascripts/ask/ranking.js";

const folder = process.argv[2];
const part = (/** @type {string} */ name) => new Uint8Array(readFileSync(join(folder, name))).buffer;
const knowledge = readKnowledge(JSON.parse(new TextDecoder().decode(part("frame"))), part);
const cases = parse(readFileSync(new URL("../cases/ranking.yml", import.meta.url), "utf8"));
const found = cases.rank.map((/** @type {{question: string, vector: number[], states: number[][]}} */ { question, vector, states }) => {
  const bm25 = lexicalScores(knowledge.lexical, question);
  const encoded = { vector: Float32Array.from(vector), states: Float32Array.from(states.flat()) };
  const { reading, score, order, section, features, outcome } = rank(knowledge, encoded, bm25, letters(question));
  return { bm25: [...bm25], reading, score, order, section: [...section], features, outcome };
});
process.stdout.write(JSON.stringify(found));
