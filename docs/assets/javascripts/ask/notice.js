// What the reader is told of the full search: a line, a bar, a button.

import { element, fill, megabytes } from "./dom.js";

/** @typedef {import("./state.js").Notice} Told */
/** @typedef {NonNullable<Told["button"]>} Button */

export class Notice {
  /**
   * @param {HTMLElement} place
   * @param {Record<string, any>} phrases
   * @param {HTMLElement} next where the focus goes when a button goes and no other comes
   * @param {(button: Button) => void} onPress
   */
  constructor(place, phrases, next, onPress) {
    this.place = place;
    this.phrases = phrases;
    this.next = next;
    this.onPress = onPress;
    this.status = element("p", { role: "status", class: "load-status" });
    this.rest = element("div", { class: "load-rest" });
    this.bar = element("progress", { "aria-label": phrases.loading_label });
    this.text = element("span", { class: "load-text" });
    this.said = "";
    /** Which bar and button stand there. */
    this.shape = "";
    place.replaceChildren(this.status, this.rest);
    next.addEventListener("blur", () => next.removeAttribute("tabindex")); // it has the focus only for want of a button
  }

  /** @param {Told} told */
  show({ message, total, bar, button }) {
    /** @type {Record<string, string>} */
    const values = total === null ? {} : { total: megabytes(total) };
    const text = message ? fill(this.phrases[message], values) : "";
    if (this.said !== text) this.status.textContent = text; // a translator may have changed what stands there
    this.said = text;
    // not hidden: whoever hears the page is told only what changes in a place that is there
    this.place.classList.toggle("load-shown", Boolean(text || bar || button));
    if (bar) this.advance(bar.progress);
    const shape = `${bar ? "bar" : ""} ${button ?? ""}`;
    if (shape === this.shape) return;
    this.shape = shape;
    const parts = bar ? [this.bar, this.text] : [];
    this.put(...parts, ...(button ? [this.button(button, values)] : []));
  }

  /** @param {import("./state.js").Progress | null} progress */
  advance(progress) {
    if (progress) {
      const { done, total } = progress;
      this.bar.value = done;
      this.bar.max = total;
      this.text.textContent = fill(this.phrases.loading, { done: megabytes(Math.min(done, total)), total: megabytes(total) });
    } else {
      this.bar.removeAttribute("value");
      this.text.textContent = this.phrases.starting;
    }
  }

  /** @param {Button} name @param {Record<string, string>} values */
  button(name, values) {
    const button = element("button", { type: "button", class: "load-button" }, fill(this.phrases[name], values));
    button.addEventListener("click", () => this.onPress(name));
    return button;
  }

  /**
   * Puts these in place of what was there. The focus of a button that goes is not lost: the next one has it.
   * @param {...HTMLElement} parts
   */
  put(...parts) {
    const { activeElement } = document;
    const isHeld = this.rest.contains(activeElement) || activeElement === this.next;
    this.rest.replaceChildren(...parts);
    if (!isHeld) return;
    const button = this.rest.querySelector("button");
    if (!button) this.next.tabIndex = -1;
    (button ?? this.next).focus({ preventScroll: true });
  }
}
