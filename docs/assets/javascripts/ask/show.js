// Cards as articles: only quotations from guides, each with where it comes from.

import { initCopyButton } from "./copy.js";
import { element, fill, marked } from "./dom.js";
import { ROOT } from "./release.js";
import { withoutQuotes } from "./said.js";

/** @typedef {Record<string, any>} Phrases */

/**
 * What the typed search's worker gives of one guide.
 * @typedef {object} Card
 * @property {string} id
 * @property {string} theme
 * @property {string} lang in which it is written
 * @property {string} title
 * @property {string} summary
 * @property {string} sign by what one knows that the guide is meant
 * @property {string} section
 * @property {string} heading
 * @property {import("./quote.js").Quote | null} quote
 * @property {{heading: string, lines: string[]} | null} short
 * @property {{heading: string, scene: string, label: string, text: string} | null} script
 * @property {{heading: string, theirs: string, yours: string} | null} push
 */

/**
 * @param {{theme: string, id: string, lang: string, section: string}} card
 * @param {boolean} [top] whether to open the guide's beginning
 */
export function cardUrl({ theme, id, lang, section }, top = false) {
  return `${ROOT}${lang}/${theme}/${id}/${section && !top ? `#${section}` : ""}`;
}

/**
 * Everything an answer shows of a guide; of all but the first, the script is folded away, and so is the short answer
 * unless each guide answers a part of the question.
 * @param {Card} card
 * @param {{rank: number, touches: boolean}} place rank 0 is the first
 * @param {string} lang the page's
 * @param {Phrases} phrases
 * @returns {HTMLElement}
 */
export function articleOf(card, { rank, touches }, lang, phrases) {
  const article = emptyArticle(card);
  const script = [
    ...(card.script ? scriptOf(card, card.script, phrases) : []),
    ...(card.push ? [pushOf(card.push, phrases)] : []),
  ];
  const short = (card.short?.lines ?? []).map((line) => element("p", { class: "short" }, line));
  const shortHeading = card.short?.heading ?? "";
  article.append(titleOf("h2", card), ...languageOf(card, lang, phrases), ...whyOf(card, phrases));
  const isOpen = rank === 0 || touches;
  if (isOpen && short.length) article.append(element("h3", {}, shortHeading), ...short);
  const folded = [...(isOpen ? [] : short), ...script];
  if (rank === 0) article.append(...script);
  else if (folded.length) {
    const heading = isOpen ? (card.script ?? card.push)?.heading ?? "" : shortHeading;
    article.append(element("details", {}, element("summary", {}, heading), ...folded));
  }
  if (card.heading) {
    // the short answer stands here already: what follows is the whole guide
    const text = card.section === "short-answer" ? phrases.whole : fill(phrases.open, { heading: card.heading });
    const attributes = { href: cardUrl(card), lang, hreflang: card.lang, class: "more", "aria-label": joined(text, card.title, phrases) };
    const link = element("a", attributes, text);
    article.append(element("p", {}, link));
  }
  return article;
}

/**
 * @param {Card} card
 * @param {string} lang the page's
 * @param {Phrases} phrases
 * @returns {HTMLElement} title and summary: a guide that is near but is not claimed to be what was asked for
 */
export function briefOf(card, lang, phrases) {
  const article = emptyArticle(card);
  article.classList.add("answer-brief");
  article.append(titleOf("h3", card), ...languageOf(card, lang, phrases), element("p", { class: "brief" }, card.summary));
  return article;
}

/**
 * Two guides that may be meant: the reader says which is nearer, and it is the first then.
 * @param {Card[]} cards the two
 * @param {string} chosen id of the one that was said to be nearer; empty: none yet
 * @param {Phrases} phrases
 * @param {(guide: string) => void} choose
 * @returns {HTMLElement}
 */
