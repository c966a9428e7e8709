// A button that copies, and says for a moment what came of it.

import { element } from "./dom.js";

const SHOWN_MS = 2500;

/**
 * @param {HTMLButtonElement} button
 * @param {() => string} text what to copy
 * @param {(done: boolean) => string} message what came of it
 * @returns {HTMLElement} the same for whoever hears the page, to be put beside the button
 */
export function initCopyButton(button, text, message) {
  const label = button.textContent;
  const status = element("span", { class: "visually-hidden", role: "status" });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @param {boolean} done @param {string} shown @param {string} heard */
  const say = (done, shown, heard) => {
    button.textContent = shown;
    button.classList.toggle("done", done);
    status.textContent = heard;
  };
  button.addEventListener("click", async () => {
    let done = true;
    try {
      await navigator.clipboard.writeText(text());
    } catch {
      done = false;
    }
    const said = message(done);
    say(done, said, said);
    clearTimeout(timer);
    timer = setTimeout(() => say(false, label, ""), SHOWN_MS);
  });
  return status;
}
