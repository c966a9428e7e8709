// What one says without its quotation marks, and in others.

import assert from "node:assert/strict";
import { test } from "node:test";

import { inside, withoutQuotes } from "../../docs/assets/javascripts/ask/said.js";

const GERMAN = "„“‚‘";
const SPANISH = "«»“”";
const RUSSIAN = "«»„“";
const DUTCH = "‘’";
const JAPANESE = "「」『』";

for (const [quotes, text, pasted] of [
  [GERMAN, "„Gern, ‚sofort‘ sogar.“", "Gern, ‚sofort‘ sogar."],
  [SPANISH, "«Lo miro hoy».", "Lo miro hoy."],
  [SPANISH, "«¿Lo miro hoy?».", "¿Lo miro hoy?"],
  [SPANISH, "«Se puede.\n\nTe digo el precio antes de irme».", "Se puede.\n\nTe digo el precio antes de irme."],
  [RUSSIAN, "«Можно. Завтра пришлю цену».", "Можно. Завтра пришлю цену."],
  [DUTCH, "‘Ik mail het vanmiddag, zo’n halfuur.’", "Ik mail het vanmiddag, zo’n halfuur."],
  [JAPANESE, "「承知しました。」", "承知しました。"],
]) {
  test(`${text} is pasted without its quotation marks`, () => assert.equal(withoutQuotes(text, quotes), pasted));
}

for (const [quotes, text] of [
  [GERMAN, "„Ja.“ Dann warten. „Gut.“"], [GERMAN, "Ruhig: „Ja.“"], [RUSSIAN, "«Да», и всё"], [GERMAN, "«Ja.»"], [GERMAN, ""],
]) {
  test(`marks stay where others or something outside: ${text}`, () => assert.equal(withoutQuotes(text, quotes), text));
}

for (const [quotes, text, quoted] of [
  [JAPANESE, "「いつもの」と言われた", "『いつもの』と言われた"],
  [JAPANESE, "「『例の件』は？」と言われた", "『「例の件」は？』と言われた"],
  [GERMAN, "„Zu teuer“ und „zu spät“", "‚Zu teuer‘ und ‚zu spät‘"],
  [SPANISH, "«caro»", "“caro”"],
  [DUTCH, "zo’n ‘klein’ foutje", "zo’n ‘klein’ foutje"],
  [GERMAN, "“Zu teuer“", "“Zu teuer“"],
  [JAPANESE, "『約款』とは", "『約款』とは"],
]) {
  test(`${text} is set in ${quotes}`, () => assert.equal(inside(text, quotes), quoted));
}
