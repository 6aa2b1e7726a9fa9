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
  const lines = thread ? [{ ...thread, top: Math.max(thread.top, thread.bottom - NEWEST) }] : [];
  const others = rows?.isConnected ? inScrollers(rows, all) : null;
  return {
    box: parts.map((rect) => seen(rect, all)).filter((rect) => rect !== null),
    lines,
    rows: others ? [others] : [],
  };
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
