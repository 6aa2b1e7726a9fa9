/**
 * Where the caret of a reply box is, and what stands before it.
 */

import { selectionIn } from "./selection.js";

/** What of a field's look decides where its text stands. */
const LOOK = [
  "boxSizing",
  "width",
  "font",
  "letterSpacing",
  "lineHeight",
  "padding",
  "border",
  "textIndent",
  "textAlign",
  "tabSize",
  "wordBreak",
];

/** @param {HTMLElement} box */
const isField = (box) => box instanceof HTMLTextAreaElement || box instanceof HTMLInputElement;

/**
 * The text before the caret; null while it is not known or something is selected.
 * @param {HTMLElement} box
 * @returns {string | null}
 */
export function textBefore(box) {
  if (isField(box)) {
    const { value, selectionStart, selectionEnd } = /** @type {HTMLTextAreaElement} */ (box);
    return selectionStart === null || selectionStart !== selectionEnd ? null : value.slice(0, selectionStart);
  }
  const range = rangeIn(box);
  if (!range?.collapsed) return null;
  const before = range.cloneRange();
  before.selectNodeContents(box);
  before.setEnd(range.startContainer, range.startOffset);
  return before.toString();
}

/**
 * Holds on to where the caret is, while the keyboard is elsewhere.
 * @param {HTMLElement} box
 * @returns {{goBack: () => void}} takes the keyboard back to the box and the caret to its place
 */
export function keepPlace(box) {
  const range = isField(box) ? null : rangeIn(box)?.cloneRange();
  return {
    goBack: () => {
      // A field keeps its own; an editable element has the browser put the caret at its start.
      box.focus();
      if (!range || !box.contains(range.startContainer)) return;
      const { startContainer, startOffset, endContainer, endOffset } = range;
      selectionIn(box)?.setBaseAndExtent(startContainer, startOffset, endContainer, endOffset);
    },
  };
}

/** @param {HTMLElement} box @returns {Range | null} */
function rangeIn(box) {
  const selection = selectionIn(box);
  if (!selection?.rangeCount) return null;
  const range = selection.getRangeAt(0);
  return box.contains(range.startContainer) ? range : null;
}

/**
 * @param {HTMLElement} box
 * @returns {{left: number, top: number, bottom: number}} in the window; the box's own corner where the caret
 *   cannot be found
 */
export function caretPlace(box) {
  const around = box.getBoundingClientRect();
  const corner = { left: around.left, top: around.top, bottom: Math.min(around.bottom, around.top + 24) };
  const rect = isField(box)
    ? fieldCaret(/** @type {HTMLTextAreaElement} */ (box))
    : (rangeIn(box)?.getBoundingClientRect() ?? null);
  if (!rect || (rect.left === 0 && rect.top === 0)) return corner;
  const inside = rect.left >= around.left - 1 && rect.left <= around.right + 1;
  return inside ? { left: rect.left, top: rect.top, bottom: rect.bottom } : corner;
}

/** By a copy of the field that holds the text before the caret. @param {HTMLTextAreaElement} field */
function fieldCaret(field) {
  const document = field.ownerDocument;
  const style = /** @type {any} */ (getComputedStyle(field));
  const copy = document.createElement("div");
  for (const name of LOOK) /** @type {any} */ (copy.style)[name] = style[name];
  const rect = field.getBoundingClientRect();
  Object.assign(copy.style, {
    position: "fixed",
    left: `${rect.left}px`,
    top: `${rect.top - field.scrollTop}px`,
    visibility: "hidden",
    pointerEvents: "none",
    whiteSpace: field.tagName === "INPUT" ? "pre" : "pre-wrap",
    overflowWrap: "break-word",
  });
  const mark = document.createElement("span");
  mark.textContent = "|";
  copy.append(field.value.slice(0, field.selectionStart ?? 0), mark);
  document.documentElement.append(copy);
  const place = mark.getBoundingClientRect();
  copy.remove();
  return place;
}
