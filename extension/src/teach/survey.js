/**
 * Looks at an unknown chat page by where things stand: the reply box, the lines above it and the edge
 * that each lies along, the name over them, the list of conversations beside them.
 */
import { visibleText } from "../page/bubble.js";
import { lowestBox, threadOver, wordsOver } from "../page/layout.js";
import { outermostColours, paneOf, rangeOf } from "../page/shape.js";
import { linesIn } from "./groups.js";

/** Lines of one side begin on one edge, give or take a tail, in pixels. */
const EDGE = 12;

/** An edge lies within this share of the thread's width: room for a face. */
const NEAR = 0.3;

/** Shadow roots in shadow roots that are looked into. */
const DEEP = 4;

/** The part of a line that holds this share of its words is what it says. */
const MOST = 0.6;

/** Lines looked at from the end. */
const LINES = 60;

/**
 * @typedef {object} Line
 * @property {Element} item
 * @property {"" | "shopper" | "agent"} from "" where nothing tells
 * @property {Element | null} words the part that holds what was said
 * @property {string} text
 * @property {boolean} certain false where a line reaches from edge to edge: it may be anybody's
 */

/**
 * @typedef {object} Survey
 * @property {Element} list
 * @property {Line[]} lines
 * @property {Element} box
 * @property {Element | null} name
 */

/** @param {Document} document @returns {Survey | null} */
export function survey(document) {
  const found = rootsIn(document).flatMap((root) => {
    const box = lowestBox(root);
    const list = box && threadOver(box, { list: null, items: 0 });
    return box && list
      ? [{ list, box, lines: linesOf(list), name: wordsOver(list)?.parentElement ?? null }]
      : [];
  });
  const said = (/** @type {Survey} */ { lines }) => lines.filter(({ text }) => text).length;
  return found.sort((a, b) => said(b) - said(a))[0] ?? null;
}

/** The document, and the open shadow roots in it. @param {Document} document @returns {(Document | ShadowRoot)[]} */
function rootsIn(document) {
  /** @type {(Document | ShadowRoot)[]} */
  const out = [document];
  let level = out;
  for (let depth = 0; depth < DEEP && level.length; depth++) {
    level = level.flatMap((root) =>
      [...root.querySelectorAll("*")].flatMap((element) =>
        element.shadowRoot && element.localName !== "bangda-teach" ? [element.shadowRoot] : [],
      ),
    );
    out.push(...level);
  }
  return out;
}

/**
 * The lines of a list with the side that each lies on: along the left edge the shopper's, along the
 * right one the shop's.
 * @param {Element} list
 * @returns {Line[]}
 */
export function linesOf(list) {
  const pane = paneOf(list);
  const places = linesIn(list)
    .slice(-LINES)
    .map((item) => placeOf(item, pane));
  const said = places.filter(({ text }) => text);
  const left = Math.min(...said.map((place) => place.left));
  const right = Math.min(...said.map((place) => place.right));
  const near = pane.width * NEAR;
  return places.map(({ item, words, text, ...place }) => {
    const onLeft = text !== "" && left < near && place.left - left <= EDGE;
    const onRight = text !== "" && right < near && place.right - right <= EDGE;
    const from = onLeft === onRight ? "" : onLeft ? "shopper" : "agent";
    return { item, from, words, text, certain: !(onLeft && onRight) };
  });
}

/** @param {Element} item @param {{left: number, right: number, width: number}} pane */
function placeOf(item, pane) {
  const coloured = outermostColours(item, pane.width);
  // A face of letters is coloured, too, and smaller.
  const bubble = coloured.sort((a, b) => areaOf(b) - areaOf(a))[0];
  const words = bubble ?? mainWords(item);
  const drawn = (bubble ?? (words && rangeOf(words)))?.getBoundingClientRect();
  // A component has its words in a tree of its own.
  const bounds = drawn?.width ? drawn : words?.getBoundingClientRect();
  const text = words && bounds?.width ? visibleText(words) : "";
  return {
    item,
    words: text ? words : null,
    text,
    left: (bounds?.left ?? 0) - pane.left,
    right: pane.right - (bounds?.right ?? 0),
  };
}

/** @param {Element} element */
function areaOf(element) {
  const { width, height } = element.getBoundingClientRect();
  return width * height;
}

/** The innermost part that holds most of what a line says. @param {Element} item @returns {Element | null} */
function mainWords(item) {
  const all = visibleText(item).length;
  if (!all) return null;
  let part = item;
  for (;;) {
    const inner = [...part.children].find((child) => visibleText(child).length >= all * MOST);
    if (!inner) return part;
    part = inner;
  }
}
