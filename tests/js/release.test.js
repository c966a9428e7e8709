// Files of a release: verified, patient, kept. `fetch` and the store are small doubles.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterEach, test } from "node:test";
import { gzipSync } from "node:zlib";
import { parse } from "yaml";

import { unpackLexical } from "../../docs/assets/javascripts/ask/lexical.js";
import { Release, SCHEMA, isScript, loadManifest, readManifest } from "../../docs/assets/javascripts/ask/release.js";
import { cleanQuestion } from "../../docs/assets/javascripts/ask/question.js";
import { Store } from "../../docs/assets/javascripts/ask/store.js";

/** @typedef {import("../../docs/assets/javascripts/ask/release.js").Chunk} Chunk */
/** @typedef {import("../../docs/assets/javascripts/ask/release.js").Manifest} Manifest */
/** @typedef {{packed: Uint8Array<ArrayBuffer>, chunk: Chunk}} Packed */
/** @typedef {Response | Error | Uint8Array<ArrayBuffer>} Reply */

/**
 * A host that begins every file and never ends it, but for these; aborting breaks the connection, as in a browser.
 * @param {Record<string, Response>} answers by file name
 * @returns {string[]} names of the files that were asked for
 */
function serveForever(answers = {}) {
  /** @type {string[]} */
  const asked = [];
  globalThis.fetch = async (url, init) => {
    const name = String(url).slice(String(url).lastIndexOf("/") + 1);
    asked.push(name);
    if (answers[name]) return answers[name].clone();
    const signal = init?.signal;
    return new Response(new ReadableStream({
      start: (controller) => {
        controller.enqueue(one.packed.subarray(0, 5));
        signal?.addEventListener("abort", () => controller.error(signal.reason));
      },
    }));
  };
  return asked;
}

const original = globalThis.fetch;
afterEach(() => { globalThis.fetch = original; });

/** @param {string} text @returns {Packed} */
function chunkOf(text) {
  const packed = new Uint8Array(gzipSync(text));
  const hash = (/** @type {string | Uint8Array} */ bytes) => createHash("sha256").update(bytes).digest("hex");
  const name = `${hash(packed).slice(0, 20)}.bin`;
  return { packed, chunk: { name, bytes: packed.length, size: text.length, sha256: hash(text) } };
}

const one = chunkOf("hello ");
const two = chunkOf("world");
/** @type {Manifest} */
const whole = {
  schema: SCHEMA, version: "v", code: "", offline: true, languages: ["es"], scripts: ["ask/box.js"], model: null, modules: null,
  parts: { a: [one.chunk] },
};
const manifest = { ...whole, parts: { greeting: [one.chunk, two.chunk] } };

/** What a store uses of the Cache API. @param {Partial<Cache>} cache */
const storeOver = (cache) => new Store(/** @type {Cache} */ (cache));

/** A store over a double of the Cache API; `kept` is what lies in it. */
function storeDouble({ full = false } = {}) {
  /** @type {Map<string, Uint8Array<ArrayBuffer>>} */
  const kept = new Map();
  const store = storeOver({
    match: async (url) => (kept.has(String(url)) ? new Response(kept.get(String(url))) : undefined),
    put: async (url, response) => {
      if (full) throw new DOMException("full", "QuotaExceededError");
      kept.set(String(url), new Uint8Array(await response.arrayBuffer()));
    },
    delete: async (url) => kept.delete(String(url)),
    keys: async () => [...kept.keys()].map((url) => new Request(url)),
  });
  return Object.assign(store, { kept });
}

/** A store that can be opened and then fails at everything. */
function brokenStore() {
  const fail = async () => { throw new DOMException("gone", "InvalidStateError"); };
  return storeOver({ match: fail, put: fail, delete: fail, keys: fail });
}

