// A question in an address: as much of it as any host takes. The whole of a long one waits in the tab.

import { ROOT } from "./release.js";

const MOST = 4000;
const KEY = `rapport-question ${ROOT}`;

/** @param {string} question @returns {number} characters that it takes in an address */
const length = (question) => new URLSearchParams({ q: question }).toString().length;

/**
 * @param {string} question cleaned
 * @returns {string} its beginning, so long that hosts do not refuse the address
 */
function shortened(question) {
  if (length(question) <= MOST) return question;
  const characters = [...question];
  let [from, to] = [0, characters.length];
  while (to - from > 1) {
    const middle = (from + to) >> 1;
    if (length(characters.slice(0, middle).join("")) <= MOST) from = middle;
    else to = middle;
  }
  return characters.slice(0, from).join("").trimEnd();
}

/**
 * Keep a question for this tab where an address holds only its beginning.
 * @param {string} question cleaned
 * @returns {string} what the address shall hold
 */
export function keepWhole(question) {
  const beginning = shortened(question);
  try {
    if (beginning === question) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, question);
  } catch {
    // no storage: then the beginning must do
  }
  return beginning;
}

/**
 * @param {string} beginning a question as an address holds it
 * @returns {string} the whole question, if this tab has kept one that begins so
 */
export function wholeOf(beginning) {
  try {
    const kept = sessionStorage.getItem(KEY) ?? "";
    return beginning && kept.startsWith(beginning) && shortened(kept) === beginning ? kept : beginning;
  } catch {
    return beginning;
  }
}
