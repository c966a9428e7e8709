// The answer page: a question in the address, typed results at once, then the full ranking. It tells `state.js` what
// happens, does what the state then asks for, and shows it.

import { keepWhole, wholeOf } from "./address.js";
import { counted, element, fill, pageLanguage, readPhrases, replaceGuides } from "./dom.js";
import { Engine } from "./engine.js";
import { Finder } from "./finder.js";
import { Notice } from "./notice.js";
import { renewScripts } from "./offline.js";
import { Failure, isStored, searchParts, wireBytes } from "./release.js";
import { inside } from "./said.js";
import { cleanQuestion } from "./question.js";
import { articleOf, briefOf, choiceOf, themesOf } from "./show.js";
import { FIRST, cardsOf, isComing, next, noticeOf, statusOf, stepOf, wishes } from "./state.js";
import { openStore } from "./store.js";
import { canSearch, findObstacle } from "./support.js";

/** @typedef {import("./show.js").Card} Card */
/** @typedef {import("./state.js").State} State */

const LIMIT = 5;
const NEAREST = 2;
const TYPED_PAUSE_MS = 90;
const FULL_PAUSE_MS = 700;
// a load that comes from the store is over before a bar could be read
const QUIET_MS = 400;
// but whoever waits longer is told, even if nothing arrives
const SILENT_MS = 2500;
// an answer stands no longer than this under the next question
const OVERDUE_MS = 1500;

/** @param {string} selector @returns {HTMLElement} */
function find(selector) {
  const found = document.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new TypeError(`no ${selector}`);
  return found;
}

/** @param {unknown} error @returns {import("./release.js").Reason} */
const reasonOf = (error) => (error instanceof Failure ? error.reason : "broken");

/**
 * On paper nothing can be opened: what is folded is printed, and folded again.
 * @param {HTMLElement} holder
 */
function unfold(holder) {
  const folded = [...holder.querySelectorAll("details:not([open])")];
  for (const details of folded) details.setAttribute("open", "");
  addEventListener("afterprint", () => {
    for (const details of folded) details.removeAttribute("open");
  }, { once: true });
}

class AnswerPage {
  constructor() {
    this.lang = pageLanguage();
    this.form = /** @type {HTMLFormElement} */ (find("form[data-ask]"));
    this.input = /** @type {HTMLInputElement} */ (find("form[data-ask] input"));
    this.asked = find(".asked");
    this.status = find(".found");
    this.hits = find(".answers");
    this.listing = find(".listing");
    this.all = find(".show-all");
    this.place = find(".load");
    this.phrases = readPhrases(this.form, "ask");
    this.finder = new Finder(this.lang);
    this.notice = new Notice(this.place, this.phrases, this.status, (button) => this.press(button));
    this.said = "";
    this.title = document.title;
    this.site = document.querySelector('meta[property="og:site_name"]')?.getAttribute("content") ?? "";
    /** @type {ReturnType<typeof setTimeout>[]} */
    this.timers = [];
    this.state = FIRST;
    /** @type {Engine | null} of the latest load */
    this.engine = null;
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
      this.tell({ type: "addressed", isDraft: false, isChanged: false }); // back leads to the question, sent or not
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
    addEventListener("beforeprint", () => unfold(this.hits));
    addEventListener("pageshow", (event) => {
      if (event.persisted) turn();
    });
    this.read();
  }

  // what happens

  wait() {
    for (const timer of this.timers) clearTimeout(timer);
  }

  typed() {
    this.wait();
    this.timers = [
      setTimeout(() => this.ask(false), TYPED_PAUSE_MS),
      setTimeout(() => this.pause(), FULL_PAUSE_MS),
    ];
  }

  /**
   * After a pause in typing the address is the question, and the full ranking comes, if it is there or on its way: a
   * pause begins no load.
   */
  pause() {
    this.remember(true);
    if (isComing(this.state.load)) this.ask(true);
  }

  /** @param {boolean} full */
  ask(full) {
    if (full) this.wait(); // typed results do not put off the pause that asks fully
    this.tell({ type: "asked", question: cleanQuestion(this.input.value), full });
  }

  /** @param {import("./notice.js").Button} button */
  press(button) {
    if (button === "reload") location.reload();
    else this.tell({ type: button === "cancel" ? "cancelled" : "retried" });
  }

