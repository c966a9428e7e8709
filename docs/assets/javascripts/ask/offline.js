// Reading offline: register the service worker, and tell it what this page consists of.

import { CODE, ROOT } from "./release.js";

const WORKER_MS = 3000;
const RENEW_MS = 20_000;

/** @returns {Promise<void>} done when pages are being kept, or when this browser cannot */
export async function registerWorker() {
  if (!("serviceWorker" in navigator)) return;
  if (document.readyState !== "complete") await new Promise((resolve) => { addEventListener("load", resolve, { once: true }); });
  try {
    await navigator.serviceWorker.register(`${ROOT}service-worker.js`, { scope: ROOT, updateViaCache: "none" });
  } catch {
    // forbidden or not offered: pages need the network, as everywhere
  }
}

/** @returns {Promise<boolean>} whether this page was shown from the store, because the network did not answer */
export async function wasStored() {
  const controller = navigator.serviceWorker?.controller;
  if (!controller) return false;
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(data === true);
    setTimeout(resolve, WORKER_MS, false);
  });
  controller.postMessage({ wasStored: location.href }, [port2]);
  return answer;
}

/** @param {string[]} addresses to be there without a connection */
export async function keep(addresses) {
  if (!(await registration())) return;
  const { active } = await navigator.serviceWorker.ready;
  active?.postMessage({ keep: addresses.filter((address) => address.startsWith(ROOT)) });
}

/** The page that registers the worker was loaded before it could see anything. */
export async function keepPage() {
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
  const files = loaded.filter((name) => name.startsWith(`${ROOT}assets/`));
  await keep([location.origin + location.pathname, ...files]);
}

/**
 * Everything that asking needs besides the chunks, which are kept by those who fetch them.
 * @param {import("./release.js").Manifest} manifest
 * @param {string} lang
 */
export async function keepSearch(manifest, lang) {
  const scripts = manifest.scripts.map((name) => new URL(`../${name}`, import.meta.url).href);
  const modules = Object.values(manifest.modules ?? {}).map((name) => `${ROOT}ask/${name}`);
  await keep([`${ROOT}${lang}/ask/`, ...scripts, ...modules]);
}

/**
 * Scripts and modules, which nobody verifies, fetched anew by whoever cannot start them. What cannot be fetched stays as it
 * is, and the scripts of another release are left alone: the search that is stored may need them.
 */
export async function renewScripts() {
  try {
    const cache = await caches.open(`rapport-files ${ROOT}`);
    const ours = (await cache.keys()).filter(({ url }) => url.includes(`/javascripts-${CODE}/`) || /\/runtime-[0-9a-f]+\//.test(url));
    await Promise.all(ours.map(async ({ url }) => {
      const response = await fetch(url, { cache: "reload", signal: AbortSignal.timeout(RENEW_MS) });
      const isScript = response.ok && !response.headers.get("content-type")?.includes("text/html");
      if (isScript) await cache.put(url, response);
    }).map((renewed) => renewed.catch(() => {})));
  } catch {
    // nothing is stored
  }
}

/** @returns {Promise<ServiceWorkerRegistration | undefined>} this site's own: a site around it may have one too */
async function registration() {
  if (!("serviceWorker" in navigator)) return undefined;
  const found = await navigator.serviceWorker.getRegistration(ROOT);
  return found?.scope === ROOT ? found : undefined;
}

/** The kill switch from the page's side: a release that does not want pages kept removes what keeps them. */
export async function forgetPages() {
  await (await registration())?.unregister();
}
