// The full search as the answer page sees it: loaded when it is first needed, with a bar, to be cancelled and resumed.

import { element, fill, megabytes } from "./dom.js";
import { forgetPages, forgetScripts, keepSearch } from "./offline.js";
import { Failure, isStored, searchParts, wireBytes } from "./release.js";
import { Remote } from "./rpc.js";
import { openStore } from "./store.js";
import { findObstacle } from "./support.js";

/** @typedef {import("./finder.js").Finder} Finder */
/** @typedef {Record<string, any>} Words */

// a load that comes from the store is over before a bar could be read
const QUIET_MS = 400;
// but whoever waits longer is told, even if nothing arrives
const SILENT_MS = 2500;

export class Loader {
  /**
   * @param {HTMLElement} place where its state is shown
   * @param {Finder} finder
   * @param {Words} words
   * @param {HTMLElement} next where the focus goes when a button goes and no other comes
   * @param {() => void} onReady told when a load that the reader began by hand is done
   */
  constructor(place, finder, words, next, onReady) {
    this.place = place;
    this.next = next;
    this.finder = finder;
    this.words = words;
    this.onReady = onReady;
    /** @type {Promise<Remote> | null} */
    this.engine = null;
    /** @type {Remote | null} */
    this.worker = null;
    this.isReady = false;
    this.isStopped = false;
    this.canFindWords = true;
    /**
     * The failure that is shown, which a load that goes on meanwhile does not wipe away.
     * @type {import("./release.js").Reason | null}
     */
    this.told = null;
    this.status = element("p", { role: "status", class: "load-status" });
    this.rest = element("div", { class: "load-rest" });
    place.replaceChildren(this.status, this.rest);
    next.addEventListener("blur", () => next.removeAttribute("tabindex")); // it has the focus only for want of a button
  }

  /**
   * @returns {Promise<Remote | null>} the worker that answers; null where it cannot be had now, and why is shown
   */
  async open() {
    if (this.isStopped) return null;
    if (!this.engine) {
      const obstacle = findObstacle();
      if (obstacle && !(await this.isStored())) {
        await this.offer(obstacle);
        return null;
      }
    }
    return this.start();
  }

  /** @returns {Promise<Remote | null>} */
  async start() {
    this.isStopped = false;
    const mine = (this.engine ??= this.load());
    try {
      return await mine;
    } catch (error) {
      // whoever else waited for this load has told it already
      if (this.engine === mine) await this.fail(error);
      return null;
    }
  }

  /** @returns {Promise<boolean>} whether everything is here already, so that nothing speaks against using it */
  async isStored() {
    try {
      return await isStored(await this.finder.release(), await openStore());
    } catch {
      return false;
    }
  }

  async load() {
    const began = performance.now();
    let isShown = false;
    this.told = null;
    const { bar, text, cancel } = this.makeBar();
    const show = () => {
      if (isShown || this.told) return;
      isShown = true;
      this.say("");
      this.put(bar, text, cancel);
      this.place.hidden = false;
    };
    const late = setTimeout(show, SILENT_MS);
    this.worker = new Remote(new URL("./model-worker.js", import.meta.url), (event) => {
      if (performance.now() - began > QUIET_MS) show();
      if (event.preparing) {
        bar.removeAttribute("value");
        text.textContent = this.words.starting;
      } else {
        bar.value = event.done;
        bar.max = event.total;
        text.textContent = fill(this.words.loading, { done: megabytes(Math.min(event.done, event.total)), total: megabytes(event.total) });
      }
    });
    const { worker } = this;
    try {
      // the worker starts while it becomes known what it shall load
      const manifest = await this.finder.release();
      if (!manifest.offline) await forgetPages();
      if (!manifest.model) throw new Failure("unsupported", "no_model");
      const { kept } = await worker.call("load", { manifest });
      this.isReady = true;
      if (!this.told) {
        this.put();
        this.say(kept ? "" : this.words.not_kept);
      }
      if (manifest.offline) keepSearch(manifest, this.finder.lang);
      return worker;
    } finally {
      clearTimeout(late);
    }
  }

  makeBar() {
    const bar = element("progress", { "aria-label": this.words.loading_label });
    const text = element("span", { class: "load-text" }, this.words.starting);
    const cancel = element("button", { type: "button", class: "load-button" }, this.words.cancel);
    cancel.addEventListener("click", () => {
      this.isStopped = true;
      this.worker?.close();
    });
    return { bar, text, cancel };
  }

  /** @param {string} text */
  say(text) {
    this.status.textContent = text;
    this.place.hidden = !text && !this.rest.childElementCount;
  }

  /**
   * Puts these in place of what was there. The focus of a button that goes is not lost: the next one has it.
   * @param {...HTMLElement} parts
   */
  put(...parts) {
    const { activeElement } = document;
    const isHeld = this.rest.contains(activeElement) || activeElement === this.next;
    this.rest.replaceChildren(...parts);
    if (!isHeld) return;
    const button = this.rest.querySelector("button");
    if (button) this.place.hidden = false; // what is hidden takes no focus
    else this.next.tabIndex = -1;
    (button ?? this.next).focus({ preventScroll: true });
  }

  /** @param {string} label @param {() => void} act */
  button(label, act) {
    const button = element("button", { type: "button", class: "load-button" }, label);
    button.addEventListener("click", act);
    this.put(button);
    this.place.hidden = false;
  }

  /** @param {import("./support.js").Obstacle} obstacle */
  async offer(obstacle) {
    this.isStopped = true;
    let total = "";
    try {
      const manifest = await this.finder.release();
      if (!manifest.model) {
        this.say(this.words.no_model);
        return;
      }
      total = megabytes(wireBytes(manifest, searchParts(manifest)));
    } catch (error) {
      await this.fail(error);
      return;
    }
    this.say(fill(this.words[obstacle], { total }));
    // without vector instructions the runtime cannot start at all
    if (obstacle !== "unsupported") this.button(fill(this.words.load, { total }), () => this.retry());
  }

  async retry() {
    this.put();
    this.say(this.words.starting);
    if (this.told === "broken") await forgetScripts(); // one of them may have arrived damaged
    if (await this.start()) this.onReady();
  }

  /** The full search cannot be had; the next attempt begins anew. @param {unknown} error */
  async fail(error) {
    this.worker?.close();
    this.worker = null;
    this.engine = null;
    this.isReady = false;
    this.isStopped = true;
    await this.tell(error);
  }

  /** Say what failed, and offer another attempt. @param {unknown} error */
  async tell(error) {
    const reason = await this.finder.diagnose(error instanceof Failure ? error.reason : "broken");
    this.told = reason;
    if (reason === "unsupported") this.put();
    this.say(this.words[this.messageOf(reason)]);
    if (reason === "unsupported") return;
    if (reason === "outdated") this.button(this.words.reload, () => location.reload());
    else this.button(reason === "cancelled" ? this.words.resume : this.words.again, () => this.retry());
  }

  /** @param {import("./release.js").Reason} reason @returns {string} key of what the reader is told */
  messageOf(reason) {
    if (reason === "unsupported") return "no_model";
    // who has not even the words of this language is promised nothing
    const promises = ["network", "broken", "cancelled"].includes(reason);
    return promises && !this.canFindWords ? "no_search" : reason;
  }
}