/** Answers by file name; a list gives one answer after the other. @param {Record<string, Reply | Reply[]>} answers */
function serve(answers) {
  /** @type {string[]} */
  const asked = [];
  globalThis.fetch = async (url) => {
    const name = String(url).slice(String(url).lastIndexOf("/") + 1);
    asked.push(name);
    const all = answers[name];
    const answer = Array.isArray(all) ? all.shift() : all;
    if (answer instanceof Error) throw answer;
    return answer instanceof Response ? answer.clone() : new Response(answer);
  };
  return asked;
}

/** @param {Release} release */
const read = async (release) => new TextDecoder().decode(await release.part("greeting"));

test("chunks are joined in order, stored, and not fetched again", async () => {
  const store = storeDouble();
  const asked = serve({ [one.chunk.name]: one.packed, [two.chunk.name]: two.packed });
  let bytes = 0;
  const release = new Release(manifest, store, { onBytes: (count) => { bytes += count; } });
  await release.fetchMissing(["greeting"]);
  assert.equal(bytes, one.packed.length + two.packed.length);
  assert.equal(await read(release), "hello world");
  assert.equal(await read(new Release(manifest, store)), "hello world");
  assert.equal(asked.length, 2);
});

test("a full store works from memory", async () => {
  const asked = serve({ [one.chunk.name]: one.packed, [two.chunk.name]: two.packed });
  const release = new Release(manifest, storeDouble({ full: true }));
  await release.fetchMissing(["greeting"]);
  assert.equal(release.fault, "full");
  assert.equal(await read(release), "hello world");
  assert.equal(asked.length, 2);
});

test("a store that fails at everything works from memory", async () => {
  const asked = serve({ [one.chunk.name]: one.packed, [two.chunk.name]: two.packed });
  const release = new Release(manifest, brokenStore());
  await release.fetchMissing(["greeting"]);
  assert.equal(release.fault, "missing");
  assert.equal(await read(release), "hello world");
  await release.remember();
  await release.tidy();
  assert.equal(asked.length, 2);
});

test("what is fetched only to be kept is not fetched where there is no room", async () => {
  const asked = serve({ [one.chunk.name]: one.packed, [two.chunk.name]: two.packed });
  const parts = { greeting: Array.from({ length: 9 }, () => one.chunk) };
  await new Release({ ...whole, parts }, storeDouble({ full: true }), { onlyToKeep: true }).fetchMissing(["greeting"]);
  assert.ok(asked.length <= 2, `${asked.length} chunks fetched for nothing`);
});

for (const [what, answer, reason] of /** @type {[string, Reply, string][]} */ ([
  ["a truncated file", one.packed.subarray(0, 9), "damaged"],
  ["a file that is too long", new Uint8Array(Buffer.concat([one.packed, one.packed])), "damaged"],
  ["a changed file", one.packed.slice().fill(1, 12, 14), "damaged"],
  ["a page instead", new Response("<p>", { headers: { "content-type": "text/html" } }), "damaged"],
  ["no connection", new TypeError("failed"), "network"],
  ["a server's error", new Response("", { status: 500 }), "network"],
  ["a file that is gone", new Response("", { status: 404 }), "outdated"],
])) {
  test(`${what} is ${reason}`, async () => {
    serve({ [one.chunk.name]: answer, [two.chunk.name]: two.packed });
    let bytes = 0;
    const release = new Release(manifest, null, { pauseMs: 1, onBytes: (count) => { bytes += count; } });
    await assert.rejects(release.fetchMissing(["greeting"]), { reason });
    assert.ok(bytes <= two.packed.length, "bytes of broken files do not count");
  });
}

test("a passing fault is tried again", async () => {
  const asked = serve({ [one.chunk.name]: [new TypeError("failed"), one.packed], [two.chunk.name]: two.packed });
  assert.equal(await read(new Release(manifest, null, { pauseMs: 1 })), "hello world");
  assert.equal(asked.length, 3);
});

test("a connection that stands still is broken", async () => {
  const asked = serveForever();
  let bytes = 0;
  const options = { pauseMs: 1, stalledMs: 20, onBytes: (/** @type {number} */ count) => { bytes += count; } };
  const release = new Release({ ...whole, parts: { greeting: [one.chunk] } }, null, options);
  await assert.rejects(release.fetchMissing(["greeting"]), { reason: "network" });
  assert.equal(asked.length, 3);
  assert.equal(bytes, 0);
});

