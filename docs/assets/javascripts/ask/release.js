// What a release of the site's search consists of, and how its files come here: chunk by chunk, verified, kept.
// Used by pages and workers alike.

import { faultOf, openStore } from "./store.js";

/**
 * A file on the wire, as src/rapport/export/pack.py writes it.
 * @typedef {object} Chunk
 * @property {string} name
 * @property {number} bytes as transferred, gzipped
 * @property {number} size unpacked
 * @property {string} sha256 of the unpacked bytes, which are what is stored: unpacking takes longer than reading
 */

/**
 * @typedef {object} Manifest
 * @property {number} schema
 * @property {string} version
 * @property {string} code hash of the scripts that this release belongs to
 * @property {boolean} offline whether pages may be kept for reading offline
 * @property {string[]} languages
 * @property {{id: string, prompt: string, maxTokens: number, weights: string} | null} model
 * @property {{ort: string, tokenizers: string} | null} modules
 * @property {string[]} scripts their paths below `assets/javascripts-<code>/`
 * @property {Record<string, Chunk[]>} parts
 */

/** @typedef {import("./store.js").Store} Store */

/** @typedef {"network" | "damaged" | "outdated" | "unsupported" | "memory" | "cancelled" | "broken"} Reason */

/** Why something could not be had. The reason is a key for words; the message is for developers. */
export class Failure extends Error {
  /**
   * @param {Reason} reason
   * @param {string} message
   */
  constructor(reason, message) {
    super(message);
    this.reason = reason;
  }
}

export const SCHEMA = 3;
const ATTEMPTS = 3;
const PAUSE_MS = 800;
const AT_ONCE = 2;
const STALLED_MS = 30_000;
const MANIFEST_MS = 8_000;

/** The site's root, wherever it lies, by the place of this file: `<root>/assets/javascripts-<hash>/ask/release.js`. */
export const ROOT = new URL("../../../", import.meta.url).href;

/** Hash of the scripts that this one belongs to. */
export const CODE = /\/javascripts-([0-9a-f]{12})\/ask\//.exec(import.meta.url)?.[1] ?? "";

const MANIFEST = `${ROOT}ask/manifest.json`;
const LOCK = `rapport-search ${ROOT}`;

/**
 * The manifest of the release in use; where the network gives none, the stored one, if it belongs to these scripts.
 * @returns {Promise<Manifest>}
 */
export async function loadManifest() {
  try {
    return belonging(await fetchManifest());
  } catch (error) {
    const stored = error instanceof Failure && error.reason === "outdated" ? null : await storedManifest(await openStore());
    // one of another form has other parts
    if (stored?.schema === SCHEMA) return belonging(stored);
    throw error;
  }
}

/**
 * @param {Manifest} mine
 * @param {string} lang
 * @returns {Promise<Manifest | null>} another release of these scripts, whose search and texts are stored whole
 */
export async function storedInstead(mine, lang) {
  const store = await openStore();
  const other = await storedManifest(store);
  if (!other || other.version === mine.version || other.schema !== SCHEMA || other.code !== CODE) return null;
  return (await isStored(other, store, [...searchParts(other), `texts-${lang}`])) ? other : null;
}

/** @returns {Promise<Manifest>} */
async function fetchManifest() {
  let response;
  try {
    // a connection that stands still, as in a train, is none
    response = await fetch(MANIFEST, { cache: "no-cache", signal: AbortSignal.timeout(MANIFEST_MS) });
    if (!response.ok) throw new Failure("network", `the manifest is answered with ${response.status}`);
    return readManifest(await response.text());
  } catch (error) {
    throw error instanceof Failure ? error : new Failure("network", "the manifest cannot be fetched");
  }
}

/** @param {Store | null} store @returns {Promise<Manifest | null>} */
async function storedManifest(store) {
  try {
    const response = await store?.match(MANIFEST);
    return response ? readManifest(await response.text()) : null;
  } catch {
    return null;
  }
}

