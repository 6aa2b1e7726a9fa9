/** Draws the page's plots and draws them again when their width changes. */
import { drawAll } from "./figures.js";

let width = 0;
const watch = new ResizeObserver(() => {
  if (Math.abs(document.body.clientWidth - width) < 2) return;
  width = document.body.clientWidth;
  drawAll(document);
});
watch.observe(document.body);
