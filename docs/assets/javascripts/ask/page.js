// The answer page: a question in the address, instant results by words, then the full ranking.

import { keepWhole, wholeOf } from "./address.js";
import { counted, element, fill, inside, readWords, replaceGuides } from "./dom.js";
import { Finder } from "./finder.js";
import { Loader } from "./loading.js";
import { cleanQuestion } from "./search.js";
import { articleOf, briefOf, themesOf } from "./show.js";
import { canSearchWords } from "./support.js";

/** @typedef {import("./show.js").Card} Card */

const LIMIT = 5;
const NEAREST = 2;
/** What scores less than the first by more than this is not claimed to fit. */
const CLOSE = 1.5;
const WORDS_PAUSE_MS = 90;
const FULL_PAUSE_MS = 700;

/** @param {string} selector @returns {HTMLElement} */
function find(selector) {
  const found = document.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new TypeError(`no ${selector}`);
  return found;
}

class AnswerPage {
  constructor() {
    this.lang = document.documentElement.lang;
    this.form = /** @type {HTMLFormElement} */ (find("form[data-ask]"));
    this.input = /** @type {HTMLInputElement} */ (find("form[data-ask] input"));
    this.asked = find(".asked");
    this.status = find(".found");
    this.hits = find(".answers");
    this.listing = find(".listing");
    this.all = find(".show-all");
    this.words = readWords(this.form, "ask");
    this.finder = new Finder(this.lang);
    this.loader = new Loader(find(".load"), this.finder, this.words, this.status, () => this.ask(true));
    this.title = document.title;
    this.serial = 0;
    this.timers = [0, 0];
    /** Whether the address holds what was only being typed, which the next change may replace. */
    this.isDraft = false;
  }

