// Asking a worker: patience with one that does not arrive. `Worker` is a small double.

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { LOAD_MS, Remote } from "../../docs/assets/javascripts/ask/rpc.js";

const PATIENCE_MS = 30_000;
const ANSWER_MS = 20_000;
const address = new URL("http://127.0.0.1/worker.js");

class WorkerDouble extends EventTarget {
  /** @type {WorkerDouble[]} */
  static made = [];

  constructor() {
    super();
    /** @type {{id: number}[]} */
    this.got = [];
    this.isOver = false;
    WorkerDouble.made.push(this);
  }

  /** @param {{id: number}} message */
  postMessage(message) { this.got.push(message); }

  terminate() { this.isOver = true; }

  /** @param {unknown} data */
  send(data) { this.dispatchEvent(new MessageEvent("message", { data })); }
}

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  Object.defineProperty(globalThis, "Worker", { value: WorkerDouble, configurable: true });
});
afterEach(() => {
  mock.timers.reset();
  Reflect.deleteProperty(globalThis, "Worker");
});

test("a worker that nobody waits for may take its time", async () => {
  const remote = new Remote(address);
  const [worker] = WorkerDouble.made.slice(-1);
  mock.timers.tick(10 * PATIENCE_MS);
  const answer = remote.call("start");
  mock.timers.tick(PATIENCE_MS - 1);
  worker.send({ started: true });
  mock.timers.tick(ANSWER_MS - 1);
  worker.send({ id: worker.got[0].id, value: 7 });
  assert.equal(await answer, 7);
  assert.ok(!worker.isOver);
});

test("a worker that does not arrive although somebody waits is given up", async () => {
  const remote = new Remote(address);
  const [worker] = WorkerDouble.made.slice(-1);
  const first = remote.call("start");
  mock.timers.tick(PATIENCE_MS / 2);
  const second = remote.call("open");
  mock.timers.tick(PATIENCE_MS / 2);
  await assert.rejects(first, { reason: "network" });
  await assert.rejects(second, { reason: "network" });
  await assert.rejects(remote.call("embed"), { reason: "network" });
  assert.ok(worker.isOver);
});

test("a worker that dies while somebody waits is given up, and says so to whoever calls later", async () => {
  const remote = new Remote(address);
  const [worker] = WorkerDouble.made.slice(-1);
  worker.send({ started: true });
  const answer = remote.call("ask");
  mock.timers.tick(ANSWER_MS - 1);
  assert.ok(!worker.isOver);
  mock.timers.tick(1);
  await assert.rejects(answer, { reason: "broken" });
  assert.ok(worker.isOver);
  await assert.rejects(remote.call("ask"), { reason: "broken" });
});

test("a worker that tells how far it is may take long", async () => {
  const remote = new Remote(address);
  const [worker] = WorkerDouble.made.slice(-1);
  const loaded = remote.call("load", {}, { limitMs: LOAD_MS });
  mock.timers.tick(PATIENCE_MS - 1);
  worker.send({ started: true });
  for (let step = 0; step < 9; step += 1) {
    mock.timers.tick(LOAD_MS - 1);
    worker.send({ event: { done: step } });
  }
  worker.send({ id: worker.got[0].id, value: 7 });
  assert.equal(await loaded, 7);
  mock.timers.tick(10 * LOAD_MS);
  assert.ok(!worker.isOver, "nobody waits any more");
});

test("a worker that is closed tells whoever waits, and no timer is left", async () => {
  const remote = new Remote(address);
  const waiting = remote.call("start");
  remote.close();
  await assert.rejects(waiting, { reason: "cancelled" });
  mock.timers.tick(PATIENCE_MS);
  await assert.rejects(remote.call("start"), { reason: "cancelled" });
});
