// Small values kept in this browser only, shared by all tabs. Storage may be full or forbidden: then they last as long as
// the page.

/** Two sites of one origin keep theirs apart; `scheme.js` and `own.js` read by the same names. */
const PREFIX = `rapport.${new URL("../../", import.meta.url).pathname}`;

/** @type {Map<string, string>} what could not be stored */
const unkept = new Map();

/**
 * @param {string} key
 * @returns {string} the stored text, empty where there is none
 */
export function load(key) {
  try {
    return unkept.get(key) ?? localStorage.getItem(PREFIX + key) ?? "";
  } catch {
    return "";
  }
}

/**
 * @param {string} key
 * @param {string} value an empty text removes the key
 */
export function save(key, value) {
  try {
    if (value) localStorage.setItem(PREFIX + key, value);
    else localStorage.removeItem(PREFIX + key);
    unkept.delete(key);
  } catch {
    unkept.set(key, value);
  }
}

/**
 * Show a value as it is now, and again whenever another tab has changed it, or this page comes back as it was left.
 * @param {string} key
 * @param {(value: string) => void} show
 */
export function follow(key, show) {
  const again = () => show(load(key));
  addEventListener("storage", (event) => {
    if (event.key === null || event.key === PREFIX + key) again();
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) again();
  });
  again();
}