/** @param {Manifest} manifest @returns {Manifest} */
function belonging(manifest) {
  if (manifest.schema !== SCHEMA || manifest.code !== CODE) throw new Failure("outdated", "another release is in place");
  return manifest;
}

/**
 * @param {Manifest} manifest
 * @param {Store | null} store
 * @param {string[]} [parts]
 * @returns {Promise<boolean>} whether these parts of a release lie in the store
 */
export async function isStored(manifest, store, parts = searchParts(manifest)) {
  const stored = new Set((await store?.addresses()) ?? []);
  return parts.every((part) => manifest.parts[part]?.every(({ name }) => stored.has(`${ROOT}ask/${name}`)));
}

/**
 * Whatever a host or a store gives for the manifest is looked at before it is used.
 * @param {string} text
 * @returns {Manifest}
 */
export function readManifest(text) {
  let entry;
  try {
    entry = JSON.parse(text);
  } catch {
    throw new Failure("damaged", "the manifest is not JSON");
  }
  const isChunk = (/** @type {any} */ chunk) =>
    /^[0-9a-f]{20}\.bin$/.test(chunk?.name) && /^[0-9a-f]{64}$/.test(chunk.sha256)
    && Number.isSafeInteger(chunk.bytes) && Number.isSafeInteger(chunk.size);
  const isModule = (/** @type {any} */ path) => /^runtime-[0-9a-f]{12}\/[a-z]+\.js$/.test(path);
  const whole = typeof entry === "object" && entry !== null && typeof entry.code === "string"
    && typeof entry.version === "string" && Array.isArray(entry.languages)
    && Array.isArray(entry.scripts) && entry.scripts.every(isScript)
    && Object.values(entry.parts ?? { none: 0 }).every((chunks) => Array.isArray(chunks) && chunks.every(isChunk))
    && (!entry.model || (isModule(entry.modules?.ort) && isModule(entry.modules?.tokenizers)));
  if (!whole) throw new Failure("damaged", "the manifest is not whole");
  return entry;
}

/** @param {unknown} name @returns {boolean} whether it is the path of a script below its folder, as Assets.scripts gives it */
export function isScript(name) {
  return typeof name === "string" && /^([a-z][a-z0-9-]*\/)*[a-z][a-z0-9-]*\.js$/.test(name);
}

/**
 * Bytes over the wire of parts of a release.
 * @param {Manifest} manifest
 * @param {string[]} parts
 */
export function wireBytes(manifest, parts) {
  return parts.flatMap((part) => manifest.parts[part] ?? []).reduce((sum, chunk) => sum + chunk.bytes, 0);
}

/** @param {Manifest} manifest @returns {string[]} parts of the full search */
export function searchParts(manifest) {
  return Object.keys(manifest.parts).filter((part) => !part.startsWith("texts-"));
}

/** The files of one release. */
export class Release {
  /**
   * @param {Manifest} manifest
   * @param {Store | null} store
   * @param {{onBytes?: (bytes: number) => void, pauseMs?: number, stalledMs?: number, onlyToKeep?: boolean}} [options]
   *   `onBytes` is told of bytes as they arrive, negative where a broken chunk begins anew; `stalledMs` without a byte
   *   is a broken connection; `onlyToKeep`: what cannot be stored need not be fetched
   */
  constructor(manifest, store, { onBytes = () => {}, pauseMs = PAUSE_MS, stalledMs = STALLED_MS, onlyToKeep = false } = {}) {
    this.manifest = manifest;
    this.store = store;
    this.onBytes = onBytes;
    this.pauseMs = pauseMs;
    this.stalledMs = stalledMs;
    this.onlyToKeep = onlyToKeep;
    /** @type {import("./store.js").Fault | null} why not everything fetched so far is stored */
    this.fault = store ? null : faultOf(null);
    /** @type {Map<string, Uint8Array<ArrayBuffer>>} chunks that could not be stored, until they are used */
    this.unkept = new Map();
  }

