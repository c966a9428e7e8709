// The full search as the answer page has it: a worker that loads a release and then answers.

import { forgetPages, keepSearch } from "./offline.js";
import { Failure } from "./release.js";
import { LOAD_MS, Remote } from "./rpc.js";

/** @typedef {import("./finder.js").Finder} Finder */

export class Engine {
  /**
   * The worker starts while it becomes known what it shall load.
   * @param {Finder} finder
   * @param {(progress: import("./state.js").Progress | null) => void} onProgress null: all is there and being prepared
   */
  constructor(finder, onProgress) {
    this.finder = finder;
    /** @type {import("./release.js").Manifest | null} of the release that is being loaded */
    this.manifest = null;
    this.worker = new Remote(new URL("./model-worker.js", import.meta.url), (event) => onProgress(event.preparing ? null : event));
  }

  /** @returns {Promise<import("./store.js").Fault | null>} done when it can be asked; why not everything could be stored */
  async load() {
    const manifest = await this.finder.release();
    this.manifest = manifest;
    if (!manifest.offline) await forgetPages();
    if (!manifest.model) throw new Failure("unsupported", "no_model");
    const { fault } = await this.worker.call("load", { manifest }, { limitMs: LOAD_MS });
    if (manifest.offline) keepSearch(manifest, this.finder.lang);
    return fault;
  }

  /**
   * @param {string} question
   * @param {number} limit
   * @returns {Promise<import("./search.js").Found>}
   */
  rank(question, limit) {
    return this.worker.call("ask", { question, lang: this.finder.lang, limit });
  }

  /** Whoever waits for it is told that it was cancelled. */
  close() {
    this.worker.close();
  }
}
