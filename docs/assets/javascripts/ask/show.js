// Cards as articles: only quotations from guides, each with where it comes from.

import { element, fill, marked } from "./dom.js";
import { ROOT } from "./release.js";

/** @typedef {Record<string, any>} Words */

/**
 * What the worker for words gives of one guide.
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

const SHOWN_MS = 2500;

/** @param {Card} card @param {string} lang @param {boolean} [top] whether to open the guide's beginning */
export function cardUrl({ theme, id, section }, lang, top = false) {
  return `${ROOT}${lang}/${theme}/${id}/${section && !top ? `#${section}` : ""}`;
}

/**
 * Everything an answer shows of a guide; of all but the first, answer and script are folded away.
 * @param {Card} card
 * @param {number} rank 0 is the first
 * @param {string} lang
 * @param {Words} words
 * @returns {HTMLElement}
 */
export function articleOf(card, rank, lang, words) {
  const article = emptyArticle(card, lang);
  const script = card.script ? [scriptOf(card.script, words)] : [];
  const short = (card.short?.lines ?? []).map((line) => element("p", { class: "short" }, line));
  const shortHeading = card.short?.heading ?? "";
  article.append(titleOf(card, lang), ...whyOf(card, words));
  if (rank === 0) {
    if (short.length) article.append(element("h3", {}, shortHeading), ...short);
    article.append(...script);
  } else if (short.length) {
    article.append(element("details", {}, element("summary", {}, shortHeading), ...short, ...script));
  }
  if (card.heading) {
    // the short answer stands here already: what follows is the whole guide
    const heading = card.section === "short-answer" ? card.title : card.heading;
    const link = element("a", { href: cardUrl(card, lang), class: "more" }, fill(words.open, { heading }));
    article.append(element("p", {}, link));
  }
  return article;
}

/**
 * @param {Card} card
 * @param {string} lang
 * @returns {HTMLElement} title and summary: a guide that is near but is not claimed to be what was asked for
 */
export function briefOf(card, lang) {
  const article = emptyArticle(card, lang);
  article.classList.add("answer-brief");
  article.append(titleOf(card, lang), element("p", { class: "brief" }, card.summary));
  return article;
}

/** @param {Card} card @param {string} lang */
function emptyArticle({ id, section }, lang) {
  return element("article", { class: "answer", "data-guide": id, "data-section": section, lang });
}

/** @param {Card} card @param {string} lang */
function titleOf(card, lang) {
  return element("h2", {}, element("a", { href: cardUrl(card, lang, true) }, card.title));
}

/** @param {Card} card @param {Words} words @returns {HTMLElement[]} */
function whyOf({ quote }, words) {
  if (!quote) return [];
  const label = element("span", { class: "why-label" }, quote.shared ? words.matched : words.other_words);
  return [element("p", { class: "why" }, label, " ", element("q", {}, ...marked(quote.text, quote.marks)))];
}

/** @param {{label: string, text: string}} script @param {Words} words */
function scriptOf({ label, text }, words) {
  const said = element("blockquote", { class: "said" }, ...text.split("\n\n").map((part) => element("p", {}, part)));
  const caption = element("figcaption", {}, element("span", {}, label));
  const figure = element("figure", { class: "script script-best" }, caption, said);
  figure.append(...copyButton(withoutQuotes(text), words));
  return figure;
}

/**
 * What one says stands in quotation marks; what one pastes does not, unless something stands outside them.
 * @param {string} text
 */
export function withoutQuotes(text) {
  return /^[„«「‘“"]([^„«「‘“]*)[“»」’”"]$/u.exec(text)?.[1] ?? text;
}

/** @param {string} text @param {Words} words @returns {HTMLElement[]} */
function copyButton(text, words) {
  const button = element("button", { type: "button", class: "copy" }, words.copy);
  const status = element("span", { class: "visually-hidden", role: "status" });
  let timer = 0;
  button.addEventListener("click", async () => {
    let done = true;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      done = false;
    }
    const message = done ? words.copied : words.copy_failed;
    button.textContent = message;
    button.classList.toggle("done", done);
    status.textContent = message;
    clearTimeout(timer);
    timer = setTimeout(() => {
      button.textContent = words.copy;
      button.classList.remove("done");
      status.textContent = "";
    }, SHOWN_MS);
  });
  return [button, status];
}

/**
 * @param {{id: string, title: string}[]} themes
 * @param {string} lang
 * @param {Words} words
 */
export function themesOf(themes, lang, words) {
  const items = themes.map(({ id, title }) => element("li", {}, element("a", { href: `${ROOT}${lang}/${id}/` }, title)));
  return element("nav", { class: "answer-themes", "aria-label": words.themes },
    element("h2", {}, words.themes), element("ul", {}, ...items));
}
