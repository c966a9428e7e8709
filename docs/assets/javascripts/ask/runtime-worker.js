// The network in a worker of its own: it starts and works while the other one reads the vocabulary and the index.

import { Failure } from "./release.js";
import { answer } from "./rpc.js";

// 4-bit matrices become float32 once, and not again for every question, as in Python. Beyond that, optimising the graph
// and packing matrices takes longer than it saves, and memory.
const OPTIONS = {
  executionProviders: ["wasm"],
  graphOptimizationLevel: "basic",
  extra: { session: { disable_quant_qdq: "1", disable_prepacking: "1" } },
};

/** @type {Promise<any>} the library, started */
let library = Promise.reject(new Failure("broken", "nothing is started"));
library.catch(() => {});
/** @type {{ort: any, session: any} | null} */
let network = null;

/** @param {{module: string, wasm: ArrayBuffer, starter: ArrayBuffer}} argument */
async function start(argument) {
  library = boot(argument);
  await library;
}

/**
 * @param {{module: string, wasm: ArrayBuffer, starter: ArrayBuffer}} argument
 * @returns {Promise<any>}
 */
async function boot({ module, wasm, starter }) {
  const ort = await import(module);
  // one thread: more need cross-origin isolation, which no plain host gives
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.proxy = false;
  ort.env.logLevel = "error";
  ort.env.wasm.wasmBinary = wasm;
  // the runtime starts with its first session: a tiny one, while the model is still being read
  await ort.InferenceSession.create(new Uint8Array(starter), OPTIONS);
  // nothing else needs these 14 MB, but the runtime holds on to them: handed over to nobody, they are gone
  structuredClone(wasm, { transfer: [wasm] });
  return ort;
}

/**
 * May be called while the library is still starting.
 * @param {{graph: ArrayBuffer, weights: ArrayBuffer, path: string}} argument `path`: by which the graph names its weights
 */
async function open({ graph, weights, path }) {
  const ort = await library;
  const options = { ...OPTIONS, externalData: [{ path, data: new Uint8Array(weights) }] };
  network = { ort, session: await ort.InferenceSession.create(new Uint8Array(graph), options) };
}

/**
 * @param {{ids: number[]}} argument
 * @returns {Promise<import("./encoder.js").Encoded>}
 */
async function embed({ ids }) {
  if (!network) throw new Failure("broken", "nothing is loaded");
  const { ort, session } = network;
  const input = new ort.Tensor("int64", BigInt64Array.from(ids, BigInt), [1, ids.length]);
  const { embedding, states } = await session.run({ input_ids: input });
  return { vector: embedding.data, states: states.data };
}

answer({ start, open, embed });
