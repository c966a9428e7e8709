// The answer page: a question in the address, instant results by words, then the full ranking.

import { keepWhole, shortened, wholeOf } from "./address.js";
import { counted, element, fill, readWords } from "./dom.js";
import { Finder } from "./finder.js";
import { Loader } from "./loading.js";
import { Failure } from "./release.js";
import { cleanQuestion } from "./search.js";
import { articleOf, briefOf, themesOf } from "./show.js";
import { canSearchWords } from "./support.js";

/** @typedef {import("./show.js").Card} Card */

const LIMIT = 5;
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
    this.status = find(".found");
    this.hits = find(".answers");
    this.listing = find(".listing");
    this.all = find(".show-all");
    this.words = readWords(this.form, "ask");
    this.finder = new Finder(this.lang);
    this.loader = new Loader(find(".load"), this.finder, this.words, () => this.ask(true));
    this.serial = 0;
    this.timers = [0, 0];
    this.shown = "";
  }

  start() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.remember("push");
      this.ask(true);
      if (matchMedia("(pointer: coarse)").matches) this.input.blur(); // the screen's keyboard hides the answer
    });
    this.input.addEventListener("input", (event) => {
      this.wait();
      if (event instanceof InputEvent && event.isComposing) return;
      this.timers[0] = setTimeout(() => this.ask(false), WORDS_PAUSE_MS);
      this.timers[1] = setTimeout(() => this.pause(), FULL_PAUSE_MS);
    });
    this.input.addEventListener("focus", () => this.finder.open().catch(() => {}), { once: true });
    this.all.addEventListener("click", () => {
      this.input.value = "";
      this.remember("push");
      this.ask(false);
      this.input.focus();
    });
    addEventListener("popstate", () => this.read());
    addEventListener("pageshow", (event) => {
      if (event.persisted) this.read();
    });
    this.read();
  }

  wait() {
    for (const timer of this.timers) clearTimeout(timer);
  }

  /** The address is the question: whoever opens it asks. */
  read() {
    const question = cleanQuestion(wholeOf(cleanQuestion(new URLSearchParams(location.search).get("q") ?? "")));
    this.input.value = question;
    this.ask(true);
  }

  /** After a pause in typing the address is the question, and the full ranking comes, if it is there: a pause loads nothing. */
  pause() {
    this.remember("replace");
    if (this.loader.isReady) this.ask(true);
  }

  /** @param {"push" | "replace"} how */
  remember(how) {
    const address = new URL(location.href);
    const question = cleanQuestion(this.input.value);
    keepWhole(question);
    if (question) address.searchParams.set("q", shortened(question));
    else address.searchParams.delete("q");
    if (address.href === location.href) return;
    if (how === "push") history.pushState(null, "", address);
    else history.replaceState(null, "", address);
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
        const cards = await this.finder.find(question, LIMIT);
        if (isStale()) return;
        this.showByWords(cards);
      }
      const engine = await opening;
      if (!engine || isStale()) return;
      const found = await engine.call("ask", { question, lang: this.lang, limit: LIMIT });
      const answer = await this.finder.present(question, found);
      if (!isStale()) this.showAnswer(found, answer);
    } catch (error) {
      if (isStale()) return;
      this.loader.fail(error instanceof Failure ? error.reason : "broken");
      if (!this.hits.childElementCount) this.showList();
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
  }

  /** @param {"words" | "full"} stage @param {string} status @param {HTMLElement[]} parts */
  show(stage, status, parts) {
    this.status.textContent = status;
    this.hits.replaceChildren(...parts);
    this.hits.dataset.stage = stage;
    this.hits.hidden = false;
    this.listing.hidden = true;
    this.all.hidden = false;
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
    const status = `${this.words.by_words} ${counted(this.words.found, cards.length)}`;
    this.show("words", status, this.articles(cards));
  }

  /**
   * @param {import("./search.js").Found} found
   * @param {{cards: Card[], themes: {id: string, title: string}[], unwritten: string}} answer
   */
  showAnswer({ outcome }, { cards, themes, unwritten }) {
    const { words, lang } = this;
    this.hits.dataset.outcome = outcome;
    if (outcome === "answered") {
      this.show("full", counted(words.found, cards.length), this.articles(cards));
      return;
    }
    const status = outcome === "nothing" ? words.nothing : fill(words.unwritten, { title: unwritten });
    const brief = cards.map((card) => briefOf(card, lang));
    const parts = brief.length ? [element("p", { class: "nearest" }, words.nearest), ...brief] : [];
    // where nothing fits, themes lead further than guides
    this.show("full", status, outcome === "nothing" ? [themesOf(themes, lang, words), ...parts] : parts);
  }
}

const page = new AnswerPage();
if (canSearchWords()) page.start();
else page.status.textContent = page.words.unsupported;