export function choiceOf(cards, chosen, phrases, choose) {
  const heading = element("h2", { id: "choice" }, phrases.choose);
  const options = cards.map(({ id, lang, sign }) => {
    const attributes = { type: "button", id: `nearer-${id}`, lang, "aria-pressed": String(id === chosen) };
    const button = element("button", attributes, sign);
    button.addEventListener("click", () => choose(id));
    return button;
  });
  return element("div", { class: "choice", role: "group", "aria-labelledby": "choice" }, heading, ...options);
}

/** @param {Card} card */
function emptyArticle({ id, section, lang }) {
  return element("article", { class: "answer", "data-guide": id, "data-section": section, lang });
}

/** @param {"h2" | "h3"} heading @param {Card} card */
function titleOf(heading, card) {
  return element(heading, {}, element("a", { href: cardUrl(card, true), hreflang: card.lang }, card.title));
}

/** @param {Card} card @param {string} lang @param {Phrases} phrases @returns {HTMLElement[]} a label for what is not in the page's language */
function languageOf(card, lang, phrases) {
  return card.lang === lang ? [] : [element("p", { class: "answer-lang", lang }, phrases.languages[card.lang])];
}

/** @param {string} text @param {string} title @param {Phrases} phrases @returns {string} what tells links and buttons of one text apart */
function joined(text, title, phrases) {
  return text + phrases.colon + title;
}

/** @param {Card} card @param {Phrases} phrases @returns {HTMLElement[]} */
function whyOf({ quote, summary }, phrases) {
  if (!quote) return [];
  const said = element("q", {}, ...marked(quote.text, quote.marks));
  if (!quote.shared && quote.text === summary) return [element("p", { class: "why" }, said)];
  const label = (quote.shared ? phrases.matched : phrases.other_words) + phrases.colon;
  return [element("p", { class: "why" }, element("span", { class: "why-label" }, label), said)];
}

/** @param {Card} card @param {{scene: string, label: string, text: string}} script @param {Phrases} phrases @returns {HTMLElement[]} */
function scriptOf({ title }, { scene, label, text }, phrases) {
  const said = element("blockquote", { class: "said" }, ...text.split("\n\n").map((part) => element("p", {}, part)));
  const caption = element("figcaption", {}, element("span", {}, label));
  const figure = element("figure", { class: "script script-best" }, caption, said);
  figure.append(...copyButton(withoutQuotes(text, phrases.quotes), joined(phrases.copy, title, phrases), phrases));
  return [...(scene ? [element("p", { class: "scene" }, scene)] : []), figure];
}

/** @param {{heading: string, theirs: string, yours: string}} push @param {Phrases} phrases @returns {HTMLElement} what comes back, folded */
function pushOf({ heading, theirs, yours }, phrases) {
  /** @param {string} text @returns {HTMLElement} who speaks, for whoever hears the page */
  const speaker = (text) => element("span", { class: "visually-hidden" }, text + phrases.colon);
  const exchange = element(
    "div",
    { class: "exchange" },
    element("p", { class: "theirs" }, speaker(phrases.they_say), theirs),
    element("p", { class: "yours spoken" }, speaker(phrases.you_say), yours),
  );
  return element("details", { class: "push" }, element("summary", {}, heading), exchange);
}

/** @param {string} text @param {string} name @param {Phrases} phrases @returns {HTMLElement[]} */
function copyButton(text, name, phrases) {
  const button = element("button", { type: "button", class: "copy", "aria-label": name }, phrases.copy);
  return [button, initCopyButton(button, () => text, (done) => (done ? phrases.copied : phrases.copy_failed))];
}

/**
 * @param {{id: string, title: string}[]} themes
 * @param {string} lang
 * @param {Phrases} phrases
 */
export function themesOf(themes, lang, phrases) {
  const items = themes.map(({ id, title }) => element("li", {}, element("a", { href: `${ROOT}${lang}/${id}/` }, title)));
  return element("nav", { class: "answer-themes", "aria-label": phrases.themes },
    element("h2", {}, phrases.themes), element("ul", {}, ...items));
}
