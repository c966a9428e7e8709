// The pages of no language: the reader's own language comes first, and the choice is remembered. Nobody is sent anywhere.

import { load, save } from "./store.js";

for (const link of document.querySelectorAll("a[data-lang]")) {
  if (!(link instanceof HTMLAnchorElement)) continue;
  const { lang = "" } = link.dataset;
  link.addEventListener("click", () => save("lang", lang));
  const item = link.closest("li.own");
  if (!item) continue;
  // the style sheet already shows it first; now the keyboard meets it first as well
  item.parentElement?.prepend(item);
  const go = link.querySelector("[data-go]");
  if (go instanceof HTMLElement && load("lang") === lang) go.textContent = go.dataset.go ?? "";
}
