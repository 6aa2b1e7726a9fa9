/**
 * What of a seller's page a panel over it must not cover: the reply box with everything around it that
 * belongs to it (tools, send button), the newest lines, and, where there is room, the list of
 * conversations.
 * @typedef {{left: number, top: number, right: number, bottom: number}} Rect
 */

import { scrolls } from "./find.js";

/** The part around the box is at most this share of the window's height. */
const PART = 0.45;

/** So much of the thread's lower end is where new lines come, in pixels. */
const NEWEST = 200;

/** A thread that ends this far above the box is short: new lines come below it, not in place of old ones. */
const SHORT = 80;

/** What a bubble has around its words, in pixels. */
const PADDING = 14;

/** Pieces of text that are looked at from the end: more than stand in 200 pixels. */
const WORDS = 60;

const SEND = /^\s*(发\s*送|send)/i;

/**
 * @param {Element | null} box the reply box
 * @param {Element | null} list what holds the lines
 * @param {Element | null} [rows] what holds the list of conversations
 * @returns {{box: Rect[], lines: Rect[], rows: Rect[]}}
 */
export function keepClear(box, list, rows = null) {
  const view = (box ?? list)?.ownerDocument.defaultView;
  if (!view) return { box: [], lines: [], rows: [] };
  const all = { left: 0, top: 0, right: view.innerWidth, bottom: view.innerHeight };
  const parts = box ? [partAround(box, list, all.bottom), ...sendButtons(box, list)] : [];
  const thread = list && seen(rectOf(list), all);
  const floor = Math.min(all.bottom, ...parts.map(({ top }) => top));
  const others = rows?.isConnected ? inScrollers(rows, all) : null;
  return {
    box: parts.map((rect) => seen(rect, all)).filter((rect) => rect !== null),
    lines: list && thread ? newestIn(list, thread, floor) : [],
    rows: others ? [others] : [],
  };
}

/**
 * Where the newest lines are: the lower end of the thread, where lines come and go. In a short thread
 * they are where their words are; as one block they would leave room neither above nor below it, and
 * beside them there is plenty.
 * @param {Element} list
 * @param {Rect} thread the part of the list in sight
 * @param {number} floor where the box begins
 * @returns {Rect[]}
 */
function newestIn(list, thread, floor) {
  const words = lastWords(list, thread);
  const last = Math.max(...words.map(({ bottom }) => bottom));
  if (words.length && last < floor - SHORT) return words.filter(({ bottom }) => bottom > last - NEWEST);
  return [{ ...thread, top: Math.max(thread.top, thread.bottom - NEWEST) }];
}

/**
 * The last words of a list with what is around them in a bubble; none where they are in trees of their
 * own.
 * @param {Element} list @param {Rect} thread
 */
function lastWords(list, thread) {
  const walker = list.ownerDocument.createTreeWalker(list, NodeFilter.SHOW_TEXT);
  /** @type {Rect[]} */
  const out = [];
  for (let node = lastText(walker), n = 0; node && n < WORDS; node = walker.previousNode(), n++) {
    if (!node.nodeValue?.trim()) continue;
    const range = list.ownerDocument.createRange();
    range.selectNodeContents(node);
    const { left, top, right, bottom } = range.getBoundingClientRect();
    const around = {
      left: left - PADDING,
      top: top - PADDING,
      right: right + PADDING,
      bottom: bottom + PADDING,
    };
    const inSight = right > left && seen(around, thread);
    if (inSight) out.push(inSight);
  }
  return out;
}

/** @param {TreeWalker} walker @returns {Node | null} */
function lastText(walker) {
  /** @type {Node | null} */
  let deepest = walker.root;
  while (deepest?.lastChild) deepest = deepest.lastChild;
  walker.currentNode = deepest ?? walker.root;
  return deepest?.nodeType === Node.TEXT_NODE ? deepest : walker.previousNode();
}

/** A long list is cut by what scrolls it. @param {Element} rows @param {Rect} all @returns {Rect | null} */
function inScrollers(rows, all) {
  let rect = seen(rectOf(rows), all);
  for (let up = rows.parentElement; rect && up && up !== up.ownerDocument.body; up = up.parentElement)
    if (scrolls(up)) rect = seen(rect, rectOf(up));
  return rect;
}

/** The widest part that belongs to the box alone. @param {Element} box @param {Element | null} list @param {number} height */
function partAround(box, list, height) {
  let part = rectOf(box);
  for (let up = box.parentElement; up && up !== up.ownerDocument.body; up = up.parentElement) {
    const rect = rectOf(up);
    if ((list && up.contains(list)) || rect.bottom - rect.top > height * PART) break;
    part = joined(part, rect);
  }
  return part;
}

/**
 * Buttons that send, where a page has them outside of the box's own part.
 * @param {Element} box @param {Element | null} list
 */
function sendButtons(box, list) {
  let around = /** @type {Element | null} */ (box.parentElement);
  while (around && list && !around.contains(list)) around = around.parentElement;
  const buttons = [...(around?.querySelectorAll("button, [role=button], [class*='send' i]") ?? [])];
  return buttons
    .filter((button) => !list?.contains(button) && SEND.test(button.textContent ?? ""))
    .map((button) => rectOf(button));
}

/** @param {Element} element @returns {Rect} */
function rectOf(element) {
  const { left, top, right, bottom } = element.getBoundingClientRect();
  return { left, top, right, bottom };
}

/** @param {Rect} a @param {Rect} b @returns {Rect} */
const joined = (a, b) => ({
  left: Math.min(a.left, b.left),
  top: Math.min(a.top, b.top),
  right: Math.max(a.right, b.right),
  bottom: Math.max(a.bottom, b.bottom),
});

/** The part of it in the window; null for none. @param {Rect} rect @param {Rect} view @returns {Rect | null} */
function seen(rect, view) {
  const inside = {
    left: Math.max(rect.left, view.left),
    top: Math.max(rect.top, view.top),
    right: Math.min(rect.right, view.right),
    bottom: Math.min(rect.bottom, view.bottom),
  };
  return inside.right > inside.left && inside.bottom > inside.top ? inside : null;
}
