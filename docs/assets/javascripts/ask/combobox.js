// The search box of every page: a combobox after the pattern of WAI-ARIA over a plain form, which works without it.

import { keepWhole } from "./address.js";
import { counted, element, fill, marked } from "./dom.js";
import { inside } from "./said.js";
import { cleanQuestion } from "./question.js";
import { cardUrl } from "./show.js";

/** @typedef {import("./finder.js").Finder} Finder */

const LIMIT = 6;
const PAUSE_MS = 90;
const MARGIN = 8;

/**
 * @param {HTMLFormElement} form
 * @param {Finder} finder
 * @param {Record<string, any>} phrases
 * @param {{onFocus: () => void}} options
 */
export function makeCombobox(form, finder, phrases, { onFocus }) {
  const input = form.querySelector("input");
  if (!input) return;
  const list = element("ul", { role: "listbox", id: `${input.id}-list`, "aria-label": phrases.suggestions, class: "suggestions" });
  const status = element("p", { role: "status", class: "visually-hidden" });
  list.hidden = true;
  form.append(list, status);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id, "aria-haspopup": "listbox",
  })) input.setAttribute(name, value);

  let active = -1;
  let serial = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const options = () => /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[role=option]:not([aria-disabled])")]);

  /** @param {number} at */
  const activate = (at) => {
    options()[active]?.setAttribute("aria-selected", "false");
    active = at;
    const option = options()[at];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  };

  const close = () => {
    serial += 1;
    clearTimeout(timer);
    list.hidden = true;
    activate(-1);
    input.setAttribute("aria-expanded", "false");
  };

  const show = async () => {
    const mine = (serial += 1);
    const question = cleanQuestion(input.value);
    if (!question) {
      close();
      status.textContent = "";
      return;
    }
    let found;
    try {
      found = await finder.suggest(question, LIMIT);
    } catch {
      return; // the form still leads to the page where one is told why
    }
    if (mine !== serial || document.activeElement !== input) return;
    const items = found.map((guide) => {
      const why = guide.why ? [element("span", { class: "suggestion-why" }, ...marked(guide.why.text, guide.why.marks))] : [];
      const item = option(element("span", { class: "suggestion-title" }, ...marked(guide.title, guide.marks)), ...why);
      item.dataset.href = cardUrl(guide);
      return item;
    });
    if (!items.length) {
      const none = option(phrases.no_suggestions); // a list holds only options: this one cannot be chosen
      none.setAttribute("aria-disabled", "true");
      none.classList.add("suggestion-none");
      items.push(none);
    }
    const ask = option(element("span", {}, fill(phrases.ask, { question: inside(question, phrases.quotes) })));
    ask.classList.add("suggestion-ask");
    active = -1;
    list.replaceChildren(...items, ask);
    options().forEach((item, at) => { item.id = `${list.id}-${at}`; });
    input.removeAttribute("aria-activedescendant");
    list.hidden = false;
    // the last option, to ask, shall be in view, above a phone's keyboard too
    const bottom = visualViewport ? visualViewport.offsetTop + visualViewport.height : innerHeight;
    list.style.setProperty("--room", `${bottom - list.getBoundingClientRect().top - MARGIN}px`);
    input.setAttribute("aria-expanded", "true");
    status.textContent = found.length ? counted(phrases.by_words, found.length) : phrases.none;
  };

  /** @param {HTMLElement | undefined} item */
  const choose = (item) => {
    if (item?.dataset.href) location.assign(item.dataset.href);
    else form.requestSubmit();
  };

  input.addEventListener("focus", onFocus);
  input.addEventListener("input", () => {
    activate(-1); // Enter asks what stands in the box, not what was chosen for the text before
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const count = options().length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) {
        show();
        return;
      }
      const step = event.key === "ArrowDown" ? 1 : -1;
      // past either end the box itself is next, as in a circle
      activate(((active + 1 + step + count + 1) % (count + 1)) - 1);
    } else if (event.key === "Enter" && active >= 0 && !list.hidden) {
      event.preventDefault();
      choose(options()[active]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === "Tab") close();
  });
  form.addEventListener("focusout", (event) => {
    if (!(event.relatedTarget instanceof Node) || !form.contains(event.relatedTarget)) close();
  });
  addEventListener("pagehide", close); // a page that is come back to is as it was left
  form.addEventListener("submit", (event) => {
    close();
    const question = cleanQuestion(input.value);
    const beginning = keepWhole(question);
    if (beginning === question) return; // the plain form does it
    event.preventDefault();
    location.assign(`${form.action}?${new URLSearchParams({ q: beginning })}`);
  });
  // a page that comes back as it was left has no list open
  addEventListener("pageshow", (event) => {
    if (event.persisted) close();
  });
  // the box keeps the focus while one clicks into the list
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const item = event.target instanceof Element ? event.target.closest("[role=option]:not([aria-disabled])") : null;
    if (item instanceof HTMLElement) choose(item);
  });
}

/** @param {...(Node | string)} children */
function option(...children) {
  return element("li", { role: "option", "aria-selected": "false" }, ...children);
}
