// Keeps pages that were read, for reading them offline. Never in the way: the network comes first for pages, and chunks of
// the search are not its business. The release puts its version here, so that a new one is taken up at once:
const VERSION = "{version}";

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

const PAGES = `rapport-pages ${worker.registration.scope}`;
const FILES = `rapport-files ${worker.registration.scope}`;
/** @type {Record<string, number>} */
const MOST = { [PAGES]: 120, [FILES]: 240 };
const LANGUAGES = "{languages}".split(" ");
const PATIENCE_MS = 6000;
const LIMIT_MS = 30_000;

worker.addEventListener("install", (event) => {
  worker.skipWaiting();
  event.waitUntil(keepOfflinePages());
});

worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));

/** What is added to the address of an answer page of the release before. */
const BEFORE = "?before";

/** Pages that were last shown from the store, because the network did not answer. */
const shownFromStore = new Set();

worker.addEventListener("message", (event) => {
  if (typeof event.data?.wasStored === "string") {
    event.ports[0]?.postMessage(shownFromStore.has(pageKey(event.data.wasStored)));
    return;
  }
  const wanted = Array.isArray(event.data?.keep) ? event.data.keep : [];
  const ours = wanted.filter((/** @type {unknown} */ address) => typeof address === "string" && address.startsWith(worker.registration.scope));
  event.waitUntil(Promise.all(ours.map(fetchInto)));
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const path = request.url.startsWith(worker.registration.scope) ? request.url.slice(worker.registration.scope.length) : null;
  if (path === null || request.method !== "GET" || request.headers.has("range")) return;
  if (request.mode === "navigate") event.respondWith(openPage(event));
  else if (/^ask\/(manifest\.json|[0-9a-f]+\.bin)/.test(path)) return;
  else event.respondWith(openFile(event, isImmutable(path)));
});

/** @param {string} path @returns {boolean} whether a file's address names its content */
function isImmutable(path) {
  return /\?v=[0-9a-f]+$/.test(path) || /^assets\/javascripts-[0-9a-f]+\//.test(path) || /^ask\/runtime-/.test(path);
}

/** @param {string} address @returns {string} without question and place: they are the page's own business */
function pageKey(address) {
  const url = new URL(address);
  return url.origin + url.pathname;
}

/** @param {string} key @returns {boolean} whether it is a page that asks the stored search */
function isAnswerPage(key) {
  return LANGUAGES.some((lang) => key === `${worker.registration.scope}${lang}/ask/`);
}

/** @returns {Promise<{code: string} | null>} the manifest of the search that is stored */
async function storedSearch() {
  try {
    const stored = await caches.match(`${worker.registration.scope}ask/manifest.json`, { cacheName: "rapport-search" });
    return stored ? await stored.json() : null;
  } catch {
    return null;
  }
}

/** @param {Response} page @returns {Promise<string | undefined>} hash of the scripts that it runs */
async function codeOf(page) {
  return /\/javascripts-([0-9a-f]{12})\//.exec(await page.clone().text())?.[1];
}

/**
 * An answer page works only with the search of its own release. Until the search of the next one is stored whole, the page
 * of the one that is stays beside the new page.
 * @param {Cache} cache @param {string} key @param {Response} fresh
 */
async function keepBefore(cache, key, fresh) {
  const [search, before] = await Promise.all([storedSearch(), cache.match(key)]);
  if (!search || !before) return;
  if ((await codeOf(fresh)) === search.code) await cache.delete(key + BEFORE);
  else if ((await codeOf(before)) === search.code) await cache.put(key + BEFORE, before);
}

/** @param {string} key @returns {Promise<Response | undefined>} */
async function storedPage(key) {
  const cache = await caches.open(PAGES);
  const before = isAnswerPage(key) ? await cache.match(key + BEFORE) : undefined;
  if (before && (await codeOf(before)) === (await storedSearch())?.code) return before;
  return cache.match(key);
}

