// The answer page as one state: what is asked, what is shown for it, how far the full search is. Pure: `next` makes of a
// state and an event the next state, `wishes` says what a state asks the page to do, `noticeOf` and `statusOf` what the
// reader is told. tests/cases/page.yml holds what is expected.

/** @typedef {import("./release.js").Reason} Reason */
/** @typedef {import("./support.js").Obstacle} Obstacle */
/** @typedef {import("./show.js").Card} Card */
/** @typedef {import("./search.js").Found} Found */
/** @typedef {import("./store.js").Fault} Fault */
/** @typedef {{cards: Card[], themes: {id: string, title: string}[], unwritten: string}} Answer */
/** @typedef {{done: number, total: number}} Progress bytes */

/**
 * How far the full search is.
 * - `idle`: nobody has asked for it
 * - `looking`: what speaks against loading it is being found out
 * - `offered`: something does; it begins when the reader wants it, for `total` bytes
 * - `loading`: `byHand` after a failure or an offer; `afresh` where a script may have arrived damaged; `shown` once it
 *   takes long enough for a bar; `progress` is null before the first byte and when the rest is being prepared
 * - `ready`: it answers; `fault` where not all of it could be stored
 * - `failed`: `reason` is null as long as it is being found out. The next attempt is the reader's
 * @typedef {{is: "idle"} | {is: "looking"} | {is: "offered", obstacle: Obstacle, total: number}
 *   | {is: "loading", byHand: boolean, afresh: boolean, shown: boolean, progress: Progress | null}
 *   | {is: "ready", fault: Fault | null} | {is: "failed", reason: Reason | null}} Load
 */

/**
 * @typedef {{stage: "typed", turn: number, question: string, cards: Card[]}
 *   | {stage: "full", turn: number, question: string, found: Found, answer: Answer, chosen: string}} Results
 * `chosen`: the guide that the reader has said is nearer, empty where none is
 */

/**
 * @typedef {object} State
 * @property {string} question empty where none is asked
 * @property {number} turn counts askings: what answers an older one comes too late
 * @property {boolean} full whether the full ranking is wanted, not only the typed search
 * @property {Load} load
 * @property {number} run counts loads, for the same reason
 * @property {{turn: number, reason: Reason} | null} texts why the texts that every answer quotes from could not be had
 * @property {Results | null} results what is shown, of this turn or still of an earlier one
 * @property {number} overdue the turn whose full ranking takes so long that words must do meanwhile
 * @property {boolean} draft whether the address holds what was only being typed, which the next change may replace
 */

/**
 * @typedef {{type: "asked", question: string, full: boolean} | {type: "typed", turn: number, cards: Card[]}
 *   | {type: "untyped", turn: number, reason: Reason} | {type: "free"} | {type: "obstacle", obstacle: Obstacle, total: number}
 *   | {type: "retried"} | {type: "cancelled"} | {type: "late", run: number}
 *   | {type: "progressed", run: number, shown: boolean, progress: Progress | null} | {type: "ready", run: number, fault: Fault | null}
 *   | {type: "answered", turn: number, found: Found, answer: Answer} | {type: "chosen", guide: string} | {type: "failed", run: number}
 *   | {type: "explained", run: number, reason: Reason} | {type: "overdue", turn: number} | {type: "addressed", isDraft: boolean, isChanged: boolean}} Event
 */

/** @type {State} */
export const FIRST = { question: "", turn: 0, full: false, load: { is: "idle" }, run: 0, texts: null, results: null, overdue: 0, draft: false };

/** @param {State} state @returns {Results | null} what is shown, if it answers what is asked: an answer stands under no other question */
const ownResults = ({ question, results }) => (results?.question === question ? results : null);

/** @param {Load} load @returns {boolean} whether the full search is there or on its way */
export const isComing = ({ is }) => is === "looking" || is === "loading" || is === "ready";

/**
 * @param {State} state
 * @param {Event} event
 * @returns {State} the same object where the event changes nothing
 */
export function next(state, event) {
  const { load } = state;
  switch (event.type) {
    case "asked": {
      const { question, full } = event;
      const turn = state.turn + 1;
      if (!question) return { ...state, question, turn, full: false, results: null };
      return { ...state, question, turn, full, load: full && load.is === "idle" ? { is: "looking" } : load };
    }
    case "typed":
      if (event.turn !== state.turn) return state;
      if (state.results?.stage === "full" && state.results.turn === state.turn) return state;
      return { ...state, texts: null, results: { stage: "typed", turn: state.turn, question: state.question, cards: event.cards } };
    case "untyped":
      if (event.turn !== state.turn) return state;
      return { ...state, texts: { turn: event.turn, reason: event.reason }, results: ownResults(state) };
    case "overdue":
      if (event.turn !== state.turn || state.results?.turn === state.turn) return state;
      return { ...state, overdue: event.turn, results: ownResults(state) };
    case "answered": {
      if (event.turn !== state.turn) return state;
      const { turn, found, answer } = event;
      return { ...state, texts: null, results: { stage: "full", turn, question: state.question, found, answer, chosen: "" } };
    }
    case "chosen": {
      const { results } = state;
      if (results?.stage !== "full" || results.chosen === event.guide) return state;
      return { ...state, results: { ...results, chosen: event.guide } };
    }
    case "free":
      return load.is === "looking" ? begun(state, false) : state;
    case "obstacle":
      return load.is === "looking" ? { ...state, load: { is: "offered", obstacle: event.obstacle, total: event.total } } : state;
    case "retried": {
      const again = { ...state, full: true, texts: null };
      return isComing(load) ? again : begun(again, true);
    }
    case "cancelled":
      return load.is === "loading" ? { ...state, load: { is: "failed", reason: "cancelled" } } : state;
    case "late":
      return event.run === state.run && load.is === "loading" ? { ...state, load: { ...load, shown: true } } : state;
    case "progressed": {
      if (event.run !== state.run || load.is !== "loading") return state;
      return { ...state, load: { ...load, shown: load.shown || event.shown, progress: event.progress } };
    }
    case "ready":
      return event.run === state.run && load.is === "loading" ? { ...state, load: { is: "ready", fault: event.fault } } : state;
    case "failed": {
      if (event.run !== state.run || !isComing(load)) return state;
      // whoever waited for the full answer alone gets typed results
      const turn = load.is === "ready" && state.results?.turn !== state.turn ? state.turn + 1 : state.turn;
      return { ...state, turn, load: { is: "failed", reason: null }, results: ownResults(state) };
    }
    case "explained": {
      if (event.run !== state.run || load.is !== "failed" || load.reason) return state;
      return { ...state, load: { is: "failed", reason: event.reason } };
    }
    case "addressed":
      return { ...state, draft: event.isDraft && (event.isChanged || state.draft) };
  }
}

