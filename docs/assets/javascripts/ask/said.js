// What one says, as one pastes it or sets it in quotation marks. Pure. Which marks a language has comes with the page, as
// one text: opening and closing mark, then those that stand inside them, where it has others.

/**
 * What one says stands in quotation marks; what one pastes does not, unless something stands outside them.
 * Spanish and Russian put the full stop behind the closing mark: it stays, unless the sentence has its own end.
 * @param {string} text
 * @param {string} quotes the language's marks
 * @returns {string}
 */
export function withoutQuotes(text, quotes) {
  const [open, close] = quotes;
  const stop = text.endsWith(".") ? "." : "";
  if (!close || !text.startsWith(open) || !text.endsWith(close + stop)) return text;
  const inner = text.slice(1, text.length - stop.length - 1);
  const apart = inner.includes(open) || (close !== "’" && inner.includes(close)); // that mark is the apostrophe too
  if (apart) return text;
  return /[.!?…]$/u.test(inner) ? inner : inner + stop;
}

/**
 * @param {string} text to be set in quotation marks
 * @param {string} quotes the language's marks
 * @returns {string} with the marks that stand inside others, where the language has them; what stood inside stands outside
 */
export function inside(text, quotes) {
  const [open, close, innerOpen, innerClose] = quotes;
  if (!innerClose) return text;
  /** @param {string} from @param {string} to */
  const pair = (from, to) => new RegExp(`${from}([^${from}${to}]*)${to}`, "gu");
  return text.replace(pair(open, close), (_, said) => {
    return innerOpen + said.replace(pair(innerOpen, innerClose), `${open}$1${close}`) + innerClose;
  });
}
