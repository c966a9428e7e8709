// A guide page: copy buttons, the checklist's memory, where one is, printing. Everything that it needs comes with the page:
// after another release has taken the place of this one, nothing could be fetched any more.

import { initCopyButton } from "./ask/copy.js";
import { withoutQuotes } from "./ask/said.js";
import { sectionInView } from "./place.js";
import { initSlots, openSlots } from "./slots.js";
import { follow, load, save } from "./store.js";

/**
 * Text of a script or example as one pastes it into a mail: paragraphs apart, spaces ordinary but after figures.
 * @param {Element} box
 * @param {string} quotes the language's quotation marks
 * @returns {string}
 */
function copyText(box, quotes) {
  const said = box.querySelector(".said, .sheet-body");
  if (!said) return "";
  const subject = box.querySelector(".sheet-subject")?.textContent?.trim();
  const paragraphs = [...said.children].map((child) => {
    const copy = /** @type {Element} */ (child.cloneNode(true));
    for (const br of copy.querySelectorAll("br")) br.replaceWith("\n");
    if (copy instanceof HTMLTableElement) return [...copy.rows].map(rowText).join("\n");
    if (!["OL", "UL"].includes(copy.tagName)) return copy.textContent?.trim() ?? "";
    return [...copy.children].map((item, at) => `${copy.tagName === "OL" ? `${at + 1}.` : "-"} ${item.textContent?.trim()}`).join("\n");
  });
  let text = [...(subject ? [subject] : []), ...paragraphs].filter(Boolean).join("\n\n");
  if (box.classList.contains("script")) text = withoutQuotes(text, quotes);
  return text.replace(/(?<!\d)\u00a0(?![\d€%])/gu, " ");
}

/** @param {HTMLTableRowElement} row @returns {string} as a spreadsheet takes it, and a mail shows it */
function rowText(row) {
  return [...row.cells].map((cell) => cell.textContent?.trim()).join("\t");
}

/** @param {HTMLElement} body */
function initCopy(body) {
  for (const button of body.querySelectorAll("button.copy")) {
    if (!(button instanceof HTMLButtonElement)) continue;
    const box = button.closest("figure");
    if (!box) continue;
    const status = initCopyButton(button, () => copyText(box, body.dataset.quotes ?? ""), (done) => {
      return done ? [body.dataset.copied, openSlots(body, box)].filter(Boolean).join(", ") : (body.dataset.copyFailed ?? "");
    });
    button.after(status);
  }
}

/**
 * Ticks are kept per guide, the same in all languages, by position.
 * @param {HTMLElement} body
 * @param {string} guide
 */
function initChecklist(body, guide) {
  const boxes = [...body.querySelectorAll(".task input")].filter((box) => box instanceof HTMLInputElement);
  if (!boxes.length) return;
  const key = `ticks.${guide}`;
  const ticked = (/** @type {string} */ value) => new Set(value.split(",").filter(Boolean).map(Number));
  boxes.forEach((box, at) => {
    box.addEventListener("change", () => {
      const stored = ticked(load(key)); // another tab may have ticked since
      if (box.checked) stored.add(at + 1);
      else stored.delete(at + 1);
      save(key, [...stored].sort((one, other) => one - other).join(","));
    });
  });
  follow(key, (value) => {
    const stored = ticked(value);
    boxes.forEach((box, at) => { box.checked = stored.has(at + 1); });
  });
}

/** Mark the section that is being read in the table of contents, and name it on the phone's bar. */
function initPlace() {
  const links = /** @type {HTMLAnchorElement[]} */ ([...document.querySelectorAll(".rail a, .jump a")]);
  const now = document.querySelector(".jump-now");
  let waiting = false;
  const show = () => {
    waiting = false;
    const id = sectionInView();
    for (const link of links) {
      if (link.hash.slice(1) === id) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    if (now) now.textContent = links.find((link) => link.hash.slice(1) === id)?.textContent ?? "";
  };
  addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(show);
  }, { passive: true });
  show();
}

function init() {
  const article = document.querySelector("[data-guide]");
  const body = article?.querySelector(".guide-body");
  if (!(article instanceof HTMLElement) || !(body instanceof HTMLElement)) return;
  initSlots(body);
  initCopy(body);
  initChecklist(body, article.dataset.guide ?? "");
  initPlace();
  const button = body.querySelector("button.print");
  if (button instanceof HTMLButtonElement) {
    button.addEventListener("click", () => print());
  }
}

init();
