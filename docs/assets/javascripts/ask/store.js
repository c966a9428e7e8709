// Where the files of a release are kept in this browser.

const CACHE = "rapport-search";

/** The Cache API without its failures: what cannot be read is not there, what cannot be written is not kept. */
export class Store {
  /** @param {Cache} cache */
  constructor(cache) {
    this.cache = cache;
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
    } catch {
      return false;
    }
  }

  /** @param {string} address */
  async delete(address) {
    await this.cache.delete(address).catch(() => false);
  }
}

/** @returns {Promise<Store | null>} null where storage is forbidden or missing */
export async function openStore() {
  try {
    return new Store(await caches.open(CACHE));
  } catch {
    return null;
  }
}
