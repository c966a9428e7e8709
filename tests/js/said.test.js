// node --test tests/site/
import assert from "node:assert/strict";
import { test } from "node:test";

import { withoutQuotes } from "../../docs/assets/javascripts/ask/said.js";

test("a reply is pasted without its quotation marks", () => {
  assert.equal(withoutQuotes("„Gern, ‚sofort‘ sogar.“"), "Gern, ‚sofort‘ sogar.");
  assert.equal(withoutQuotes("«Lo miro hoy»."), "Lo miro hoy.");
  assert.equal(withoutQuotes("«¿Lo miro hoy?»."), "¿Lo miro hoy?");
  assert.equal(withoutQuotes("«Se puede.\n\nTe digo el precio antes de irme»."), "Se puede.\n\nTe digo el precio antes de irme.");
  assert.equal(withoutQuotes("«Можно. Завтра пришлю цену»."), "Можно. Завтра пришлю цену.");
  assert.equal(withoutQuotes("‘Ik mail het vanmiddag, zo’n halfuur.’"), "Ik mail het vanmiddag, zo’n halfuur.");
  assert.equal(withoutQuotes("「承知しました。」"), "承知しました。");
});

test("marks stay where something stands outside them", () => {
  for (const text of ["„Ja.“ Dann warten. „Gut.“", "Ruhig: „Ja.“", "«Да», и всё", ""]) assert.equal(withoutQuotes(text), text);
});
