// What the list below the search box marks and cuts.

import assert from "node:assert/strict";
import { test } from "node:test";

import { cutAround, findHits, meantWords } from "../../docs/assets/javascripts/ask/hits.js";
import { WordIndex } from "../../docs/assets/javascripts/ask/words.js";

const guide = (id, title) => ({ id, theme: "money", title, summary: "", situations: [], sections: [], script: null });
const titles = ["Der Kunde versteht die Rechnung nicht", "Die Zahlung bleibt aus", "Клиент не понимает счёт", "請求書の内容がわからない"];
const index = new WordIndex({
  lang: "de", themes: [], guides: titles.map((title, at) => guide(String(at), title)), planned: [], common: ["der", "die", "nicht", "kunde"],
});
const shown = ({ text, marks }) => marks.map(([from, to]) => text.slice(from, to));

for (const [typed, title, marked] of [
  ["rech", 0, ["Rechnung"]], ["Rechnugn", 0, ["Rechnung"]], ["der kunde", 0, []], ["zahlung bleibt", 1, ["Zahlung", "bleibt"]],
  ["счет", 2, ["счёт"]], ["請求書", 3, ["請求書"]],
]) {
  test(`marks what ${typed} found`, () => {
    const marks = findHits(titles[title], meantWords(index, typed));
    assert.deepEqual(shown({ text: titles[title], marks }), marked);
  });
}

test("a long line is cut around its first mark", () => {
  const text = `${"vorher ".repeat(20)}Rechnung ${"nachher ".repeat(20)}`.trim();
  const cut = cutAround({ text, marks: findHits(text, new Set(["rechnung"])) });
  assert.deepEqual(shown(cut), ["Rechnung"]);
  assert.ok(cut.text.length <= 94 && cut.text.startsWith("… ") && cut.text.endsWith(" …"));
  const sentence = { text: `${"vorher ".repeat(20)}Ende. Die Rechnung kommt.`, marks: [[150, 158]] };
  assert.equal(cutAround(sentence).text, "… Die Rechnung kommt.");
  const short = { text: "Rechnung", marks: [[0, 8]] };
  assert.deepEqual(cutAround(short), short);
});
test("Japanese is cut at half the length", () => {
  const text = `${"前".repeat(80)}請求書${"後".repeat(80)}`;
  const cut = cutAround({ text, marks: [[80, 83]] });
  assert.deepEqual(shown(cut), ["請求書"]);
  assert.ok(cut.text.length <= 49);
});
