// A question's vector by the small copy of the model: the twin of src/rapport/encoder.py.

import { ROOT } from "./release.js";

/** @typedef {import("./release.js").Manifest} Manifest */

export class Encoder {
  /**
   * @param {any} tokenizer
   * @param {any} session
   * @param {any} ort
   * @param {{prompt: string, maxTokens: number}} model
   */
  constructor(tokenizer, session, ort, model) {
    this.tokenizer = tokenizer;
    this.session = session;
    this.ort = ort;
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
   * @returns {Promise<Float32Array>} unit length
   */
  async encode(text) {
    const ids = this.tokens(text);
    const input = new this.ort.Tensor("int64", BigInt64Array.from(ids, BigInt), [1, ids.length]);
    const { embedding } = await this.session.run({ input_ids: input });
    return embedding.data;
  }
}

/**
 * @param {Manifest} manifest
 * @param {(name: string) => Promise<ArrayBuffer>} part
 * @returns {Promise<Encoder>}
 */
export async function openEncoder(manifest, part) {
  if (!manifest.model || !manifest.modules) throw new TypeError("this release has no model");
  const address = (/** @type {string} */ name) => new URL(name, `${ROOT}ask/`).href;
  // the runtime compiles on other threads, and meanwhile this one reads the vocabulary
  const [{ ort, session }, tokenizer] = await Promise.all([
    openSession(address(manifest.modules.ort), part),
    openTokenizer(address(manifest.modules.tokenizers), part),
  ]);
  return new Encoder(tokenizer, session, ort, manifest.model);
}

/**
 * @param {string} address
 * @param {(name: string) => Promise<ArrayBuffer>} part
 */
async function openSession(address, part) {
  const [ort, runtime, model] = await Promise.all([import(address), part("runtime"), part("model")]);
  // one thread: more need cross-origin isolation, which no plain host gives
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.proxy = false;
  ort.env.logLevel = "error";
  ort.env.wasm.wasmBinary = runtime;
  const options = { executionProviders: ["wasm"], graphOptimizationLevel: "all" };
  const session = await ort.InferenceSession.create(new Uint8Array(model), options);
  ort.env.wasm.wasmBinary = undefined; // nothing else needs it, and it is large
  return { ort, session };
}

/**
 * @param {string} address
 * @param {(name: string) => Promise<ArrayBuffer>} part
 */
async function openTokenizer(address, part) {
  const [{ Tokenizer }, bytes] = await Promise.all([import(address), part("tokenizer")]);
  const entry = JSON.parse(new TextDecoder().decode(bytes));
  // scores are written as short as float32 allows; this makes them the same numbers again
  for (const piece of entry.model.vocab) piece[1] = Math.fround(piece[1]);
  return new Tokenizer(entry, {});
}
