// A question's vector by the small copy of the model: the twin of src/rapport/embed/encoder.py.

import { ROOT } from "./release.js";
import { LOAD_MS, Remote } from "./rpc.js";

/** @typedef {import("./release.js").Manifest} Manifest */
/** @typedef {(name: string) => Promise<ArrayBuffer>} Part */

/**
 * A question as the network sees it.
 * @typedef {object} Encoded
 * @property {Float32Array} vector unit length
 * @property {Float32Array} states what the last layer says of each piece, one after the other
 */

export class Encoder {
  /**
   * @param {any} tokenizer
   * @param {Remote} runtime
   * @param {{prompt: string, maxTokens: number}} model
   */
  constructor(tokenizer, runtime, model) {
    this.tokenizer = tokenizer;
    this.runtime = runtime;
    this.model = model;
  }

  /**
   * @param {string} text
   * @returns {number[]} token numbers, cut as in Python: the closing token stays
   */
  tokens(text) {
    const { ids } = this.tokenizer.encode(this.model.prompt + text);
    const most = this.model.maxTokens;
    return ids.length > most ? [...ids.slice(0, most - 1), ids[ids.length - 1]] : ids;
  }

  /**
   * @param {string} text
   * @returns {Promise<Encoded>}
   */
  async encode(text) {
    return this.runtime.call("embed", { ids: this.tokens(text) });
  }
}

/** @returns {Remote} the worker for the network, which may start while files are still being fetched */
export function startRuntime() {
  return new Remote(new URL("./runtime-worker.js", import.meta.url));
}

/**
 * Hand the network to its worker; while that opens it, read the vocabulary.
 * @param {Remote} runtime
 * @param {Manifest} manifest
 * @param {Part} part
 * @returns {Promise<Encoder>}
 */
export async function openEncoder(runtime, manifest, part) {
  const { model, modules } = manifest;
  if (!model || !modules) throw new TypeError("this release has no model");
  const address = (/** @type {string} */ name) => new URL(name, `${ROOT}ask/`).href;
  const [starter, wasm] = await Promise.all([part("starter"), part("runtime")]);
  const started = runtime.call("start", { module: address(modules.ort), wasm, starter }, { handed: [wasm], limitMs: LOAD_MS });
  // first of all that remains: the rest is read while it is opened
  const [graph, weights] = await Promise.all([part("model"), part("weights")]);
  const opened = runtime.call("open", { graph, weights, path: model.weights }, { handed: [graph, weights], limitMs: LOAD_MS });
  const [tokenizer] = await Promise.all([openTokenizer(address(modules.tokenizers), part), started, opened]);
  return new Encoder(tokenizer, runtime, model);
}

/**
 * @param {string} address
 * @param {Part} part
 */
async function openTokenizer(address, part) {
  const [{ Tokenizer }, bytes] = await Promise.all([import(address), part("tokenizer")]);
  const entry = JSON.parse(new TextDecoder().decode(bytes));
  // scores are written as short as float32 allows; this makes them the same numbers again
  for (const piece of entry.model.vocab) piece[1] = Math.fround(piece[1]);
  return new Tokenizer(entry, {});
}
