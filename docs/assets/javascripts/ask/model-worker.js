// The full search in a worker of its own: loads a release, then answers questions one after the other.

import { openEncoder, startRuntime } from "./encoder.js";
import { readKnowledge } from "./knowledge.js";
import { Failure, Release, searchParts, wireBytes } from "./release.js";
import { answer } from "./rpc.js";
import { search } from "./search.js";
import { openStore } from "./store.js";

/** @typedef {{knowledge: import("./knowledge.js").Knowledge, encoder: import("./encoder.js").Encoder}} Engine */

const REPORT_MS = 100;
const TIDY_MS = 2000;

/** @type {Engine | null} */
let engine = null;
let running = Promise.resolve();

/**
 * @param {{manifest: import("./release.js").Manifest}} argument
 * @param {(event: any) => void} notify
 */
async function load({ manifest }, notify) {
  const parts = searchParts(manifest);
  const total = wireBytes(manifest, parts);
  let done = 0;
  let reported = 0;
  const onBytes = (/** @type {number} */ bytes) => {
    done += bytes;
    if (Date.now() - reported < REPORT_MS && done < total) return;
    reported = Date.now();
    notify({ done, total });
  };
  const runtime = startRuntime();
  const store = await openStore();
  const release = new Release(manifest, store, { onBytes });
  await release.fetchAndRemember(parts);
  notify({ preparing: true });
  const small = parts.filter((name) => !["starter", "model", "weights", "runtime", "tokenizer"].includes(name));
  const part = (/** @type {string} */ name) => release.part(name);
  const [encoder, knowledge] = await Promise.all([
    openEncoder(runtime, manifest, part),
    Promise.all(small.map(async (name) => /** @type {const} */ ([name, await part(name)]))).then(assemble),
  ]);
  engine = { knowledge, encoder };
  setTimeout(() => release.tidy(), TIDY_MS);
  return { fault: release.fault };
}

/** @param {(readonly [string, ArrayBuffer])[]} files */
function assemble(files) {
  const arrays = new Map(files);
  const frame = JSON.parse(new TextDecoder().decode(arrays.get("frame")));
  return readKnowledge(frame, (name) => arrays.get(name) ?? new ArrayBuffer(0));
}

/** @param {{question: string, lang: string, limit: number}} argument */
async function ask({ question, lang, limit }) {
  if (!engine) throw new Failure("broken", "nothing is loaded");
  const { knowledge, encoder } = engine;
  const turn = running.then(async () => {
    const started = performance.now();
    const found = await search(knowledge, encoder, question, lang, limit);
    return { ...found, elapsed: performance.now() - started };
  });
  running = turn.then(() => undefined, () => undefined);
  return turn;
}

answer({ load, ask });
