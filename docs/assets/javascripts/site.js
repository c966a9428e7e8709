// What every page can do with JavaScript: switch scheme, close menus, keep the place when the language changes.
// Pages read and work without any of it.

import { sectionInView } from "./place.js";
import { save } from "./store.js";

const root = document.documentElement;

/** The scheme button: dark or light, remembered; without a choice the system decides. */
function initScheme() {
  const button = document.querySelector(".scheme");
  if (!(button instanceof HTMLButtonElement)) return;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.scheme ?? (system.matches ? "dark" : "light")) === "dark";
  const show = () => button.setAttribute("aria-pressed", String(isDark()));
  button.addEventListener("click", () => {
    const scheme = isDark() ? "light" : "dark";
    root.dataset.scheme = scheme;
    save("scheme", scheme);
    show();
  });
  system.addEventListener("change", show);
  show();
}

/** Menus close on Escape, on a click elsewhere, and when the focus leaves them. */
function initMenus() {
  for (const menu of document.querySelectorAll("details.menu, details.jump")) {
    if (!(menu instanceof HTMLDetailsElement)) continue;
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.querySelector("summary")?.focus();
    });
    menu.addEventListener("focusout", (event) => {
      if (event.relatedTarget instanceof Node && !menu.contains(event.relatedTarget)) menu.open = false;
    });
    menu.addEventListener("click", (event) => {
      if (event.target instanceof Element && event.target.closest("a")) menu.open = false;
    });
  }
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open], details.jump[open]")) {
      if (event.target instanceof Node && !menu.contains(event.target)) menu.removeAttribute("open");
    }
  });
}

/** A language link keeps the section and the question, and remembers the choice. */
function initLanguages() {
  for (const link of document.querySelectorAll("a[data-lang]")) {
    if (!(link instanceof HTMLAnchorElement)) continue;
    const original = link.href;
    link.addEventListener("click", () => {
      save("lang", link.dataset.lang ?? "");
      if ("missing" in link.dataset) return; // leads to the notice that the page is missing in that language
      const target = new URL(original);
      target.search = location.search;
      target.hash = sectionInView();
      link.href = target.href;
    });
  }
}

/** Tell screen readers why they are in another language: the notice that the address names gets the focus. */
function initNotice() {
  const notice = location.hash.startsWith("#missing-") ? document.getElementById(location.hash.slice(1)) : null;
  if (notice?.classList.contains("notice")) notice.focus();
}

/** `/` goes to the search box, unless one is writing. */
function initShortcut() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target;
    if (target instanceof HTMLElement && (target.isContentEditable || target.closest("input, textarea, select"))) return;
    const box = document.querySelector("main input[type=search], header input[type=search]");
    if (!(box instanceof HTMLElement)) return;
    event.preventDefault();
    box.focus();
  });
}

initScheme();
initMenus();
initLanguages();
initNotice();
initShortcut();
