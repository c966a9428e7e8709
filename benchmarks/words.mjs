// What is found by words alone, before the full search is there: judged questions against the texts of a built site.
// Rows for benchmarks/words.md.
//
//     node benchmarks/words.mjs [split [questions.jsonl …]]
//
// `split` is `tune` (the default: what one may look at while working) or `hold`; further files are read besides the
// project's own, all of their lines.

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

import { termKey } from "../docs/assets/javascripts/ask/analyser.js";
import { cleanQuestion } from "../docs/assets/javascripts/ask/question.js";
import { TypedIndex } from "../docs/assets/javascripts/ask/typed.js";

const ROOT = new URL("../", import.meta.url);
const LIMIT = 5;
const [split = "tune", ...more] = process.argv.slice(2);
const manifest = JSON.parse(readFileSync(new URL("site/ask/manifest.json", ROOT), "utf8"));

/** @param {string | URL} file */
const lines = (file) => readFileSync(file, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));

/** The same as `JudgedQuestion.split`. @param {{id: string, lang: string}} question */
const splitOf = ({ id, lang }) => (termKey(id.slice(lang.length + 1)) % 5 >= 3 ? "hold" : "tune");

/** @param {string} name */
const part = (name) => Buffer.concat(manifest.parts[name].map((/** @type {{name: string}} */ chunk) => gunzipSync(readFileSync(new URL(`site/ask/${chunk.name}`, ROOT)))));

const share = (/** @type {boolean[]} */ found) => (found.length ? (found.filter(Boolean).length / found.length).toFixed(2) : "–");

/** @typedef {{kind: string, guide: string | null}} Question */
/** @type {Record<string, (question: Question) => boolean>} */
const GROUPS = {
  made: ({ kind, guide }) => guide !== null && kind !== "real",
  real: ({ kind, guide }) => guide !== null && kind === "real",
  "made, no answer": ({ kind, guide }) => guide === null && kind !== "real",
  "real, no answer": ({ kind, guide }) => guide === null && kind === "real",
};
const heads = Object.keys(GROUPS).map((name) => (name.endsWith("no answer") ? `${name}: n | refused` : `${name}: n | first | three | empty`));
process.stdout.write(`| | ${heads.join(" | ")} | ms |\n|---|${"---|".repeat(13)}\n`);
for (const lang of manifest.languages) {
  const index = new TypedIndex(JSON.parse(part(`texts-${lang}`).toString("utf8")));
  const written = new Set(index.texts.guides.map(({ id }) => id));
  const asked = [
    ...lines(new URL(`content/questions/judged/${lang}.jsonl`, ROOT)).filter((question) => splitOf(question) === split),
    ...more.flatMap(lines).filter((question) => question.lang === lang),
  ];
  const row = [lang];
  let [spent, count] = [0, 0];
  for (const belongs of Object.values(GROUPS)) {
    const isRefusing = belongs === GROUPS["made, no answer"] || belongs === GROUPS["real, no answer"];
    const found = asked.filter(belongs).flatMap(({ text, guide, also }) => {
      const right = [guide, ...also].filter((one) => written.has(one));
      if (!isRefusing && !right.length) return [];
      const began = performance.now();
      const ids = index.search(cleanQuestion(text), LIMIT).map((hit) => hit.guide.id);
      [spent, count] = [spent + performance.now() - began, count + 1];
      return [{ ids, right }];
    });
    const empty = share(found.map(({ ids }) => !ids.length));
    const among = (/** @type {number} */ first) => share(found.map(({ ids, right }) => ids.slice(0, first).some((id) => right.includes(id))));
    row.push(`${found.length}`, ...(isRefusing ? [empty] : [among(1), among(3), empty]));
  }
  process.stdout.write(`| ${row.join(" | ")} | ${(spent / count).toFixed(1)} |\n`);
}
