// The pages of no language: the reader's own language comes first, and the choice is remembered. Nobody is sent anywhere.

import { follow, save } from "./store.js";

const root = document.documentElement;
const languages = (root.dataset.languages ?? "").split(" ");
const inAddress = location.pathname.split("/").some((part) => languages.includes(part));

for (const link of document.querySelectorAll("a[data-lang]")) {
  if (!(link instanceof HTMLAnchorElement)) continue;
  const { lang = "" } = link.dataset;
  const item = link.closest("li");
  const go = link.querySelector("[data-go]");
  const plain = go?.textContent ?? "";
  link.addEventListener("click", () => save("lang", lang));
  follow("lang", (chosen) => {
    if (item && languages.includes(chosen) && !inAddress) {
      item.classList.toggle("own", chosen === lang);
      root.lang = chosen;
    }
    // the style sheet already shows it first; now the keyboard meets it first as well
    if (item?.classList.contains("own")) item.parentElement?.prepend(item);
    if (go instanceof HTMLElement) go.textContent = chosen === lang ? (go.dataset.go ?? "") : plain;
  });
}
