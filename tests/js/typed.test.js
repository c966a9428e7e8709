// Instant results and quotations, on a small knowledge base.

import assert from "node:assert/strict";
import { test } from "node:test";

import { quote as find } from "../../docs/assets/javascripts/ask/quote.js";
import { TypedIndex, isClose, tokenise } from "../../docs/assets/javascripts/ask/typed.js";

/** @param {string} id @param {string} title @param {string[]} situations @param {string[]} [lines] */
const guide = (id, title, situations, lines = []) => ({
  id, theme: "money", title, summary: `${title}.`, situations, sections: [{ id: "steps", heading: "Schritt für Schritt", lines, scripts: [] }], sign: "", script: null, push: null,
});
const index = new TypedIndex({
  lang: "de",
  themes: [],
  guides: [
    guide("invoice", "Der Kunde kann die Rechnung nicht nachvollziehen", ["Die Buchhaltung fragt nach jeder Zeile."], ["Rechnungskopie beilegen"]),
    guide("late", "Die Zahlung bleibt aus", ["Der Kunde zahlt seit Wochen nicht."], ["Freundlich mahnen"]),
    guide("scope", "Größere Änderungen", ["Er will noch etwas."], ["Die Änderung aufschreiben"]),
    guide("japan", "請求書が分かりません", ["値引きを求められた"], ["見積書を出す"]),
  ],
  elsewhere: [], planned: [],
  common: ["der", "die", "nicht", "kunde", "er", "will"],
});
/** @type {(...all: Parameters<typeof find>) => import("../../docs/assets/javascripts/ask/quote.js").Quote} */
function quote(...all) {
  const found = find(...all);
  assert.ok(found);
  return found;
}
/** @param {string} question */
const first = (question) => index.search(question, 5)[0]?.guide.id;

for (const [typed, id] of [
  ["rechnung", "invoice"], ["rech", "invoice"], ["rehcnung", "invoice"], ["Rechnugn", "invoice"], ["kopie", "invoice"],
  ["grosere anderung", "scope"], ["ZAHLUNG", "late"], ["mahne", "late"], ["請求", "japan"], ["見積", "japan"],
]) test(`finds ${typed}`, () => assert.equal(first(typed), id));

test("finds nothing for words that are nowhere", () => assert.deepEqual(index.search("xylophon qwertz", 5), []));
// most of a long text is about something else than what a guide says
const DAYS = [
  "先週はたいへん忙しく", "電車も遅れて", "昼食をとる暇もなく", "夜は雨に降られ", "翌朝は熱が出て寝込みました", "家族が心配して", "薬を買ってきてくれ",
  "窓の外では子犬が吠え", "桜も散りかけていたのに", "友だちの結婚式には", "間に合いそうもなく", "祖母へ手紙だけ送って", "古い映画を二本続けて",
  "眺めながら眠ってしまい", "次の朝早く駅まで走り", "切符売り場で財布を忘れ", "仕方なく歩いて帰ると", "玄関先に荷物が届き", "箱を開けたら林檎でした",
];
const LONG = {
  late: ["Die Zahlung bleibt aus, der Kunde zahlt seit Wochen nicht, freundlich mahnen.", Array.from({ length: 72 }, (_, at) => `belanglos${at}xyz`).join(" ")],
  japan: ["請求書が分かりません。値引きを求められた。", DAYS.join("。")],
};
for (const [id, [told, around]] of Object.entries(LONG)) {
  test(`a long text finds ${id}, and without what it says of it nothing`, () => {
    assert.equal(index.search(`${told} ${around}`, 5)[0]?.guide.id, id);
    assert.deepEqual(index.search(around, 5), []);
  });
}
test("one known word of a short question is not enough", () => {
  assert.deepEqual(index.search("xylophon qwertz blaufisch tapir zeile", 5), []);
});
test("a word says more in a short line than in a long one, and more in two lines than in one", () => {
  const lines = { long: ["Umschlag und noch vieles mehr", "Kleinigkeit"], short: ["Umschlag", "Kleinigkeit"], twice: ["Umschlag", "Umschlag"] };
  const small = new TypedIndex({ ...index.texts, guides: Object.entries(lines).map(([id, own]) => guide(id, "Titel", [], own)) });
  assert.deepEqual(small.search("umschlag", 5).map((hit) => hit.guide.id), ["twice", "short", "long"]);
});
test("an endless word is no word, and compared with none", () => {
  assert.ok(index.near("buchhaltungen").length);
  assert.deepEqual(index.near(`buchhaltung${"x".repeat(50)}`), []);
});
test("an empty question finds nothing", () => assert.deepEqual(index.search("", 5), []));
test("Japanese counts in pairs", () => assert.deepEqual(tokenise("請求書 案"), ["請求", "求書", "案"]));
test("one mistake is close, two only in long words", () => {
  assert.ok(isClose("kunde", "kudne"));
  assert.ok(!isClose("kunde", "kanne"));
  assert.ok(isClose("rechnungen", "rehcnugnen"));
});

test("a quote marks telling words and leaves the others", () => {
  const [invoice] = index.texts.guides;
  const found = quote(index, "der Kunde fragt nach einer Zeile der Rechnung", invoice, "steps", 0);
  assert.equal(found.text, "Die Buchhaltung fragt nach jeder Zeile.");
  const marked = found.marks.map(([from, to]) => found.text.slice(from, to));
  assert.ok(found.shared && marked.includes("Zeile") && !marked.includes("Die"));
});
test("a guide that shares no telling word says the like in other words", () => {
  const found = quote(index, "xylophon", index.texts.guides[1], "steps", 0);
  assert.deepEqual(found, { shared: false, text: "Der Kunde zahlt seit Wochen nicht.", marks: [] });
});
test("a script and the short answer are found, but not quoted", () => {
  const sections = [
    { id: "short-answer", heading: "Kurz", lines: ["Den Umschlag öffnen"], scripts: [] },
    { id: "what-to-say", heading: "Sagen", lines: [], scripts: ["Den Umschlag nehme ich gern"] },
  ];
  const one = { ...guide("envelope", "Geschenke", ["Er steckt mir etwas zu."]), sections };
  const small = new TypedIndex({ ...index.texts, guides: [...index.texts.guides, one] });
  assert.equal(small.search("umschlag", 5)[0].guide.id, "envelope");
  for (const { id } of sections) assert.equal(quote(small, "umschlag", one, id, 0).text, "Er steckt mir etwas zu.");
});
test("marks in Japanese join neighbouring pairs", () => {
  const found = quote(index, "値引きを求められた", index.texts.guides[3], "steps", 0);
  assert.ok(found.marks.length && found.marks.every(([from, to]) => to > from));
});
