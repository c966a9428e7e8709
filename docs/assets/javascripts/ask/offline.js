// Reading offline: register the service worker, and tell it what this page consists of.

import { ROOT } from "./release.js";

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
  const answer = new Promise((resolve) => { port1.onmessage = ({ data }) => resolve(data === true); });
  controller.postMessage({ wasStored: location.href }, [port2]);
  return answer;
}

/** @param {string[]} addresses to be there without a connection */
export async function keep(addresses) {
  if (!("serviceWorker" in navigator) || !(await navigator.serviceWorker.getRegistration(ROOT))) return;
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

/** Scripts and modules, which nobody verifies: whoever cannot start them asks the network anew. */
export async function forgetScripts() {
  try {
    const cache = await caches.open(`rapport-files ${ROOT}`);
    for (const request of await cache.keys()) {
      if (/\/(javascripts|runtime)-[0-9a-f]+\//.test(request.url)) await cache.delete(request);
    }
  } catch {
    // nothing is stored
  }
}

/** The kill switch from the page's side: a release that does not want pages kept removes what keeps them. */
export async function forgetPages() {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.getRegistration(ROOT);
  await registration?.unregister();
}
