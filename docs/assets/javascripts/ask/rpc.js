// Ask a worker and wait for its answer; workers answer several questions at once in any order.

import { Failure } from "./release.js";

/** @typedef {(argument: any, notify: (event: any) => void) => any} Handler */

const START_MS = 30_000;

/** A worker's functions, seen from the page. */
export class Remote {
  /**
   * @param {URL} address
   * @param {(event: any) => void} onEvent told of what the worker reports in between
   */
  constructor(address, onEvent = () => {}) {
    this.next = 0;
    /** @type {Map<number, {resolve: (value: any) => void, reject: (error: Failure) => void}>} */
    this.waiting = new Map();
    /** @type {Failure | null} why nothing will be answered any more */
    this.end = null;
    this.hasStarted = false;
    /**
     * Patience with a worker that does not arrive begins when somebody waits for it: it may come on a full connection.
     * @type {ReturnType<typeof setTimeout> | undefined}
     */
    this.late = undefined;
    this.worker = new Worker(address, { type: "module" });
    this.worker.addEventListener("message", ({ data }) => {
      this.hasStarted = true;
      clearTimeout(this.late);
      if (data.started) return;
      if (data.event !== undefined) {
        onEvent(data.event);
        return;
      }
      const call = this.waiting.get(data.id);
      this.waiting.delete(data.id);
      if (data.reason) call?.reject(new Failure(data.reason, data.message));
      else call?.resolve(data.value);
    });
    this.worker.addEventListener("error", (event) => {
      event.preventDefault();
      const failure = new Failure("broken", event.message ?? "the worker cannot be started");
      if (this.hasStarted) this.fail(failure);
      else this.stop(failure);
    });
  }

  /**
   * @param {string} method
   * @param {any} [argument]
   * @param {Transferable[]} [handed] parts of the argument that are handed over, not copied
   * @returns {Promise<any>} rejected with a Failure
   */
  call(method, argument, handed = []) {
    if (this.end) return Promise.reject(this.end);
    if (!this.hasStarted && !this.waiting.size) {
      this.late = setTimeout(() => this.stop(new Failure("network", "the worker does not arrive")), START_MS);
    }
    const id = this.next;
    this.next += 1;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, method, argument }, handed);
    });
  }

  /** @param {Failure} failure */
  fail(failure) {
    for (const { reject } of this.waiting.values()) reject(failure);
    this.waiting.clear();
  }

  /** End the worker; whoever waits is told. */
  close() {
    this.stop(new Failure("cancelled", "closed"));
  }

  /** @param {Failure} failure told to whoever waits, and to whoever calls later */
  stop(failure) {
    clearTimeout(this.late);
    this.worker.terminate();
    this.end ??= failure;
    this.fail(failure);
  }
}

/**
 * Answer calls in a worker.
 * @param {Record<string, Handler>} handlers
 */
export function answer(handlers) {
  postMessage({ started: true });
  addEventListener("message", async ({ data: { id, method, argument } }) => {
    try {
      postMessage({ id, value: await handlers[method](argument, (event) => postMessage({ event })) });
    } catch (error) {
      postMessage({ id, reason: reasonOf(error), message: String(error) });
    }
  });
}

/** @param {unknown} error */
function reasonOf(error) {
  if (error instanceof Failure) return error.reason;
  return error instanceof RangeError || /out of memory|allocat/i.test(String(error)) ? "memory" : "broken";
}