  /**
   * @param {string} name
   * @returns {Promise<ArrayBuffer>} a part, unpacked
   */
  async part(name) {
    const chunks = this.manifest.parts[name];
    if (!chunks) throw new Failure("broken", `no part ${name}`);
    const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.size, 0));
    let size = 0;
    const places = chunks.map((chunk) => (size += chunk.size) - chunk.size);
    // reading and hashing of different chunks go on beside each other
    await Promise.all(chunks.map(async (chunk, number) => whole.set(await this.chunk(chunk), places[number])));
    return whole.buffer;
  }

  /**
   * Fetch what is not stored yet, a few chunks at once.
   * @param {string[]} parts
   */
  async fetchMissing(parts) {
    const stored = new Set((await this.store?.addresses()) ?? []);
    /** @type {Chunk[]} */
    const waiting = [];
    for (const chunk of parts.flatMap((part) => this.manifest.parts[part])) {
      if (stored.has(`${ROOT}ask/${chunk.name}`)) this.onBytes(chunk.bytes);
      else waiting.push(chunk);
    }
    // the first failure ends all of it, before it is told: nothing goes on beside the next attempt
    const end = new AbortController();
    const work = async () => {
      for (let chunk = waiting.shift(); chunk && !end.signal.aborted; chunk = waiting.shift()) {
        if (this.onlyToKeep && this.fault) return;
        const bytes = await this.fetchChunk(chunk, end.signal);
        if (this.fault && !this.onlyToKeep) this.unkept.set(chunk.name, bytes);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, () => work().catch((error) => { if (!end.signal.aborted) end.abort(error); })));
    end.signal.throwIfAborted();
  }

  /**
   * @param {Chunk} chunk
   * @returns {Promise<Uint8Array<ArrayBuffer>>} unpacked and verified
   */
  async chunk(chunk) {
    const unkept = this.unkept.get(chunk.name);
    if (unkept) {
      this.unkept.delete(chunk.name);
      return unkept;
    }
    const address = `${ROOT}ask/${chunk.name}`;
    const stored = await this.store?.match(address);
    if (stored) {
      const bytes = new Uint8Array(await stored.arrayBuffer());
      if (await isWhole(bytes, chunk)) return bytes;
      await this.store?.delete(address);
    }
    return this.fetchChunk(chunk);
  }

  /**
   * @param {Chunk} chunk
   * @param {AbortSignal} [end] ends it, even between two attempts
   * @returns {Promise<Uint8Array<ArrayBuffer>>} fetched, with patience, unpacked, and stored if there is room
   */
  async fetchChunk(chunk, end) {
    const address = `${ROOT}ask/${chunk.name}`;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const bytes = await fetchWhole(address, chunk, this.onBytes, this.stalledMs, end);
        // without room it works now and loads again next time
        if (this.store && !(await this.store.put(address, bytes, "application/octet-stream"))) this.fault = this.store.fault;
        return bytes;
      } catch (error) {
        const failure = error instanceof Failure ? error : new Failure("network", String(error));
        if (failure.reason === "outdated" || attempt === ATTEMPTS || end?.aborted) throw failure;
        await pause(this.pauseMs * attempt, end);
        if (end?.aborted) throw failure;
      }
    }
  }

  /**
   * Fetch what is not stored yet and remember the release; meanwhile no other tab tidies up.
   * @param {string[]} parts
   */
  async fetchAndRemember(parts) {
    const work = async () => {
      await this.fetchMissing(parts);
      await this.remember();
    };
    await (locks() ? locks()?.request(LOCK, { mode: "shared" }, work) : work());
  }

  /**
   * Store the manifest, so that the search is found again without a connection: but not in place of one whose search is
   * stored whole, as long as this one's is not.
   */
  async remember() {
    const before = await storedManifest(this.store);
    const text = JSON.stringify(this.manifest);
    if (before && JSON.stringify(before) === text) return;
    if (before && (await isStored(before, this.store)) && !(await isStored(this.manifest, this.store))) return;
    await this.store?.put(MANIFEST, text, "application/json");
  }

  /** Remove what neither this release nor the remembered one consists of, unless another tab is just fetching some. */
  async tidy() {
    if (!locks()) await this.removeOthers();
    else await locks()?.request(LOCK, { ifAvailable: true }, (lock) => (lock ? this.removeOthers() : undefined));
  }

  async removeOthers() {
    const releases = [this.manifest, await storedManifest(this.store)];
    const chunks = releases.flatMap((manifest) => (manifest ? Object.values(manifest.parts).flat() : []));
    const wanted = new Set(chunks.map((chunk) => `${ROOT}ask/${chunk.name}`));
    for (const address of (await this.store?.addresses()) ?? []) {
      if (address.startsWith(`${ROOT}ask/`) && address.endsWith(".bin") && !wanted.has(address)) await this.store?.delete(address);
    }
  }
}

