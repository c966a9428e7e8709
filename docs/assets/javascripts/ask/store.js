// Where the files of a release are kept in this browser.

const CACHE = "rapport-search";

/** @typedef {"missing" | "forbidden" | "full"} Fault why nothing can be kept */

/** The Cache API without its failures: what cannot be read is not there, what cannot be written is not kept. */
export class Store {
  /** @param {Cache} cache */
  constructor(cache) {
    this.cache = cache;
    /** @type {Fault | null} why something could not be stored */
    this.fault = null;
  }

  /** @param {string} address @returns {Promise<Response | undefined>} */
  async match(address) {
    return this.cache.match(address).catch(() => undefined);
  }

  /** @returns {Promise<string[]>} addresses of all that is stored */
  async addresses() {
    const requests = await this.cache.keys().catch(() => []);
    return requests.map(({ url }) => url);
  }

  /** @param {string} address @param {Uint8Array<ArrayBuffer> | string} body @param {string} type @returns {Promise<boolean>} whether there was room */
  async put(address, body, type) {
    try {
      await this.cache.put(address, new Response(body, { headers: { "content-type": type } }));
      return true;
    } catch (error) {
      this.fault = faultOf(error);
      return false;
    }
  }

  /** @param {string} address */
  async delete(address) {
    await this.cache.delete(address).catch(() => false);
  }
}

/** @param {unknown} error @returns {Fault} */
export function faultOf(error) {
  if (error instanceof DOMException && error.name === "QuotaExceededError") return "full";
  return typeof caches === "undefined" ? "missing" : "forbidden";
}

/** @returns {Promise<Fault | null>} why nothing can be kept, found out by trying: what is offered may still be refused */
export async function findFault() {
  const store = await openStore();
  if (!store) return faultOf(null);
  const address = new URL("probe", import.meta.url).href;
  await store.put(address, "1", "text/plain");
  await store.delete(address);
  return store.fault;
}

/** @returns {Promise<Store | null>} null where storage is forbidden or missing */
export async function openStore() {
  try {
    return new Store(await caches.open(CACHE));
  } catch {
    return null;
  }
}
