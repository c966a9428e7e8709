// Fields of a script that a reader fills in: tap and type, and copying takes what stands there. Whoever replaces a name in
// the reply has replaced it in the letter too. Nothing is stored, and nothing leaves the page.

import { counted, fill } from "./ask/dom.js";

/** @param {Element} box @returns {HTMLElement[]} */
const slotsIn = (box) => /** @type {HTMLElement[]} */ ([...box.querySelectorAll(".slot")]);

/** @param {HTMLElement} slot */
function select(slot) {
  const range = document.createRange();
  range.selectNodeContents(slot);
  const selection = getSelection();
  selection?.removeAllRanges();
  selection?.addRange(range);
}

/** @param {HTMLElement} slot */
function makeEditable(slot) {
  try {
    slot.contentEditable = "plaintext-only";
  } catch {
    slot.contentEditable = "true"; // a browser that does not know the other one
  }
}

/**
 * @param {HTMLElement} body of a guide; what it says of itself names the fields
 */
export function initSlots(body) {
  const slots = slotsIn(body);
  if (!slots.length) return;
  body.classList.add("has-slots");
  for (const slot of slots) {
    const original = slot.textContent ?? "";
    slot.dataset.original = original;
    slot.setAttribute("role", "textbox");
    slot.setAttribute("aria-label", fill(body.dataset.slotLabel ?? "", { text: original }));
    slot.spellcheck = false;
    makeEditable(slot);
    slot.addEventListener("focus", () => select(slot));
    slot.addEventListener("keydown", (event) => {
      if (event.isComposing) return; // Enter ends a conversion, Escape takes it back
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault();
      slot.blur();
    });
    slot.addEventListener("paste", (event) => {
      event.preventDefault();
      const text = (event.clipboardData?.getData("text/plain") ?? "").replace(/\s+/gu, " ");
      const selection = getSelection();
      if (!selection?.rangeCount) return;
      selection.getRangeAt(0).deleteContents();
      selection.getRangeAt(0).insertNode(document.createTextNode(text));
      selection.collapseToEnd();
      slot.dispatchEvent(new Event("input"));
    });
    slot.addEventListener("input", () => take(slot, slots));
    slot.addEventListener("blur", () => {
      if (!slot.textContent?.trim()) slot.textContent = original;
      else if (slot.textContent !== slot.textContent.trim()) slot.textContent = slot.textContent.trim();
      take(slot, slots);
    });
  }
}

/**
 * What stands in a field stands in all that were the same.
 * @param {HTMLElement} slot
 * @param {HTMLElement[]} slots
 */
function take(slot, slots) {
  const { original } = slot.dataset;
  const filled = slot.textContent !== original && slot.textContent?.trim() !== "";
  for (const other of slots) {
    if (other.dataset.original !== original) continue;
    if (other !== slot) other.textContent = filled ? slot.textContent : (original ?? "");
    other.classList.toggle("filled", filled);
  }
}

/**
 * @param {HTMLElement} body
 * @param {Element} box
 * @returns {string} how many fields of a box still hold what the guide wrote; empty where none does
 */
export function openSlots(body, box) {
  const open = slotsIn(box).filter((slot) => !slot.classList.contains("filled")).length;
  return open ? counted(JSON.parse(body.dataset.slotsOpen ?? "{}"), open) : "";
}
