// Files of a release: verified, patient, kept. `fetch` and the store are small doubles.

import { Store } from "../../docs/assets/javascripts/ask/store.js";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { afterEach, test } from "node:test";
import { gzipSync } from "node:zlib";

import { unpackLexical } from "../../docs/assets/javascripts/ask/lexical.js";
import { Release, loadManifest, readManifest } from "../../docs/assets/javascripts/ask/release.js";
import { cleanQuestion } from "../../docs/assets/javascripts/ask/search.js";

const original = globalThis.fetch;
afterEach(() => { globalThis.fetch = original; });

function chunkOf(text) {
  const packed = gzipSync(text);
  const hash = (bytes) => createHash("sha256").update(bytes).digest("hex");
  const name = `${hash(packed).slice(0, 20)}.bin`;
  return { packed, chunk: { name, bytes: packed.length, size: text.length, sha256: hash(text) } };
}

const one = chunkOf("hello ");
const two = chunkOf("world");
const manifest = { parts: { greeting: [one.chunk, two.chunk] } };

/** A store over a double of the Cache API; `kept` is what lies in it. */
function storeDouble({ full = false } = {}) {
  const kept = new Map();
  const store = new Store({
    match: async (url) => (kept.has(url) ? new Response(kept.get(url)) : undefined),
    put: async (url, response) => {
      if (full) throw new DOMException("full", "QuotaExceededError");
      kept.set(url, new Uint8Array(await response.arrayBuffer()));
    },
    delete: async (url) => kept.delete(url),
    keys: async () => [...kept.keys()].map((url) => ({ url })),
  });
  return Object.assign(store, { kept });
}

/** A store that can be opened and then fails at everything. */
function brokenStore() {
  const fail = async () => { throw new DOMException("gone", "InvalidStateError"); };
  return new Store({ match: fail, put: fail, delete: fail, keys: fail });
}

/** Answers by file name; a list gives one answer after the other. */
function serve(answers) {
  const asked = [];
  globalThis.fetch = async (url) => {
    const name = url.slice(url.lastIndexOf("/") + 1);
    asked.push(name);
    const answer = Array.isArray(answers[name]) ? answers[name].shift() : answers[name];
    if (answer instanceof Error) throw answer;
    return answer.clone ? answer.clone() : new Response(answer);
  };
  return asked;
}

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
  assert.equal(release.kept, false);
  assert.equal(await read(release), "hello world");
  assert.equal(asked.length, 2);
});

test("a store that fails at everything works from memory", async () => {
  const asked = serve({ [one.chunk.name]: one.packed, [two.chunk.name]: two.packed });
  const release = new Release(manifest, brokenStore());
  await release.fetchMissing(["greeting"]);
  assert.equal(release.kept, false);
  assert.equal(await read(release), "hello world");
  await release.remember();
  await release.tidy();
  assert.equal(asked.length, 2);
});

test("what is fetched only to be kept is not fetched where there is no room", async () => {
  const asked = serve({ [one.chunk.name]: one.packed, [two.chunk.name]: two.packed });
  const parts = { greeting: Array.from({ length: 9 }, () => one.chunk) };
  await new Release({ parts }, storeDouble({ full: true }), { onlyToKeep: true }).fetchMissing(["greeting"]);
  assert.ok(asked.length <= 2, `${asked.length} chunks fetched for nothing`);
});

for (const [what, answer, reason] of [
  ["a truncated file", one.packed.subarray(0, 9), "damaged"],
  ["a file that is too long", Buffer.concat([one.packed, one.packed]), "damaged"],
  ["a changed file", Buffer.from(one.packed).fill(1, 12, 14), "damaged"],
  ["a page instead", new Response("<p>", { headers: { "content-type": "text/html" } }), "damaged"],
  ["no connection", new TypeError("failed"), "network"],
  ["a server's error", new Response("", { status: 500 }), "network"],
  ["a file that is gone", new Response("", { status: 404 }), "outdated"],
]) {
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
  const asked = [];
  globalThis.fetch = async (url, { signal }) => {
    asked.push(url);
    const body = new ReadableStream({
      start: (controller) => {
        controller.enqueue(one.packed.subarray(0, 5));
        signal.addEventListener("abort", () => controller.error(signal.reason));
      },
    });
    return new Response(body);
  };
  let bytes = 0;
  const options = { pauseMs: 1, stalledMs: 20, onBytes: (count) => { bytes += count; } };
  const release = new Release({ parts: { greeting: [one.chunk] } }, null, options);
  await assert.rejects(release.fetchMissing(["greeting"]), { reason: "network" });
  assert.equal(asked.length, 3);
  assert.equal(bytes, 0);
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

const whole = { schema: 1, version: "v", code: "c", offline: true, languages: ["es"], scripts: ["box.js"], model: null, modules: null, parts: { a: [one.chunk] } };
/** Two releases with the same scripts: the words differ, and a chunk of the search. */
const release = (version, words, search) => ({
  ...whole, version, code: "", parts: { "words-de": [words.chunk], vectors: [search.chunk] },
});
const packs = (...chunks) => Object.fromEntries(chunks.map(({ chunk, packed }) => [chunk.name, packed]));

test("a manifest takes the place of another only when its search is as whole", async () => {
  const store = storeDouble();
  const three = chunkOf("new words");
  const four = chunkOf("new vectors");
  serve(packs(one, two, three, four));
  const old = new Release(release("old", one, two), store);
  await old.fetchMissing(["words-de", "vectors"]);
  await old.remember();
  const fresh = new Release(release("fresh", three, four), store);
  const remembered = async () => JSON.parse(await (await store.match(address)).text()).version;
  const [address] = [...store.kept.keys()].filter((url) => url.endsWith("manifest.json"));
  await fresh.fetchMissing(["words-de"]);
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

for (const [what, answer] of [
  ["no connection", new TypeError("failed")], ["a server's error", new Response("", { status: 500 })],
  ["a portal's page", new Response("<!doctype html>")],
]) {
  test(`${what} in place of the manifest leaves the stored one`, async (context) => {
    const store = storeDouble();
    globalThis.caches = { open: async () => store.cache };
    context.after(() => { delete globalThis.caches; });
    const stored = { ...whole, code: "", schema: 1 };
    await new Release(stored, store).remember();
    serve({ "manifest.json": answer });
    assert.equal((await loadManifest()).version, "v");
    store.kept.clear();
    serve({ "manifest.json": answer });
    await assert.rejects(loadManifest());
  });
}

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
