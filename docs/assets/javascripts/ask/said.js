// What one says, as one pastes it.

const QUOTES = { "„": "“", "«": "»", "「": "」", "‘": "’", "“": "”" };

/**
 * What one says stands in quotation marks; what one pastes does not, unless something stands outside them.
 * Spanish and Russian put the full stop behind the closing mark: it stays, unless the sentence has its own end.
 * @param {string} text
 * @returns {string}
 */
export function withoutQuotes(text) {
  const open = text[0];
  const close = QUOTES[/** @type {keyof typeof QUOTES} */ (open)];
  const stop = text.endsWith(".") ? "." : "";
  if (!close || !text.endsWith(close + stop)) return text;
  const inner = text.slice(1, text.length - stop.length - 1);
  const apart = inner.includes(open) || (close !== "’" && inner.includes(close));
  if (apart) return text;
  return /[.!?…]$/u.test(inner) ? inner : inner + stop;
}