  start() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.remember(false);
      this.ask(true);
      if (matchMedia("(pointer: coarse)").matches) this.input.blur(); // the screen's keyboard hides the answer
    });
    this.input.addEventListener("input", (event) => {
      if (event instanceof InputEvent && event.isComposing) this.wait();
      else this.typed();
    });
    // no input event follows when an input method is done
    this.input.addEventListener("compositionend", () => this.typed());
    this.input.addEventListener("focus", () => this.finder.open().catch(() => {}), { once: true });
    this.all.addEventListener("click", () => {
      this.input.value = "";
      this.isDraft = false; // back leads to the question, sent or not
      this.remember(false);
      this.ask(false);
      this.input.focus();
    });
    // a step to a place in the same page is none to another question
    const turn = () => {
      if (this.addressed() !== cleanQuestion(this.input.value)) this.read();
    };
    addEventListener("popstate", turn);
    addEventListener("resize", () => this.repeat());
    addEventListener("pageshow", (event) => {
      if (event.persisted) turn();
    });
    this.read();
  }

  wait() {
    for (const timer of this.timers) clearTimeout(timer);
  }

  /** @returns {string} the question that the address holds */
  addressed() {
    return cleanQuestion(wholeOf(cleanQuestion(new URLSearchParams(location.search).get("q") ?? "")));
  }

  typed() {
    this.wait();
    this.timers[0] = setTimeout(() => this.ask(false), WORDS_PAUSE_MS);
    this.timers[1] = setTimeout(() => this.pause(), FULL_PAUSE_MS);
  }

  /** The address is the question: whoever opens it asks. */
  read() {
    const question = this.addressed();
    this.input.value = question;
    this.isDraft = false;
    this.entitle(question);
    this.ask(true);
  }

  /**
   * After a pause in typing the address is the question, and the full ranking comes, if it is there or on its way: a
   * pause begins no load.
   */
  pause() {
    this.remember(true);
    if (this.loader.engine) this.ask(true);
  }

  /**
   * A question that was sent stays in the history; of what is being typed after it, only the last.
   * @param {boolean} isDraft
   */
  remember(isDraft) {
    const address = new URL(location.href);
    const question = cleanQuestion(this.input.value);
    const beginning = keepWhole(question);
    if (question) address.searchParams.set("q", beginning);
    else address.searchParams.delete("q");
    const before = new URLSearchParams(location.search).get("q");
    const isReplaced = this.isDraft || (isDraft && !before);
    const isChanged = address.href !== location.href;
    this.isDraft = isDraft && (isChanged || this.isDraft);
    if (!isChanged) return;
    if (isReplaced) history.replaceState(null, "", address);
    else history.pushState(null, "", address);
    this.entitle(question);
  }

  /** Tabs, history and bookmarks tell questions apart. @param {string} question that the address holds */
  entitle(question) {
    document.title = question ? `${question} – Rapport` : this.title;
  }

  /** A question that is longer than the box is read above its answers. */
  repeat() {
    this.asked.hidden = this.hits.hidden || this.input.scrollWidth <= this.input.clientWidth;
    this.asked.textContent = this.asked.hidden ? "" : cleanQuestion(this.input.value);
  }

  /** @param {boolean} fully */
  async ask(fully) {
    if (fully) this.wait(); // results by words do not put off the pause that asks fully
    const mine = (this.serial += 1);
    const isStale = () => mine !== this.serial;
    const question = cleanQuestion(this.input.value);
    if (!question) {
      this.clear();
      return;
    }
    const quick = fully && this.loader.isReady;
    const opening = fully ? this.loader.open() : null;
    try {
      if (!quick) {
        const cards = await this.findWords(question);
        if (isStale()) return;
        this.showByWords(cards);
      }
      const engine = await opening;
      if (!engine || isStale()) return;
      const found = await this.rank(engine, question);
      if (!found || isStale()) return;
      const answer = await this.finder.present(question, found);
      if (!isStale()) this.showAnswer(found, answer);
    } catch (error) {
      if (isStale()) return;
      await this.loader.tell(error); // the texts are missing; the full search may be sound
      if (!this.hits.childElementCount) this.showList();
    }
  }

  /**
   * @param {import("./rpc.js").Remote} engine
   * @param {string} question
   * @returns {Promise<import("./search.js").Found | null>} null where the full search has failed, which is told
   */
  async rank(engine, question) {
    try {
      return await engine.call("ask", { question, lang: this.lang, limit: LIMIT });
    } catch (error) {
      if (engine !== this.loader.worker) return null; // it was closed, and why was told then
      await this.loader.fail(error);
      this.ask(false);
      return null;
    }
  }

  /** @param {string} question @returns {Promise<Card[]>} */
  async findWords(question) {
    try {
      const cards = await this.finder.find(question, LIMIT);
      this.loader.canFindWords = true;
      return cards;
    } catch (error) {
      this.loader.canFindWords = false;
      throw error;
    }
  }

  clear() {
    this.hits.replaceChildren();
    this.status.textContent = "";
    delete this.hits.dataset.stage;
    this.showList();
  }

  showList() {
    this.hits.hidden = true;
    this.listing.hidden = false;
    this.all.hidden = true;
    this.repeat();
  }

  /** @param {"words" | "full"} stage @param {string} status @param {HTMLElement[]} parts */
  show(stage, status, parts) {
    this.status.textContent = status;
    replaceGuides(this.hits, parts, this.status);
    this.hits.dataset.stage = stage;
    this.hits.hidden = false;
    this.listing.hidden = true;
    this.all.hidden = false;
    this.repeat();
  }

  /** @param {Card[]} cards @returns {HTMLElement[]} */
  articles(cards) {
    return cards.map((card, rank) => articleOf(card, rank, this.lang, this.words));
  }

  /** @param {Card[]} cards */
  showByWords(cards) {
    if (!cards.length) {
      this.show("words", this.words.none, []);
      this.showList();
      return;
    }
    this.show("words", counted(this.words.by_words, cards.length), this.articles(cards));
  }

  /** @param {string} heading @param {Card[]} cards @returns {HTMLElement[]} */
  brief(heading, cards) {
    return cards.length ? [element("h2", { class: "nearest" }, heading), ...cards.map((card) => briefOf(card, this.lang))] : [];
  }

  /**
   * @param {import("./search.js").Found} found
   * @param {{cards: Card[], themes: {id: string, title: string}[], unwritten: string}} answer
   */
  showAnswer({ outcome, hits }, { cards, themes, unwritten }) {
    const { words, lang } = this;
    this.hits.dataset.outcome = outcome;
    if (outcome === "answered") {
      const scores = new Map(hits.map(({ guide, score }) => [guide, score]));
      const scoreOf = (/** @type {Card} */ { id }) => scores.get(id) ?? 0;
      const far = cards.findIndex((card) => scoreOf(card) < scoreOf(cards[0]) - CLOSE);
      const count = far < 0 ? cards.length : far;
      const parts = [...this.articles(cards.slice(0, count)), ...this.brief(words.also, cards.slice(count))];
      this.show("full", counted(words.found, count), parts);
    } else if (outcome === "nothing") {
      // where nothing fits, themes lead further than guides
      this.show("full", words.nothing, [themesOf(themes, lang, words), ...this.brief(words.nearest, cards.slice(0, NEAREST))]);
    } else {
      const status = fill(words.unwritten, { title: inside(unwritten) });
      this.show("full", status, this.brief(words.nearest, cards));
    }
  }
}

const page = new AnswerPage();
if (canSearchWords()) page.start();
else page.status.textContent = page.words.unsupported;