/** @param {State} state @param {boolean} byHand @returns {State} with another load */
function begun(state, byHand) {
  const afresh = state.load.is === "failed" && state.load.reason === "broken";
  return { ...state, run: state.run + 1, load: { is: "loading", byHand, afresh, shown: false, progress: null } };
}

/**
 * What a state asks the page to do, each as a key: it is to be done when the key is another one than before.
 * @param {State} state
 * @returns {{typed: string, look: string, load: string, rank: string}} empty: nothing
 */
export function wishes({ question, turn, full, load, run, texts, results, overdue }) {
  const isFull = full && load.is === "ready";
  const isOpen = question !== "" && texts?.turn !== turn;
  return {
    typed: isOpen && (!isFull || overdue === turn) && results?.turn !== turn ? `${turn}` : "",
    look: load.is === "looking" ? `${run}` : "",
    load: load.is === "loading" ? `${run}` : "",
    rank: isOpen && isFull && !(results?.stage === "full" && results.turn === turn) ? `${turn} ${run}` : "",
  };
}

/**
 * How an address is changed to hold what is asked: a question that was sent stays in the history; of what is being typed
 * after it, only the last.
 * @param {State} state
 * @param {{isDraft: boolean, isChanged: boolean, hadQuestion: boolean}} change
 * @returns {"none" | "replace" | "push"}
 */
export function stepOf({ draft }, { isDraft, isChanged, hadQuestion }) {
  if (!isChanged) return "none";
  return draft || (isDraft && !hadQuestion) ? "replace" : "push";
}

/**
 * What the reader is told of the full search.
 * @typedef {object} Notice
 * @property {string} message key of a word; empty: none
 * @property {number | null} total bytes, where the message speaks of them
 * @property {{progress: Progress | null} | null} bar
 * @property {"cancel" | "load" | "again" | "resume" | "reload" | null} button
 */

/** @param {State} state @returns {Notice} */
export function noticeOf({ load, texts }) {
  /** @param {string} [message] @param {Notice["button"]} [button] @returns {Notice} */
  const told = (message = "", button = null) => ({ message, total: null, bar: null, button });
  const reason = (load.is === "failed" && load.reason) || texts?.reason;
  if (reason === "unsupported") return told("no_model");
  if (reason === "outdated") return told("outdated", "reload");
  if (reason) {
    // who has not even the typed search is promised nothing
    const isPromise = reason === "network" || reason === "broken" || reason === "cancelled";
    return told(isPromise && texts ? "no_search" : reason, reason === "cancelled" ? "resume" : "again");
  }
  switch (load.is) {
    case "offered": // without vector instructions the runtime cannot start at all
      return { ...told(load.obstacle, load.obstacle === "unsupported" ? null : "load"), total: load.total };
    case "loading":
      if (load.shown) return { ...told("", "cancel"), bar: { progress: load.progress } };
      return told(load.byHand ? "starting" : "");
    case "ready":
      if (!load.fault) return told();
      return told(load.fault === "full" ? "not_kept" : "not_stored");
    default:
      return told();
  }
}

/**
 * @param {Extract<Results, {stage: "full"}>} results
 * @returns {{fitting: Card[], near: Card[]}} cards of the guides that fit, the chosen one first, and of those that are only near
 */
export function cardsOf({ found: { hits }, answer: { cards }, chosen }) {
  const count = hits.filter(({ fits }) => fits).length;
  const fitting = cards.slice(0, count).sort((one, other) => Number(other.id === chosen) - Number(one.id === chosen));
  return { fitting, near: cards.slice(count) };
}

/**
 * What the reader is told of the results, by key of a word and with a count where it has one.
 * @param {State} state
 * @returns {{message: "" | "none" | "by_words" | "found" | "touches" | "nothing" | "unwritten", count: number}}
 */
export function statusOf({ load, texts, results }) {
  if (!results) return { message: "", count: 0 };
  if (results.stage === "typed") {
    const count = results.cards.length;
    if (count) return { message: "by_words", count };
    // that nothing is found is said when the full search has spoken, if it will
    return { message: isComing(load) && !texts ? "" : "none", count };
  }
  const { outcome, hits, touches } = results.found;
  const count = hits.filter(({ fits }) => fits).length;
  return { message: outcome === "answered" ? (touches ? "touches" : "found") : outcome, count };
}