/** @returns {LockManager | undefined} missing without a secure context */
const locks = () => globalThis.navigator?.locks;

/** @param {number} ms @param {AbortSignal} [end] @returns {Promise<void>} over after `ms`, or at once when ended */
function pause(ms, end) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    end?.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}

/**
 * @param {string} address
 * @param {Chunk} chunk
 * @param {(bytes: number) => void} onBytes
 * @param {number} stalledMs
 * @param {AbortSignal} [end]
 * @returns {Promise<Uint8Array<ArrayBuffer>>} unpacked and verified
 */
async function fetchWhole(address, chunk, onBytes, stalledMs, end) {
  const patience = new AbortController();
  const stop = () => patience.abort();
  end?.addEventListener("abort", stop);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const waitOn = () => {
    clearTimeout(timer);
    timer = setTimeout(() => patience.abort(), stalledMs);
  };
  waitOn();
  const bytes = new Uint8Array(chunk.bytes);
  let at = 0;
  try {
    const response = await fetch(address, { cache: "no-store", signal: patience.signal });
    if (response.status === 404) throw new Failure("outdated", `${address} is gone`);
    if (!response.ok || !response.body) throw new Failure("network", `${address} is answered with ${response.status}`);
    // some servers answer a missing file with a page of status 200
    if (response.headers.get("content-type")?.includes("text/html")) throw new Failure("damaged", `${address} is a page`);
    const reader = response.body.getReader();
    for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
      waitOn();
      if (!value) continue;
      if (at + value.length > bytes.length) {
        await reader.cancel();
        throw new Failure("damaged", `${address} is too long`);
      }
      bytes.set(value, at);
      at += value.length;
      onBytes(value.length);
    }
    if (at !== bytes.length) throw new Failure("damaged", `${address} is too short`);
    const unpacked = await unpack(bytes, address);
    if (!(await isWhole(unpacked, chunk))) throw new Failure("damaged", `${address} is damaged`);
    return unpacked;
  } catch (error) {
    onBytes(-at);
    throw error;
  } finally {
    clearTimeout(timer);
    end?.removeEventListener("abort", stop);
  }
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes unpacked
 * @param {Chunk} chunk
 */
async function isWhole(bytes, chunk) {
  if (bytes.length !== chunk.size) return false;
  // hashing needs a secure context; elsewhere length and gzip's own checksum must do
  if (!globalThis.crypto?.subtle) return true;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return chunk.sha256 === Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes gzipped
 * @param {string} address
 */
async function unpack(bytes, address) {
  try {
    const { readable, writable } = new DecompressionStream("gzip");
    const writer = writable.getWriter();
    // in one piece: a third faster than piping a blob through
    const written = writer.write(bytes).then(() => writer.close());
    const [buffer] = await Promise.all([new Response(readable).arrayBuffer(), written]);
    return new Uint8Array(buffer);
  } catch {
    throw new Failure("damaged", `${address} cannot be unpacked`);
  }
}