test("the first failure ends all that is under way, before it is told", async () => {
  const many = Array.from({ length: 20 }, (_, at) => chunkOf(`part ${at}`));
  const asked = serveForever({ [many[0].chunk.name]: new Response("", { status: 404 }) });
  const parts = { greeting: many.map(({ chunk }) => chunk) };
  let bytes = 0;
  const release = new Release({ ...whole, parts }, null, { onBytes: (count) => { bytes += count; } });
  await assert.rejects(release.fetchMissing(["greeting"]), { reason: "outdated" });
  assert.deepEqual(asked, many.slice(0, 2).map(({ chunk }) => chunk.name), "the one that fails and the one beside it");
  assert.equal(bytes, 0, "what was under way has been given up");
});

test("a store that holds the packed bytes is refetched", async () => {
  const store = storeDouble();
  const asked = serve({ [one.chunk.name]: one.packed, [two.chunk.name]: two.packed });
  const release = new Release(manifest, store);
  await release.fetchMissing(["greeting"]);
  for (const [url] of store.kept) if (url.endsWith(one.chunk.name)) store.kept.set(url, one.packed);
  assert.equal(await read(release), "hello world");
  assert.equal(asked.length, 3);
});

test("what other releases stored is removed", async () => {
  const store = storeDouble();
  serve({ [one.chunk.name]: one.packed, [two.chunk.name]: two.packed });
  const release = new Release(manifest, store);
  await release.fetchMissing(["greeting"]);
  const [url] = store.kept.keys();
  const old = url.replace(/[^/]+$/, "00000000000000000000.bin");
  store.kept.set(old, new Uint8Array(1));
  await release.tidy();
  assert.ok(!store.kept.has(old) && store.kept.size === 2);
});

/**
 * Two releases with the same scripts: the texts differ, and a chunk of the search.
 * @param {string} version
 * @param {Packed} texts
 * @param {Packed} search
 */
const release = (version, texts, search) => ({
  ...whole, version, parts: { "texts-de": [texts.chunk], vectors: [search.chunk] },
});
/** @param {...Packed} chunks */
const packs = (...chunks) => Object.fromEntries(chunks.map(({ chunk, packed }) => [chunk.name, packed]));

test("a manifest takes the place of another only when its search is as whole", async () => {
  const store = storeDouble();
  const three = chunkOf("new texts");
  const four = chunkOf("new vectors");
  serve(packs(one, two, three, four));
  const old = new Release(release("old", one, two), store);
  await old.fetchMissing(["texts-de", "vectors"]);
  await old.remember();
  const fresh = new Release(release("fresh", three, four), store);
  const [address] = [...store.kept.keys()].filter((url) => url.endsWith("manifest.json"));
  const remembered = async () => JSON.parse(await (await store.match(address))?.text() ?? "").version;
  await fresh.fetchMissing(["texts-de"]);
  await fresh.remember();
  await fresh.tidy();
  assert.equal(await remembered(), "old");
  assert.equal(store.kept.size, 4, "both releases' chunks and the manifest");
  await fresh.fetchMissing(["vectors"]);
  await fresh.remember();
  await fresh.tidy();
  assert.equal(await remembered(), "fresh");
  assert.equal(store.kept.size, 3);
});

