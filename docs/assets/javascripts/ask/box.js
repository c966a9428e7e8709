// On every page: the search box, reading offline, and an early start of the full search where the connection is fast.

import { makeCombobox } from "./combobox.js";
import { pageLanguage, readPhrases } from "./dom.js";
import { Finder } from "./finder.js";
import { keepPage, registerWorker, wasStored } from "./offline.js";
import { Release, searchParts } from "./release.js";
import { openStore } from "./store.js";
import { canSearch, findObstacle, isFast } from "./support.js";

const lang = pageLanguage();
const forms = /** @type {HTMLFormElement[]} */ ([...document.querySelectorAll("form[data-box]")]);
const finder = new Finder(lang);
let prepared = false;

/** The first focus fetches what instant results need; on a fast connection also what an answer will. */
async function prepare() {
  if (prepared) return;
  prepared = true;
  try {
    await finder.open();
    if (!isFast() || (await findObstacle())) return;
    const manifest = await finder.release();
    if (!manifest.model) return;
    const release = new Release(manifest, await openStore(), { onlyToKeep: true });
    await release.fetchAndRemember(searchParts(manifest));
  } catch {
    prepared = false; // the answer page tells why; here the box is a plain form
  }
}

/**
 * Say plainly that what is shown was stored earlier, in a place that was there before: only what changes is heard.
 * @param {Element} note
 * @param {string} text
 */
function watchConnection(note, text) {
  let isStored = false;
  const show = () => { note.textContent = isStored || !navigator.onLine ? text : ""; };
  addEventListener("offline", show);
  addEventListener("online", () => {
    isStored = false;
    show();
  });
  show();
  wasStored().then((stored) => {
    isStored = stored;
    show();
  });
}

for (const form of forms) {
  if (canSearch()) makeCombobox(form, finder, readPhrases(form, "box"), { onFocus: prepare });
}
const note = document.querySelector(".offline-note");
if (note) watchConnection(note, document.body.dataset.offline ?? "");
const wasSeen = Boolean(navigator.serviceWorker?.controller); // by the worker, which then has kept this page itself
registerWorker().then(() => { if (!wasSeen) keepPage(); });
