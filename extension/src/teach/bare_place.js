/**
 * Where the bar that asks stands: what it asks about must not lie beneath it.
 */

const EDGE_PX = 8;
/** How dense the page is looked at below the bar, in pixels: a line of text is not missed. */
const STEP = { x: 36, y: 10 };

/**
 * The place that covers the fewest words, the upper right corner where several do.
 * @param {Document} document
 * @param {{width: number, height: number}} size
 * @returns {{left: number, top: number}} in the window, px
 */
export function barestPlace(document, { width, height }) {
  const { innerWidth, innerHeight } = /** @type {Window} */ (document.defaultView);
  const right = Math.max(EDGE_PX, innerWidth - width - EDGE_PX);
  const middle = Math.max(EDGE_PX, (innerHeight - height) / 2);
  const centre = Math.max(EDGE_PX, (innerWidth - width) / 2);
  const places = [
    { left: right, top: EDGE_PX },
    { left: centre, top: EDGE_PX },
    { left: EDGE_PX, top: EDGE_PX },
    { left: right, top: middle },
    { left: centre, top: middle },
    { left: EDGE_PX, top: middle },
  ];
  let barest = places[0];
  let fewest = Number.POSITIVE_INFINITY;
  for (const place of places) {
    const words = wordsBelow(document, place, { width, height });
    if (words < fewest) [barest, fewest] = [place, words];
  }
  return barest;
}

/**
 * @param {Document} document
 * @param {{left: number, top: number}} place
 * @param {{width: number, height: number}} size
 */
function wordsBelow(document, { left, top }, { width, height }) {
  let count = 0;
  for (let y = top; y <= top + height; y += STEP.y)
    for (let x = left; x <= left + width; x += STEP.x)
      if (hasWords(document.elementFromPoint(x, y))) count += 1;
  return count;
}

/** @param {Element | null} element */
const hasWords = (element) =>
  element !== null &&
  (element.matches("textarea, input, [contenteditable]") ||
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.nodeValue?.trim()));
