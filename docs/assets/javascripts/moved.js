// A classic script in the head of a page that has moved: goes on before anything is drawn, and keeps the section, which a
// refresh would lose. Going back does not lead here again.
(() => {
  const to = document.currentScript?.dataset.to;
  if (to) location.replace(new URL(to, location.href).href + location.hash);
})();
