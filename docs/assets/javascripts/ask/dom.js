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
 * Put other parts into a list of guides without losing the reader's place: what was opened stays open, and the focus
 * stays with its guide, or with what has the same id.
 * @param {HTMLElement} holder
 * @param {HTMLElement[]} parts
 * @param {HTMLElement} next what has the focus where the guide that had it is gone
 */
export function replaceGuides(holder, parts, next) {
  const guides = () => /** @type {HTMLElement[]} */ ([...holder.querySelectorAll("[data-guide]")]);
  const open = new Set(guides().filter((guide) => guide.querySelector("details[open]")).map(({ dataset }) => dataset.guide));
  const focused = holder.contains(document.activeElement) ? document.activeElement : null;
  const before = guides().find((guide) => guide.contains(focused));
  const place = focused && before ? [...before.querySelectorAll(focused.localName)].indexOf(focused) : -1;
  holder.replaceChildren(...parts);
  for (const guide of guides()) {
    const details = open.has(guide.dataset.guide) ? guide.querySelector("details") : null;
    if (details) details.open = true;
  }
  if (!focused) return;
  const after = guides().find(({ dataset }) => dataset.guide === before?.dataset.guide);
  const same = document.getElementById(focused.id) ?? after?.querySelectorAll(focused.localName)[place] ?? after?.querySelector("a");
  if (!same) next.tabIndex = -1;
  (same instanceof HTMLElement ? same : next).focus({ preventScroll: true });
}

/**
 * Words of the interface come with the page, as JSON in an attribute.
 * @param {HTMLElement} holder
 * @param {string} name
 * @returns {Record<string, any>}
 */
export function readPhrases(holder, name) {
  return JSON.parse(holder.dataset[name] ?? "{}");
}

/** @returns {string} the page's own language; a translator changes what the document says, but not this */
export function pageLanguage() {
  return document.documentElement.dataset.language ?? "";
}

/**
 * @param {string} text with `{name}` in it
 * @param {Record<string, string | number>} values
 */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/**
 * @param {Record<string, string>} forms of a counted word
 * @param {number} count
 */
export function counted(forms, count) {
  const form = new Intl.PluralRules(pageLanguage()).select(count);
  return fill(forms[form] ?? forms.other, { n: count });
}

/** @param {number} bytes @returns {string} megabytes as the language writes them */
export function megabytes(bytes) {
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  return new Intl.NumberFormat(pageLanguage(), digits).format(bytes / 1e6);
}
