// What the list below the search box marks and cuts.

import assert from "node:assert/strict";
import { test } from "node:test";

import { cutAround, findHits, meantTokens } from "../../docs/assets/javascripts/ask/hits.js";
import { TypedIndex } from "../../docs/assets/javascripts/ask/typed.js";

/** @typedef {import("../../docs/assets/javascripts/ask/hits.js").Marked} Marked */

/** @param {string} id @param {string} title */
const guide = (id, title) => ({ id, theme: "money", title, summary: "", situations: [], sections: [], sign: "", script: null, push: null });
const titles = ["Der Kunde versteht die Rechnung nicht", "Die Zahlung bleibt aus", "Клиент не понимает счёт", "請求書の内容がわからない"];
const index = new TypedIndex({
  lang: "de", themes: [], guides: titles.map((title, at) => guide(String(at), title)), elsewhere: [], planned: [], common: ["der", "die", "nicht", "kunde"],
});
/** @param {Marked} text */
const shown = ({ text, marks }) => marks.map(([from, to]) => text.slice(from, to));

for (const [typed, title, marked] of /** @type {[string, number, string[]][]} */ ([
  ["rech", 0, ["Rechnung"]], ["Rechnugn", 0, ["Rechnung"]], ["der kunde", 0, []], ["zahlung bleibt", 1, ["Zahlung", "bleibt"]],
  ["счет", 2, ["счёт"]], ["請求書", 3, ["請求書"]],
])) {
  test(`marks what ${typed} found`, () => {
    const marks = findHits(titles[title], meantTokens(index, typed));
    assert.deepEqual(shown({ text: titles[title], marks }), marked);
  });
}

test("a long line is cut around its first mark", () => {
  const text = `${"vorher ".repeat(20)}Rechnung ${"nachher ".repeat(20)}`.trim();
  const cut = cutAround({ text, marks: findHits(text, new Set(["rechnung"])) });
  assert.deepEqual(shown(cut), ["Rechnung"]);
  assert.ok(cut.text.length <= 94 && cut.text.startsWith("… ") && cut.text.endsWith(" …"));
  /** @type {Marked} */
  const sentence = { text: `${"vorher ".repeat(20)}Ende. Die Rechnung kommt.`, marks: [[150, 158]] };
  assert.equal(cutAround(sentence).text, "… Die Rechnung kommt.");
  /** @type {Marked} */
  const short = { text: "Rechnung", marks: [[0, 8]] };
  assert.deepEqual(cutAround(short), short);
});
test("Japanese is cut at half the length", () => {
  const text = `${"前".repeat(80)}請求書${"後".repeat(80)}`;
  const cut = cutAround({ text, marks: [[80, 83]] });
  assert.deepEqual(shown(cut), ["請求書"]);
  assert.ok(cut.text.length <= 49);
});