  // the address

  /** @returns {string} the question that the address holds */
  addressed() {
    return cleanQuestion(wholeOf(cleanQuestion(new URLSearchParams(location.search).get("q") ?? "")));
  }

  /** The address is the question: whoever opens it asks. */
  read() {
    const question = this.addressed();
    this.input.value = question;
    this.tell({ type: "addressed", isDraft: false, isChanged: false });
    this.entitle(question);
    this.ask(true);
  }

  /** @param {boolean} isDraft whether it is only being typed */
  remember(isDraft) {
    const address = new URL(location.href);
    const hadQuestion = Boolean(address.searchParams.get("q"));
    const question = cleanQuestion(this.input.value);
    const beginning = keepWhole(question);
    if (question) address.searchParams.set("q", beginning);
    else address.searchParams.delete("q");
    const isChanged = address.href !== location.href;
    const step = stepOf(this.state, { isDraft, isChanged, hadQuestion });
    this.tell({ type: "addressed", isDraft, isChanged });
    if (step === "none") return;
    if (step === "replace") history.replaceState(null, "", address);
    else history.pushState(null, "", address);
    this.entitle(question);
  }

  /** Tabs, history and bookmarks tell questions apart. @param {string} question that the address holds */
  entitle(question) {
    document.title = question ? `${question} – ${this.site}` : this.title;
  }

  // what the state asks for

  /** @param {import("./state.js").Event} event */
  tell(event) {
    const before = this.state;
    const after = next(before, event);
    if (after === before) return;
    this.state = after;
    this.show(before);
    if (after.turn !== before.turn) setTimeout(() => this.tell({ type: "overdue", turn: after.turn }), OVERDUE_MS);
    if (after.load.is === "failed" && before.load.is !== "failed") this.engine?.close();
    const [old, wanted] = [wishes(before), wishes(after)];
    if (wanted.typed && wanted.typed !== old.typed) this.findTyped(after);
    if (wanted.look && wanted.look !== old.look) this.look(after);
    if (wanted.load && wanted.load !== old.load) this.load(after);
    if (wanted.rank && wanted.rank !== old.rank) this.rank(after);
  }

  /** @param {State} state */
  async findTyped({ question, turn }) {
    try {
      this.tell({ type: "typed", turn, cards: await this.finder.find(question, LIMIT) });
    } catch (error) {
      await this.missTexts(turn, error);
    }
  }

  /** The texts are missing; the full search may be sound. @param {number} turn @param {unknown} error */
  async missTexts(turn, error) {
    this.tell({ type: "untyped", turn, reason: await this.finder.diagnose(reasonOf(error)) });
  }

  /** What speaks against loading the full search without being asked to? @param {State} state */
  async look({ run }) {
    try {
      const obstacle = await findObstacle();
      // where everything is here already, nothing speaks against using it
      if (!obstacle || (await this.isStored())) {
        this.tell({ type: "free" });
        return;
      }
      const manifest = await this.finder.release();
      if (!manifest.model) throw new Failure("unsupported", "this release has no model");
      this.tell({ type: "obstacle", obstacle, total: wireBytes(manifest, searchParts(manifest)) });
    } catch (error) {
      await this.fail(run, error);
    }
  }

  /** @returns {Promise<boolean>} */
  async isStored() {
    try {
      return await isStored(await this.finder.release(), await openStore());
    } catch {
      return false;
    }
  }

  /** @param {State} state */
  async load({ run, load }) {
    const began = performance.now();
    const late = setTimeout(() => this.tell({ type: "late", run }), SILENT_MS);
    try {
      if (load.is === "loading" && load.afresh) await renewScripts();
      if (wishes(this.state).load !== `${run}`) return; // cancelled meanwhile
      const engine = new Engine(this.finder, (progress) => {
        this.tell({ type: "progressed", run, shown: performance.now() - began > QUIET_MS, progress });
      });
      this.engine = engine;
      this.tell({ type: "ready", run, fault: await engine.load() });
    } catch (error) {
      const failed = this.engine?.manifest;
      if (reasonOf(error) === "cancelled" || !failed || !(await this.finder.fallBack(failed))) await this.fail(run, error);
      else {
        this.engine?.close();
        this.load(this.state); // with the release before
      }
    } finally {
      clearTimeout(late);
    }
  }