/** @param {FetchEvent} event @returns {Promise<Response>} */
async function openPage(event) {
  const key = pageKey(event.request.url);
  const stored = await storedPage(key);
  const network = fetch(event.request);
  // said at once: when the network answers late, the event is over
  event.waitUntil(network.then((response) => {
    shownFromStore.delete(key);
    return isPage(response) ? put(PAGES, key, response.clone()) : undefined;
  }, () => {}));
  try {
    if (!stored) return await network;
    const response = await Promise.race([network, patience()]);
    if (response) return response;
    shownFromStore.add(key);
    network.catch(() => {}); // nobody waits for it any more
    return stored;
  } catch {
    shownFromStore.add(key);
    return stored ?? offlinePage(key);
  }
}

/** @returns {Promise<null>} after the time that a connection has, where something stored may answer in its place */
function patience() {
  return new Promise((resolve) => { setTimeout(resolve, PATIENCE_MS, null); });
}

/** @param {FetchEvent} event @param {boolean} immutable @returns {Promise<Response>} */
async function openFile(event, immutable) {
  const { request } = event;
  const stored = await (await caches.open(FILES)).match(request.url);
  if (stored && immutable && request.cache !== "reload") return stored;
  const network = fetch(request);
  event.waitUntil(network.then((response) => (isFile(response) ? put(FILES, request.url, response.clone()) : undefined), () => {}));
  if (!stored) return network;
  return Promise.race([network.catch(() => stored), patience().then(() => stored)]);
}

/** @param {Response} response */
function isPage(response) {
  return response.ok && !response.redirected && response.type === "basic"
    && (response.headers.get("content-type") ?? "").includes("text/html");
}

/** A page where a file should be is a server's way to say that it is missing. @param {Response} response */
function isFile(response) {
  return response.ok && response.type === "basic" && !(response.headers.get("content-type") ?? "").includes("text/html");
}

/** @param {string} name of the cache @param {string} key @param {Response} response */
async function put(name, key, response) {
  try {
    const cache = await caches.open(name);
    if (isAnswerPage(key)) await keepBefore(cache, key, response.clone());
    await cache.put(key, response); // becomes the last, so that the oldest go first
    const keys = await cache.keys();
    if (keys.length <= MOST[name]) return;
    const code = (await storedSearch())?.code;
    const free = keys.filter(({ url }) => !(url.includes("/ask/offline-") || url.endsWith(BEFORE) || url.includes(`/javascripts-${code}/`)));
    for (const old of free.slice(0, keys.length - MOST[name])) await cache.delete(old);
  } catch {
    // no room: then it is not kept
  }
}

/** @param {string} address */
async function fetchInto(address) {
  const path = address.slice(worker.registration.scope.length);
  const file = /^(assets|ask)\//.test(path);
  const name = file ? FILES : PAGES;
  const key = file ? address : pageKey(address);
  try {
    if (file && isImmutable(path) && (await (await caches.open(name)).match(key))) return;
    const response = await fetch(key, { signal: AbortSignal.timeout(LIMIT_MS) });
    if (file ? isFile(response) : isPage(response)) await put(name, key, response);
  } catch {
    // it is kept when it is next read
  }
}

async function keepOfflinePages() {
  const cache = await caches.open(PAGES);
  await Promise.all(LANGUAGES.map(async (lang) => {
    const address = `${worker.registration.scope}ask/offline-${lang}.html`;
    const response = await fetch(address, { cache: "no-cache", signal: AbortSignal.timeout(LIMIT_MS) });
    if (!response.ok) return;
    // as a response of its own: some hosts redirect to an address without .html, and such a one cannot be shown
    await cache.put(address, new Response(await response.text(), { headers: { "content-type": "text/html; charset=utf-8" } }));
  }));
}

/** An honest page in the address' language. Its links start at the site's root, wherever it is shown. @param {string} key */
async function offlinePage(key) {
  const inAddress = key.slice(worker.registration.scope.length).split("/")[0];
  const lang = [inAddress, ...navigator.languages.map((tag) => tag.slice(0, 2))].find((one) => LANGUAGES.includes(one)) ?? LANGUAGES[0];
  const stored = await (await caches.open(PAGES)).match(`${worker.registration.scope}ask/offline-${lang}.html`);
  if (!stored) return Response.error();
  const text = (await stored.text()).replaceAll("{root}", new URL(worker.registration.scope).pathname);
  return new Response(text, { status: 503, headers: { "content-type": "text/html; charset=utf-8", "x-rapport": VERSION } });
}
