// Where one is in a page.

/** A section counts as read once its heading is so many pixels below the top; a jump leaves it above that. */
const READING_LINE = 140;

/**
 * @param {string[]} [without] ids that do not count
 * @returns {string} id of the section that is being read, empty at the top of the page
 */
export function sectionInView(without = []) {
  let found = "";
  for (const heading of document.querySelectorAll("main h2[id]")) {
    if (without.includes(heading.id) || !heading.checkVisibility()) continue;
    if (heading.getBoundingClientRect().top > READING_LINE) break;
    found = heading.id;
  }
  return found;
}
