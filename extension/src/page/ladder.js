/**
 * Puts text into a reply box so that the page's own state has it. Measured on textareas under
 * React, Vue 2 and Vue 3, on React's contenteditable, Quill, Slate, Lexical and ProseMirror:
 * each rung works on some of them and is harmless on the others, in this order. No key is
 * pressed and nothing is clicked, so a page that sends on Enter cannot send.
 */

import { visibleText } from "./bubble.js";

/** Placeholders and the like, which editors draw inside the box. */
const PARTS_NOT_TYPED = ['[contenteditable="false"]'];

/** @typedef {HTMLTextAreaElement | HTMLInputElement} Field */

/** @param {Element} box @returns {box is Field} */
export function isField(box) {
  return box.tagName === "TEXTAREA" || box.tagName === "INPUT";
}

/**
 * What stands in the box, line breaks as "\n".
 * @param {Element} box
 */
export function textOf(box) {
  if (isField(box)) return box.value;
  return visibleText(box, PARTS_NOT_TYPED).replace(/[\u200b\ufeff]/gu, "");
}

/**
 * Inserts at the caret (at the end when the caret is elsewhere), or over everything.
 * @param {HTMLElement} box
 * @param {string} text
 * @param {{all?: boolean}} [options]
 * @returns {string} the rung that took, "" when none did
 */
export function insertText(box, text, options = {}) {
  return isField(box) ? intoField(box, text, options) : intoEditable(box, text, options);
}

/** @param {Field} field @param {string} text @param {{all?: boolean}} options */
function intoField(field, text, { all }) {
  const written = field.tagName === "INPUT" ? text.replace(/\s*\n\s*/gu, " ") : text;
  // A selection is not written over: nothing that a person typed goes without their doing.
  const end = all ? field.value.length : (field.selectionEnd ?? field.value.length);
  const start = all ? 0 : end;
  const wanted = field.value.slice(0, start) + written + field.value.slice(end);
  field.focus();
  field.setSelectionRange(start, end);
  // execCommand keeps the page's undo, but does nothing while another document has the focus.
  const document = field.ownerDocument;
  if (document.hasFocus() && document.execCommand("insertText", false, written) && field.value === wanted)
    return "exec";
  if (field.value !== wanted) setValue(field, wanted, written);
  field.setSelectionRange(start + written.length, start + written.length);
  return field.value === wanted ? "setter" : "";
}

/** Past the framework's own value property, which hides changes from it. @param {Field} field @param {string} value @param {string} data */
function setValue(field, value, data) {
  const view = /** @type {Window & typeof globalThis} */ (field.ownerDocument.defaultView);
  const prototype = field.tagName === "INPUT" ? view.HTMLInputElement : view.HTMLTextAreaElement;
  Object.getOwnPropertyDescriptor(prototype.prototype, "value")?.set?.call(field, value);
  field.dispatchEvent(new view.InputEvent("input", { bubbles: true, inputType: "insertText", data }));
}

/** @param {HTMLElement} box @param {string} text @param {{all?: boolean}} options */
function intoEditable(box, text, { all }) {
  const document = box.ownerDocument;
  const view = /** @type {Window & typeof globalThis} */ (document.defaultView);
  placeCaret(box, all ?? false);
  const before = new view.InputEvent("beforeinput", {
    inputType: "insertText",
    data: text,
    bubbles: true,
    cancelable: true,
  });
  if (!box.dispatchEvent(before)) return "beforeinput";
  const clipboardData = new view.DataTransfer();
  clipboardData.setData("text/plain", text);
  if (
    !box.dispatchEvent(new view.ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }))
  )
    return "paste";
  return document.execCommand("insertText", false, text) ? "exec" : "";
}

/**
 * Selects all that stands in an editable box; fields select when they are written.
 * @param {HTMLElement} box
 */
export function selectAll(box) {
  if (!isField(box)) placeCaret(box, true);
}

/** @param {HTMLElement} box @param {boolean} all */
function placeCaret(box, all) {
  const selection = selectionIn(box);
  box.focus();
  if (!selection) return;
  const inside = selection.rangeCount > 0 && box.contains(selection.anchorNode);
  if (all) selection.selectAllChildren(box);
  else if (!inside) {
    selection.selectAllChildren(box);
    if (textOf(box) !== "") selection.collapseToEnd();
  } else if (!selection.isCollapsed) selection.collapseToEnd();
}

/**
 * Whether what is inserted would come after all that stands in the box.
 * @param {HTMLElement} box
 */
export function caretAtEnd(box) {
  if (isField(box)) return (box.selectionEnd ?? box.value.length) === box.value.length;
  const selection = selectionIn(box);
  if (!selection?.rangeCount || !selection.focusNode || !box.contains(selection.focusNode)) return true;
  const rest = box.ownerDocument.createRange();
  rest.selectNodeContents(box);
  rest.setStart(selection.focusNode, selection.focusOffset);
  return (
    rest
      .toString()
      .replace(/[\u200b\ufeff]/gu, "")
      .trim() === ""
  );
}

/** In a shadow root, Chromium keeps the selection there. @param {HTMLElement} box @returns {Selection | null} */
function selectionIn(box) {
  const root = /** @type {any} */ (box.getRootNode());
  return root.getSelection?.() ?? box.ownerDocument.getSelection();
}
