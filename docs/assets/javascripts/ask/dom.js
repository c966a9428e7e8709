// Elements without markup: everything that is shown goes in as text.

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string>} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/**
 * A text with some of it marked.
 * @param {string} text
 * @param {[number, number][]} marks
 * @returns {(Node | string)[]}
 */
export function marked(text, marks) {
  const parts = [];
  let at = 0;
  for (const [from, to] of marks) {
    parts.push(text.slice(at, from), element("mark", {}, text.slice(from, to)));
    at = to;
  }
  return [...parts, text.slice(at)].filter((part) => part !== "");
}

/**
 * Words of the interface come with the page, as JSON in an attribute.
 * @param {HTMLElement} holder
 * @param {string} name
 * @returns {Record<string, any>}
 */
export function readWords(holder, name) {
  return JSON.parse(holder.dataset[name] ?? "{}");
}

/**
 * @param {string} text with `{name}` in it
 * @param {Record<string, string | number>} values
 */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/**
 * @param {string} text to be set in quotation marks
 * @returns {string} with the marks that stand inside others, where a language has them
 */
export function inside(text) {
  if (document.documentElement.lang !== "ja") return text;
  return text.replace(/[「」『』]/gu, (mark) => "『』「」"["「」『』".indexOf(mark)]);
}

/**
 * @param {Record<string, string>} forms of a counted word
 * @param {number} count
 */
export function counted(forms, count) {
  const form = new Intl.PluralRules(document.documentElement.lang).select(count);
  return fill(forms[form] ?? forms.other, { n: count });
}

/** @param {number} bytes @returns {string} megabytes as the language writes them */
export function megabytes(bytes) {
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  return new Intl.NumberFormat(document.documentElement.lang, digits).format(bytes / 1e6);
}
