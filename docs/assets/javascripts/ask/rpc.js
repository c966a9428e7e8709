// Ask a worker and wait for its answer; workers answer several questions at once in any order.

import { Failure } from "./release.js";

/** @typedef {(argument: any, notify: (event: any) => void) => any} Handler */

const START_MS = 30_000;

/** A worker that is silent for so long while somebody waits for an answer is no more: nobody is told when one dies. */
const ANSWER_MS = 20_000;

/** The same where files are fetched first: those who fetch have limits of their own, and tell when something arrives. */
export const LOAD_MS = 120_000;

/** A worker's functions, seen from the page. */
export class Remote {
  /**
   * @param {URL} address
   * @param {(event: any) => void} onEvent told of what the worker reports in between
   */
  constructor(address, onEvent = () => {}) {
    this.next = 0;
    /**
     * @type {Map<number, {resolve: (value: any) => void, reject: (error: Failure) => void, limitMs: number,
     *   timer?: ReturnType<typeof setTimeout>}>}
     */
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
      const call = this.waiting.get(data.id);
      clearTimeout(call?.timer);
      this.waiting.delete(data.id);
      this.waitOn(); // whoever says anything is alive
      if (data.started) return;
      if (data.event !== undefined) {
        onEvent(data.event);
        return;
      }
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
   * @param {{handed?: Transferable[], limitMs?: number}} [options] `handed`: parts of the argument that are handed over,
   *   not copied; `limitMs`: after so long a silence the worker is given up
   * @returns {Promise<any>} rejected with a Failure
   */
  call(method, argument, { handed = [], limitMs = ANSWER_MS } = {}) {
    if (this.end) return Promise.reject(this.end);
    if (!this.hasStarted && !this.waiting.size) {
      this.late = setTimeout(() => this.stop(new Failure("network", "the worker does not arrive")), START_MS);
    }
    const id = this.next;
    this.next += 1;
    return new Promise((resolve, reject) => {
      const call = { resolve, reject, limitMs };
      this.waiting.set(id, call);
      if (this.hasStarted) this.limit(call);
      this.worker.postMessage({ id, method, argument }, handed);
    });
  }

  /** Patience with all that is waited for begins anew. */
  waitOn() {
    for (const call of this.waiting.values()) this.limit(call);
  }

  /** @param {{limitMs: number, timer?: ReturnType<typeof setTimeout>}} call */
  limit(call) {
    clearTimeout(call.timer);
    call.timer = setTimeout(() => this.stop(new Failure("broken", "the worker does not answer")), call.limitMs);
  }

  /** @param {Failure} failure */
  fail(failure) {
    for (const { reject, timer } of this.waiting.values()) {
      clearTimeout(timer);
      reject(failure);
    }
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
