/**
 * Finds the parts of a chat page by where they stand: the reply box at the bottom, the lines that
 * scroll above it, the strip over them.
 * @typedef {import("./thread.js").Snapshot} Snapshot
 */
import { firstOf } from "./cut.js";
import { OVERLAP, scrolls, shows } from "./find.js";

/** A reply box and a thread are at least this wide, in pixels. */
const WIDE = 150;

/** A thread is at least this high, in pixels. */
const HIGH = 100;

/** A line takes at least this share of the thread's width. */
const LINE = 0.6;

/** Containers looked into below a scrolling box: wrappers of lists. */
const DEEP = 4;

/** A strip over the thread is at most this high; what is higher is no header. */
const STRIP = 120;

/** A name is no longer than this. */
const NAME_CHARACTERS = 40;

/** Reply boxes in order of likelihood: a field of one line is more often for a search. */
const BOXES = [
  'textarea, [contenteditable]:not([contenteditable="false"])',
  "input:not([type]), input[type=text]",
];

/** @param {Document | ShadowRoot} root @returns {HTMLElement | null} the visible editable nearest the bottom */
export function lowestBox(root) {
  const bottom = (/** @type {Element} */ e) => e.getBoundingClientRect().bottom;
  for (const css of BOXES) {
    const all = /** @type {HTMLElement[]} */ ([...root.querySelectorAll(css)]);
    const fit = all.filter((e) => shows(e) && e.getBoundingClientRect().width >= WIDE);
    if (fit.length) return fit.sort((a, b) => bottom(b) - bottom(a))[0];
  }
  return null;
}

/**
 * The list of lines above the reply box: the one that a name still finds, or the scrolling box in the
 * reply box's own column that holds most.
 * @param {Element} box
 * @param {Pick<Snapshot, "list" | "items">} named
 * @returns {Element | null}
 */
export function threadOver(box, named) {
  if (named.list && named.items > 0 && stands(named.list, box)) return named.list;
  const page = box.ownerDocument.documentElement;
  for (let column = box.parentNode; column && column !== page; column = column.parentNode) {
    const parts = [.../** @type {ParentNode} */ (/** @type {unknown} */ (column)).querySelectorAll("*")];
    const lists = parts.filter((element) => stands(element, box) && scrolls(element)).map(listIn);
    // The box may scroll along with the lines over it.
    if (!lists.length && column instanceof Element && scrolls(column))
      lists.push(...parts.filter((element) => isOver(element, box)).map(listIn));
    const best = lists.sort((a, b) => b.lines - a.lines)[0];
    if (best) return best.lines > 1 ? best.element : null;
  }
  return null;
}

/** Above the box, or reaching down behind one that floats over it; over its middle. @param {Element} element @param {Element} box */
function stands(element, box) {
  const own = element.getBoundingClientRect();
  const below = box.getBoundingClientRect();
  if (own.height < HIGH || !isOver(element, box, Number.POSITIVE_INFINITY)) return false;
  const behind = own.bottom >= below.bottom && own.top + HIGH <= below.top;
  return own.bottom <= below.top + OVERLAP || behind;
}

/**
 * Wide as lines are, and nowhere lower than the box, give or take what they may overlap.
 * @param {Element} element @param {Element} box @param {number} [overlap]
 */
function isOver(element, box, overlap = OVERLAP) {
  const own = element.getBoundingClientRect();
  const below = box.getBoundingClientRect();
  const middle = below.left + below.width / 2;
  if (own.width < WIDE || element.contains(box) || box.contains(element)) return false;
  return own.bottom <= below.top + overlap && own.left < middle && middle < own.right;
}

/** The container in a scrolling box with most children as wide as lines are. @param {Element} scroller */
function listIn(scroller) {
  const least = scroller.clientWidth * LINE;
  const lines = (/** @type {Element} */ element) =>
    [...element.children].filter((child) => child.getBoundingClientRect().width >= least).length;
  let best = { element: scroller, lines: lines(scroller) };
  let level = [scroller];
  for (let depth = 0; depth < DEEP; depth++) {
    level = level.flatMap((element) => [...element.children]);
    // Only wrappers are gone into: a line of many parts is no list.
    if (level.length > DEEP) break;
    for (const element of level) if (lines(element) > best.lines) best = { element, lines: lines(element) };
  }
  return best;
}

/**
 * The lines from top to bottom.
 * @param {Element} list
 * @param {Snapshot} named
 */
export function itemsOf(list, named) {
  const found =
    named.list === list && named.items > 0 ? named.bubbles.map(({ node }) => node) : [...list.children];
  const tops = new Map(found.map((element) => [element, element.getBoundingClientRect().top]));
  return found.sort((a, b) => (tops.get(a) ?? 0) - (tops.get(b) ?? 0));
}

/** The first words in the strip over the thread: who is being answered; "" where there is none. @param {Element} list */
export const headerOver = (list) => firstOf((wordsOver(list)?.data ?? "").trim(), NAME_CHARACTERS);

/** @param {Element} list @returns {Text | null} */
export function wordsOver(list) {
  const pane = list.getBoundingClientRect();
  for (let node = list; node.parentElement; node = node.parentElement) {
    for (let above = node.previousElementSibling; above; above = above.previousElementSibling) {
      const strip = above.getBoundingClientRect();
      const over = strip.bottom <= pane.top + 1 && strip.left < pane.right && strip.right > pane.left;
      if (!over || !strip.height || strip.height > STRIP) continue;
      const name = firstWords(above);
      if (name) return name;
    }
  }
  return null;
}

/** @param {Element} element @returns {Text | null} */
function firstWords(element) {
  const walk = element.ownerDocument.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const words = /** @type {Text} */ (walk.currentNode);
    if (words.data.trim()) return words;
  }
  return null;
}
