// Instant results for a page: starts the typed search's worker when it is first needed.

import { Failure, loadManifest } from "./release.js";
import { Remote } from "./rpc.js";

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
    this.ready ??= this.start().catch((error) => {
      this.ready = null;
      throw error;
    });
    return this.ready;
  }

  async start() {
    const worker = new Remote(new URL("./typed-worker.js", import.meta.url));
    try {
      await worker.call("load", { manifest: await this.release(), lang: this.lang });
    } catch (error) {
      worker.close();
      throw error;
    }
    return worker;
  }

  /**
   * @param {string} question
   * @param {number} limit
   * @returns {Promise<import("./show.js").Card[]>}
   */
  async find(question, limit) {
    return (await this.open()).call("find", { question, limit });
  }

  /**
   * @typedef {import("./hits.js").Marked} Marked
   * @param {string} question
   * @param {number} limit
   * @returns {Promise<{id: string, theme: string, lang: string, section: string, title: string, marks: Marked["marks"], why: Marked | null}[]>}
   */
  async suggest(question, limit) {
    return (await this.open()).call("suggest", { question, limit });
  }

  /**
   * @param {string} question
   * @param {import("./search.js").Found} found
   * @returns {Promise<{cards: import("./show.js").Card[], themes: {id: string, title: string}[], unwritten: string}>}
   */
  async present(question, found) {
    return (await this.open()).call("present", { question, found });
  }
}
