// The kill switch: in place of service-worker.js this removes itself and every page that it has stored. The search's own
// files are not its business, and of use without it.
addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(leave()));

async function leave() {
  for (const name of await caches.keys()) {
    if (name.startsWith("rapport-") && name.endsWith(registration.scope)) await caches.delete(name);
  }
  await registration.unregister();
}
