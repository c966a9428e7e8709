// The kill switch: in place of service-worker.js this removes itself and everything that it has stored.
addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(leave()));

async function leave() {
  for (const name of await caches.keys()) {
    if (name.startsWith("rapport-") && (name.endsWith(registration.scope) || name === "rapport-search")) await caches.delete(name);
  }
  await registration.unregister();
}
