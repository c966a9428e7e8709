// Instant results for a page: starts the typed search's worker when it is first needed.

import { Failure, loadManifest, storedInstead } from "./release.js";
import { LOAD_MS, Remote } from "./rpc.js";

export class Finder {
  /** @param {string} lang the page's */
  constructor(lang) {
    this.lang = lang;
    /** @type {Promise<import("./release.js").Manifest> | null} */
    this.manifest = null;
    /** @type {Promise<Remote> | null} */
    this.ready = null;
  }

  /** @returns {Promise<import("./release.js").Manifest>} of the release that this page stays with */
  release() {
    this.manifest ??= loadManifest().catch((error) => {
      this.manifest = null; // the next question tries again
      throw error;
    });
    return this.manifest;
  }

  /**
   * @param {import("./release.js").Reason} reason why something failed, as far as is known
   * @returns {Promise<import("./release.js").Reason>} `outdated` where the files of this page's release have gone since
   */
  async diagnose(reason) {
    if (reason !== "broken" && reason !== "damaged") return reason;
    try {
      const [mine, fresh] = await Promise.all([this.release(), loadManifest()]);
      return mine.version === fresh.version ? reason : "outdated";
    } catch (error) {
      return error instanceof Failure && error.reason === "outdated" ? "outdated" : reason;
    }
  }

  /** @returns {Promise<Remote>} the worker with the language's texts */
  open() {
    this.ready ??= this.release().then((manifest) => this.start(manifest).catch(async (error) => {
      this.ready = null;
      if (await this.fallBack(manifest)) return this.open();
      throw error;
    }), (error) => {
      this.ready = null;
      throw error;
    });
    return this.ready;
  }

  /**
   * The newest release cannot be had whole: stay with the one before, if that is stored.
   * @param {import("./release.js").Manifest} failed
   * @returns {Promise<boolean>} whether another one is in use now
   */
  async fallBack(failed) {
    try {
      if ((await this.release()).version !== failed.version) return true; // somebody else has found out before
      const other = await storedInstead(failed, this.lang);
      if (!other) return false;
      this.manifest = Promise.resolve(other);
    } catch {
      return false;
    }
    this.ready?.then((worker) => worker.close(), () => {});
    this.ready = null;
    return true;
  }

  /** @param {import("./release.js").Manifest} manifest */
  async start(manifest) {
    const worker = new Remote(new URL("./typed-worker.js", import.meta.url));
    try {
      await worker.call("load", { manifest, lang: this.lang }, { limitMs: LOAD_MS });
    } catch (error) {
      worker.close();
      throw error;
    }
    return worker;
  }

  /**
   * @param {string} method
   * @param {any} argument
   * @param {boolean} [isSecond]
   * @returns {Promise<any>} what the worker answers, or another one in place of one that is no more
   */
  async call(method, argument, isSecond = false) {
    const ready = this.open();
    const worker = await ready;
    try {
      return await worker.call(method, argument);
    } catch (error) {
      if (!worker.end) throw error;
      if (this.ready === ready) this.ready = null;
      if (isSecond) throw error;
      return this.call(method, argument, true);
    }
  }

  /**
   * @param {string} question
   * @param {number} limit
   * @returns {Promise<import("./show.js").Card[]>}
   */
  async find(question, limit) {
    return this.call("find", { question, limit });
  }

  /**
   * @typedef {import("./hits.js").Marked} Marked
   * @param {string} question
   * @param {number} limit
   * @returns {Promise<{id: string, theme: string, lang: string, section: string, title: string, marks: Marked["marks"], why: Marked | null}[]>}
   */
  async suggest(question, limit) {
    return this.call("suggest", { question, limit });
  }

  /**
   * @param {string} question
   * @param {import("./search.js").Found} found
   * @returns {Promise<{cards: import("./show.js").Card[], themes: {id: string, title: string}[], unwritten: string}>}
   */
  async present(question, found) {
    return this.call("present", { question, found });
  }
}
