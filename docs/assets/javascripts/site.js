// What every page can do with JavaScript: switch scheme, close menus, keep the place when the language changes.
// Pages read and work without any of it.

import { sectionInView } from "./place.js";
import { follow, save } from "./store.js";

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
  follow("scheme", (scheme) => {
    if (scheme === "light" || scheme === "dark") root.dataset.scheme = scheme;
    else delete root.dataset.scheme;
    show();
  });
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

/** What stands below a guide has other contents in each language. */
const BELOW = ["related", "versions", "basis"];

/** A language link keeps the section and the question, and remembers the choice. */
function initLanguages() {
  let read = location.hash.slice(1);
  addEventListener("hashchange", () => { read = location.hash.slice(1); });
  // the menu is at the top of the page, where no section is in view any more
  addEventListener("scroll", () => { read = sectionInView(BELOW) || read; }, { passive: true });
  for (const link of document.querySelectorAll("a[data-lang]")) {
    if (!(link instanceof HTMLAnchorElement)) continue;
    const original = link.href;
    link.addEventListener("click", () => save("lang", link.dataset.lang ?? ""));
    if ("missing" in link.dataset) continue; // leads to the notice that the page is missing in that language
    const aim = () => {
      const target = new URL(original);
      target.search = location.search;
      const id = sectionInView(BELOW) || read;
      target.hash = document.getElementById(id)?.matches("main [id]") && !BELOW.includes(id) ? id : "";
      link.href = target.href;
    };
    // before anything is done with it: it may be copied, or opened in another tab
    for (const event of ["pointerdown", "focus", "contextmenu", "click"]) link.addEventListener(event, aim);
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
