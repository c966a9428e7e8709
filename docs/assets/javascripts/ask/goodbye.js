// The kill switch: in place of service-worker.js this removes itself and every page that it has stored. The search's own
// files are not its business, and of use without it.
const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

worker.addEventListener("install", () => worker.skipWaiting());
worker.addEventListener("activate", (event) => event.waitUntil(leave()));

async function leave() {
  for (const name of await caches.keys()) {
    if (name.startsWith("rapport-") && name.endsWith(worker.registration.scope)) await caches.delete(name);
  }
  await worker.registration.unregister();
}
