// Storage that is missing, forbidden or full is told apart by trying.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { findFault } from "../../docs/assets/javascripts/ask/store.js";

afterEach(() => { Reflect.deleteProperty(globalThis, "caches"); });

/** @param {unknown} value */
const offer = (value) => Object.defineProperty(globalThis, "caches", { value, configurable: true });
/** @param {string} name */
const fail = (name) => async () => { throw new DOMException("no", name); };

/** A store that keeps everything but what `put` refuses. @param {() => Promise<void>} put */
function storageWith(put) {
  /** @type {string[]} */
  const deleted = [];
  offer({ open: async () => ({ put, delete: async (/** @type {string} */ address) => { deleted.push(address); return true; } }) });
  return deleted;
}

test("no storage at all is missing", async () => assert.equal(await findFault(), "missing"));

test("storage that cannot be opened is forbidden", async () => {
  offer({ open: fail("SecurityError") });
  assert.equal(await findFault(), "forbidden");
});

test("storage that opens and takes nothing is forbidden", async () => {
  storageWith(fail("InvalidStateError"));
  assert.equal(await findFault(), "forbidden");
});

test("storage without room is full", async () => {
  storageWith(fail("QuotaExceededError"));
  assert.equal(await findFault(), "full");
});

test("storage that takes something is none of these, and keeps nothing of the trial", async () => {
  const deleted = storageWith(async () => {});
  assert.equal(await findFault(), null);
  assert.equal(deleted.length, 1);
});
