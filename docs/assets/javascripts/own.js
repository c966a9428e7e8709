// A classic script in the head of the pages of no language: which language is the reader's own is known before the
// first paint, so nothing moves. On 404 it is the one in the address, else the one chosen before, else the browser's.
(() => {
  const root = document.documentElement;
  const languages = (root.dataset.languages ?? "").split(" ");
  let chosen = "";
  try {
    const script = /** @type {HTMLScriptElement} */ (document.currentScript);
    chosen = localStorage.getItem(`rapport.${new URL("../../", script.src).pathname}lang`) ?? ""; // as in store.js
  } catch {
    // storage may be forbidden
  }
  const browsers = (navigator.languages ?? []).map((tag) => tag.toLowerCase().split("-")[0]);
  const own = [...location.pathname.split("/"), chosen, ...browsers].find((lang) => languages.includes(lang));
  if (!own) return;
  root.lang = own;
  // while the page is being read, before it is painted
  const marked = new MutationObserver(() => {
    for (const item of document.querySelectorAll(`li[lang="${own}"]`)) item.classList.add("own");
  });
  marked.observe(root, { childList: true, subtree: true });
  addEventListener("DOMContentLoaded", () => marked.disconnect());
})();