  /** The full search cannot be had. @param {number} run @param {unknown} error */
  async fail(run, error) {
    this.tell({ type: "failed", run });
    this.tell({ type: "explained", run, reason: await this.finder.diagnose(reasonOf(error)) });
  }

  /** @param {State} state */
  async rank({ question, turn, run }) {
    const { engine } = this;
    if (!engine) return;
    let found;
    try {
      found = await engine.rank(question, LIMIT);
    } catch (error) {
      await this.fail(run, error);
      return;
    }
    if (turn !== this.state.turn) return;
    try {
      this.tell({ type: "answered", turn, found, answer: await this.finder.present(question, found) });
    } catch (error) {
      await this.missTexts(turn, error);
    }
  }

  // what is seen

  /** @param {State} before */
  show(before) {
    const { state } = this;
    this.place.dataset.load = state.load.is;
    this.notice.show(noticeOf(state));
    const status = this.statusText();
    if (this.said !== status) this.status.textContent = status; // a translator may have changed what stands there
    this.said = status;
    if (state.results !== before.results) this.showResults();
  }

  /** @returns {string} */
  statusText() {
    const { state, phrases } = this;
    const { message, count } = statusOf(state);
    if (message === "by_words") return counted(phrases[message], count);
    if (state.results?.stage !== "full") return message ? fill(phrases[message], {}) : "";
    const { answer, found } = state.results;
    const text = message === "found" ? counted(phrases[message], count) : fill(phrases[message], { title: inside(answer.unwritten, phrases.quotes) });
    return found.language ? text : `${phrases.foreign} ${text}`;
  }

  showResults() {
    const { results } = this.state;
    const parts = results ? this.partsOf(results) : [];
    const isList = !parts.length; // where nothing is near, all there is leads further than an empty page
    replaceGuides(this.hits, parts, this.status);
    if (results) this.hits.dataset.stage = results.stage;
    else delete this.hits.dataset.stage;
    if (results?.stage === "full") this.hits.dataset.outcome = results.found.outcome;
    this.hits.hidden = isList;
    this.listing.hidden = !isList;
    this.all.hidden = isList;
    this.repeat();
  }

  /** @param {import("./state.js").Results} results @returns {HTMLElement[]} */
  partsOf(results) {
    const { phrases, lang } = this;
    if (results.stage === "typed") return this.articles(results.cards);
    const { found: { outcome, touches, choice }, answer: { cards, themes }, chosen } = results;
    if (outcome === "answered") {
      const { fitting, near } = cardsOf(results);
      const options = choice ? [choice.a, choice.b].flatMap((guide) => cards.filter(({ id }) => id === guide)) : [];
      const choose = (/** @type {string} */ guide) => this.tell({ type: "chosen", guide });
      const question = options.length ? [choiceOf(options, chosen, phrases, choose)] : [];
      return [...question, ...this.articles(fitting, touches), ...this.brief(phrases.also, near)];
    }
    if (outcome === "nothing") {
      // where nothing fits, themes lead further than guides
      const nav = themes.length ? [themesOf(themes, lang, phrases)] : [];
      return [...nav, ...this.brief(phrases.nearest, cards.slice(0, NEAREST))];
    }
    return this.brief(phrases.nearest, cards);
  }

  /** @param {Card[]} cards @param {boolean} [touches] whether each tells of a part of the question @returns {HTMLElement[]} */
  articles(cards, touches = false) {
    return cards.map((card, rank) => articleOf(card, { rank, touches }, this.lang, this.phrases));
  }

  /** @param {string} heading @param {Card[]} cards @returns {HTMLElement[]} */
  brief(heading, cards) {
    const { lang, phrases } = this;
    return cards.length ? [element("h2", { class: "nearest" }, heading), ...cards.map((card) => briefOf(card, lang, phrases))] : [];
  }

  /** A question that is longer than the box is read above its answers. */
  repeat() {
    this.asked.hidden = this.hits.hidden || this.input.scrollWidth <= this.input.clientWidth;
    this.asked.textContent = this.asked.hidden ? "" : cleanQuestion(this.input.value);
  }
}

const page = new AnswerPage();
if (canSearch()) page.start();
else page.status.textContent = page.phrases.unsupported;
