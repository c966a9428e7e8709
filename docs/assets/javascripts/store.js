// Small values kept in this browser only. Storage may be full or forbidden: then they last as long as the page.

const PREFIX = "rapport.";

/**
 * @param {string} key
 * @returns {string} the stored text, empty where there is none
 */
export function load(key) {
  try {
    return localStorage.getItem(PREFIX + key) ?? "";
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
  } catch {
    // nothing is lost but the memory of it
  }
}
