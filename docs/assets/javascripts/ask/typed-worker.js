// The typed search in a worker, with the texts of the page's language: instant results, and what an answer quotes.

import { cutAround, findHits, meantTokens } from "./hits.js";
import { readQuestion } from "./question.js";
import { quote } from "./quote.js";
import { Failure, Release } from "./release.js";
import { answer } from "./rpc.js";
import { NO_SPELLING } from "./spelling.js";
import { openStore } from "./store.js";
import { TypedIndex } from "./typed.js";

/** @typedef {import("./typed.js").GuideTexts} GuideTexts */

/** @type {TypedIndex | null} */
let index = null;

/**
 * @param {{manifest: import("./release.js").Manifest, lang: string}} argument
 * @param {(event: any) => void} notify
 */
async function load({ manifest, lang }, notify) {
  const release = new Release(manifest, await openStore(), { onBytes: (done) => notify({ done }) });
  const bytes = await release.part(`texts-${lang}`);
  index = new TypedIndex(JSON.parse(new TextDecoder().decode(bytes)));
  release.remember().then(() => release.tidy());
  return { guides: index.texts.guides.length };
}

/** @returns {TypedIndex} */
function loaded() {
  if (!index) throw new Failure("broken", "nothing is loaded");
  return index;
}

/** @param {{question: string, limit: number}} argument */
function find({ question: typed, limit }) {
  const all = loaded();
  const question = readQuestion(typed, NO_SPELLING);
  return all.search(question, limit).map(({ guide, section }) => card(all, question, guide, section, -1));
}

/**
 * The list below the search box: titles, and why they are there.
 * @param {{question: string, limit: number}} argument
 */
function suggest({ question: typed, limit }) {
  const all = loaded();
  const question = readQuestion(typed, NO_SPELLING);
  const meant = meantTokens(all, question);
  return all.search(question, limit).map(({ guide, section }) => {
    const { id, theme, title, situations, summary } = guide;
    const marks = findHits(title, meant);
    const said = quote(all, question, guide, section, -1);
    const lines = [...situations, summary].map((text) => ({ text, marks: findHits(text, meant) }));
    const line = said?.shared ? said : lines.find((one) => one.marks.length);
    // a title that tells why stands alone; where nothing does, the summary says what the guide is about
    const why = line ?? (marks.length ? null : lines[lines.length - 1]);
    return { id, theme, lang: all.texts.lang, section, title, marks, why: why && cutAround(why) };
  });
}

/** @param {{question: string, found: import("./search.js").Found}} argument */
function present({ question: typed, found }) {
  const all = loaded();
  const question = readQuestion(typed, NO_SPELLING);
  const { guides, planned, themes } = all.texts;
  const byId = new Map(guides.map((guide) => [guide.id, guide]));
  const titles = new Map(themes.map((theme) => [theme.id, theme.title]));
  const elsewhere = new Map(all.texts.elsewhere.map((guide) => [guide.id, guide]));
  const cards = found.hits.map(({ guide, section, situation }) => {
    const here = byId.get(guide);
    if (here) return card(all, question, here, section, situation);
    const there = elsewhere.get(guide);
    if (!there) throw new Failure("damaged", `no text of ${guide}`);
    return cardElsewhere(there, section);
  });
  // a language has no page of a theme that it has no guide in
  const near = [...new Set(cards.filter(({ lang }) => lang === all.texts.lang).map(({ theme }) => theme))].slice(0, 3);
  return {
    cards,
    themes: near.map((id) => ({ id, title: titles.get(id) ?? id })),
    unwritten: planned.find(({ id }) => id === found.unwritten)?.title ?? byId.get(found.unwritten ?? "")?.title ?? "",
  };
}

/** @typedef {import("./show.js").Card} Card */

/**
 * @param {TypedIndex} all
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
    lang: all.texts.lang,
    title: guide.title,
    summary: guide.summary,
    sign: guide.sign,
    section,
    heading: part(section)?.heading ?? "",
    quote: quote(all, question, guide, section, situation),
    short: part("short-answer"),
    script: guide.script,
    push: guide.push,
  };
}

/**
 * @param {import("./typed.js").GuideElsewhere} guide
 * @param {string} section
 * @returns {Card} with the beginning of the section that is opened, which is all that there is of it here
 */
function cardElsewhere({ id, theme, lang, title, summary, sign, sections }, section) {
  const part = sections.find((one) => one.id === section);
  const short = part ? { heading: part.heading, lines: part.text.split("\n") } : null;
  return { id, theme, lang, title, summary, sign, section, heading: part?.heading ?? "", quote: null, short, script: null, push: null };
}

answer({ load, find, suggest, present });
