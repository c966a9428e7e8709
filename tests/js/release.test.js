// Files of a release: verified, patient, kept. `fetch` and the store are small doubles.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { afterEach, test } from "node:test";
import { gzipSync } from "node:zlib";

import { unpackLexical } from "../../docs/assets/javascripts/ask/lexical.js";
import { Release, readManifest } from "../../docs/assets/javascripts/ask/release.js";
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

function storeDouble({ full = false } = {}) {
  const kept = new Map();
  return {
    kept,
    match: async (url) => (kept.has(url) ? new Response(kept.get(url)) : undefined),
    put: async (url, response) => {
      if (full) throw new DOMException("full", "QuotaExceededError");
      kept.set(url, new Uint8Array(await response.arrayBuffer()));
    },
    delete: async (url) => kept.delete(url),
    keys: async () => [...kept.keys()].map((url) => ({ url })),
  };
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
  store.delete = async ({ url: gone }) => store.kept.delete(gone);
  await release.tidy();
  assert.ok(!store.kept.has(old) && store.kept.size === 2);
});

const whole = { schema: 1, version: "v", code: "c", offline: true, languages: ["es"], scripts: ["box.js"], model: null, modules: null, parts: { a: [one.chunk] } };
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
