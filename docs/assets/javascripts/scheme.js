// A classic script in the head: it runs before the first paint, so a chosen scheme does not flash, and controls that
// need scripts are there from the start (without scripts they are not) and push nothing aside later.
(() => {
  document.documentElement.dataset.js = "";
  try {
    const script = /** @type {HTMLScriptElement} */ (document.currentScript);
    const scheme = localStorage.getItem(`rapport.${new URL("../../", script.src).pathname}scheme`); // as in store.js
    if (scheme === "light" || scheme === "dark") document.documentElement.dataset.scheme = scheme;
  } catch {
    // storage may be forbidden; then the system's scheme holds
  }
})();