test("nobody tidies up while another tab fetches", async (context) => {
  /** @type {Set<string>} */
  const held = new Set();
  const request = async (/** @type {string} */ name, /** @type {LockOptions} */ { ifAvailable }, /** @type {Function} */ work) => {
    if (ifAvailable) return work(held.has(name) ? null : {});
    held.add(name);
    try {
      return await work({});
    } finally {
      held.delete(name);
    }
  };
  const { navigator } = globalThis;
  Object.defineProperty(globalThis, "navigator", { value: { locks: { request } }, configurable: true });
  context.after(() => Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true }));
  const store = storeDouble();
  const old = new Release(release("old", one, one), store);
  serve(packs(one, two));
  await old.fetchAndRemember(["texts-de", "vectors"]);
  const fresh = new Release(release("fresh", two, two), store);
  const fetch = fresh.fetchMissing.bind(fresh);
  fresh.fetchMissing = async (parts) => {
    await fetch(parts);
    await old.tidy();
  };
  await fresh.fetchAndRemember(["texts-de", "vectors"]);
  assert.ok([...store.kept.keys()].some((url) => url.endsWith(two.chunk.name)));
  await fresh.tidy();
  assert.ok(![...store.kept.keys()].some((url) => url.endsWith(one.chunk.name)), "afterwards it is tidied up");
});

for (const [what, answer] of /** @type {[string, Reply][]} */ ([
  ["no connection", new TypeError("failed")], ["a server's error", new Response("", { status: 500 })],
  ["a portal's page", new Response("<!doctype html>")],
])) {
  test(`${what} in place of the manifest leaves the stored one`, async (context) => {
    const store = storeDouble();
    Object.defineProperty(globalThis, "caches", { value: { open: async () => store.cache }, configurable: true });
    context.after(() => { Reflect.deleteProperty(globalThis, "caches"); });
    await new Release(whole, store).remember();
    serve({ "manifest.json": answer });
    assert.equal((await loadManifest()).version, "v");
    store.kept.clear();
    serve({ "manifest.json": answer });
    await assert.rejects(loadManifest());
  });
}

test("a stored manifest of another form is none", async (context) => {
  const store = storeDouble();
  Object.defineProperty(globalThis, "caches", { value: { open: async () => store.cache }, configurable: true });
  context.after(() => { Reflect.deleteProperty(globalThis, "caches"); });
  await new Release({ ...whole, schema: SCHEMA - 1 }, store).remember();
  serve({ "manifest.json": new TypeError("failed") });
  await assert.rejects(loadManifest(), { reason: "network" });
});

const names = parse(readFileSync(new URL("../cases/scripts.yml", import.meta.url), "utf8"));
for (const name of names.accepted) test(`${name} is a script`, () => assert.ok(isScript(name)));
for (const name of names.refused) test(`${name} is no script`, () => assert.ok(!isScript(name)));

test("a manifest that is whole is read", () => assert.deepEqual(readManifest(JSON.stringify(whole)), whole));
for (const [what, text] of [
  ["a page", "<!doctype html>"], ["null", "null"], ["no parts", JSON.stringify({ ...whole, parts: undefined })],
  ["an address elsewhere", JSON.stringify({ ...whole, parts: { a: [{ ...one.chunk, name: "//evil.example/x.bin" }] } })],
  ["a script elsewhere", JSON.stringify({ ...whole, scripts: ["../../x.js"] })],
  ["a module elsewhere", JSON.stringify({ ...whole, model: {}, modules: { ort: "https://evil.example/a.js", tokenizers: "" } })],
]) test(`a manifest with ${what} is refused`, () => assert.throws(() => readManifest(text), { reason: "damaged" }));

test("differences become ascending numbers again", () => {
  const index = unpackLexical(Uint32Array.of(7, 4294967280), Uint16Array.of(2, 1), Uint8Array.of(3, 44, 5, 0, 1, 0), Uint8Array.of(1, 2, 3), 0.5, 400);
  assert.deepEqual([...index.keys], [7, 4294967287]);
  assert.deepEqual([...index.starts], [0, 2, 3]);
  assert.deepEqual([...index.rows], [3, 303, 5]);
});

test("a question has single spaces, whole characters and an end", () => {
  assert.equal(cleanQuestion(" a\u0085b\u3000 c\n"), "a b c");
  assert.equal(cleanQuestion("a\ud800b"), "a?b");
  assert.equal([...cleanQuestion("😀".repeat(3000))].length, 2000);
});
