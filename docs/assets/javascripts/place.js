// Where one is in a page.

/** A section counts as read once its heading is so many pixels below the top; a jump leaves it above that. */
const READING_LINE = 140;

/** @returns {string} id of the section that is being read, empty at the top of the page */
export function sectionInView() {
  let found = "";
  for (const heading of document.querySelectorAll("main h2[id]")) {
    if (!heading.checkVisibility()) continue;
    if (heading.getBoundingClientRect().top > READING_LINE) break;
    found = heading.id;
  }
  return found;
}
