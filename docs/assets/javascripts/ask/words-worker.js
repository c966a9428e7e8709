// Texts of the page's language in a worker: instant results, and what an answer quotes.

import { cutAround, findHits, meantWords } from "./hits.js";
import { quote } from "./quote.js";
import { Failure, Release } from "./release.js";
import { answer } from "./rpc.js";
import { openStore } from "./store.js";
import { WordIndex } from "./words.js";

/** @typedef {import("./words.js").GuideTexts} GuideTexts */

/** @type {WordIndex | null} */
let index = null;

/** @param {{manifest: import("./release.js").Manifest, lang: string}} argument */
async function load({ manifest, lang }) {
  const release = new Release(manifest, await openStore());
  const bytes = await release.part(`words-${lang}`);
  index = new WordIndex(JSON.parse(new TextDecoder().decode(bytes)));
  release.remember().then(() => release.tidy());
  return { guides: index.texts.guides.length };
}

/** @returns {WordIndex} */
function loaded() {
  if (!index) throw new Failure("broken", "nothing is loaded");
  return index;
}

/** @param {{question: string, limit: number}} argument */
function find({ question, limit }) {
  const all = loaded();
  return all.search(question, limit).map(({ guide, section }) => card(all, question, guide, section, -1));
}

/**
 * The list below the search box: titles, and why they are there.
 * @param {{question: string, limit: number}} argument
 */
function suggest({ question, limit }) {
  const all = loaded();
  const meant = meantWords(all, question);
  return all.search(question, limit).map(({ guide, section }) => {
    const { id, theme, title, situations, summary } = guide;
    const marks = findHits(title, meant);
    const said = quote(all, question, guide, section, -1);
    const lines = [...situations, summary].map((text) => ({ text, marks: findHits(text, meant) }));
    const line = said?.shared ? said : lines.find((one) => one.marks.length);
    // a title that tells why stands alone; where nothing does, the summary says what the guide is about
    const why = line ?? (marks.length ? null : lines[lines.length - 1]);
    return { id, theme, section, title, marks, why: why && cutAround(why) };
  });
}

/** @param {{question: string, found: import("./search.js").Found}} argument */
function present({ question, found }) {
  const all = loaded();
  const { guides, planned, themes } = all.texts;
  const byId = new Map(guides.map((guide) => [guide.id, guide]));
  const titles = new Map(themes.map((theme) => [theme.id, theme.title]));
  const cards = found.hits.flatMap(({ guide, section, situation }) => {
    const texts = byId.get(guide);
    return texts ? [card(all, question, texts, section, situation)] : [];
  });
  const near = [...new Set(cards.map(({ theme }) => theme))].slice(0, 3);
  return {
    cards,
    themes: near.map((id) => ({ id, title: titles.get(id) ?? id })),
    unwritten: planned.find(({ id }) => id === found.unwritten)?.title ?? byId.get(found.unwritten ?? "")?.title ?? "",
  };
}

/**
 * What is shown of one guide.
 * @typedef {object} Card
 * @property {string} id
 * @property {string} theme
 * @property {string} title
 * @property {string} summary
 * @property {string} section
 * @property {string} heading
 * @property {import("./quote.js").Quote | null} quote
 * @property {{heading: string, lines: string[]} | null} short
 * @property {{label: string, text: string} | null} script
 */

/**
 * @param {WordIndex} all
 * @param {string} question
 * @param {GuideTexts} guide
 * @param {string} section
 * @param {number} situation
 * @returns {Card}
 */
function card(all, question, guide, section, situation) {
  const part = (/** @type {string} */ id) => guide.sections.find((one) => one.id === id) ?? null;
  return {
    id: guide.id,
    theme: guide.theme,
    title: guide.title,
    summary: guide.summary,
    section,
    heading: part(section)?.heading ?? "",
    quote: quote(all, question, guide, section, situation),
    short: part("short-answer"),
    script: guide.script,
  };
}

answer({ load, find, suggest, present });
