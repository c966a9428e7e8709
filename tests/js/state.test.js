// The answer page's state by its table of cases.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parse } from "yaml";

import { FIRST, cardsOf, next, noticeOf, statusOf, stepOf, wishes } from "../../docs/assets/javascripts/ask/state.js";

/** @typedef {import("../../docs/assets/javascripts/ask/state.js").Event} Event */

const cases = parse(readFileSync(new URL("../cases/page.yml", import.meta.url), "utf8"));

/** @param {Event[]} events */
const after = (events) => events.reduce(next, FIRST);

for (const { why, events, load, stage, asks, status, notice, cards } of cases.state) {
  test(why, () => {
    const state = after(events);
    if (load) assert.deepEqual(state.load, load);
    if (stage !== undefined) assert.equal(state.results?.stage ?? null, stage);
    if (asks) assert.deepEqual(Object.fromEntries(Object.entries(wishes(state)).filter(([, key]) => key)), asks);
    if (status) assert.deepEqual(statusOf(state), status);
    if (cards) {
      assert.ok(state.results?.stage === "full");
      const { fitting, near } = cardsOf(state.results);
      const ids = (/** @type {typeof near} */ all) => all.map(({ id }) => id);
      assert.deepEqual({ fitting: ids(fitting), near: ids(near) }, cards);
    }
    if (notice) assert.deepEqual(noticeOf(state), { total: null, ...notice });
  });
}

for (const { why, before, change, gives } of cases.step) {
  test(why, () => {
    const state = after(before.map((/** @type {object} */ one) => ({ type: "addressed", ...one })));
    assert.equal(stepOf(state, change), gives);
  });
}

test("an event that changes nothing leaves the same state", () => {
  const state = after([{ type: "asked", question: "q", full: true }, { type: "free" }]);
  for (const event of /** @type {Event[]} */ ([
    { type: "free" }, { type: "late", run: 0 }, { type: "ready", run: 0, fault: null }, { type: "failed", run: 0 },
    { type: "typed", turn: 0, cards: [] }, { type: "obstacle", obstacle: "saver", total: 1 },
  ])) assert.equal(next(state, event), state, event.type);
});
