/**
 * Puts text into a reply box so that the page's own state has it: a paste as a person's, else the
 * input event that editors wait for, else the browser's own insertion. Which of them an editor takes
 * is seen from what it does; after each the box must hold exactly what it held and the text at its
 * place, or the box is put back. No key is pressed and nothing is clicked, so a page that sends on
 * Enter cannot send.
 * @typedef {ReturnType<typeof createSelectionClock>} SelectionClock
 */

import { visibleText } from "./bubble.js";
import { around, caretIn, createSelectionClock, endOf, task, wholeOf } from "./selection.js";

/** Placeholders and the like, which editors draw inside the box. */
const PARTS_NOT_TYPED = ['[contenteditable="false"]'];

/**
 * How long an answer is waited on, in milliseconds: an editor that took what it was given draws it;
 * one that says nothing may still have taken it (CKEditor gathers input for a twentieth of a second).
 */
const PATIENCE_MS = { taken: 400, silent: 80, no: 0 };

/** A framework that did not take the text puts the old one back within this time, in milliseconds. */
const PUT_BACK_MS = 12;

/** @typedef {HTMLTextAreaElement | HTMLInputElement} Field */

/** @param {Element} box @returns {box is Field} */
export function isField(box) {
  return box.tagName === "TEXTAREA" || box.tagName === "INPUT";
}

/**
 * What stands in the box, line breaks as "\n".
 * @param {Element} box
 */
export const textOf = (box) => (isField(box) ? box.value : typedIn(box));

/** @param {Node} part */
const typedIn = (part) => visibleText(part, PARTS_NOT_TYPED).replace(/[\u200b\ufeff]/gu, "");

/** Editors make blocks of lines, and spaces that do not break of spaces. @param {string} text */
const flat = (text) => text.replace(/\s+/gu, "");

/**
 * A filler for the boxes of a document.
 * @param {Document} document
 * @param {AbortSignal} signal
 */
export function createLadder(document, signal) {
  const view = /** @type {Window & typeof globalThis} */ (document.defaultView);
  const clock = createSelectionClock(document, signal);

  /**
   * Inserts at the caret (at the end when the caret is elsewhere), or in place of everything.
   * @param {HTMLElement} box
   * @param {string} text
   * @param {{all: boolean, bare?: boolean}} options bare: with nothing before it, as if it were typed
   * @returns {Promise<{how: string, refused: "" | "not_taken" | "too_long"}>} the rung that took; or why
   *   none did, with the box as it was before
   */
  async function fill(box, text, { all, bare = all }) {
    if (isField(box)) return intoField(box, text, all, bare);
    const before = typedIn(box);
    const how = await intoEditable(box, text, all, bare);
    if (how) return { how, refused: "" };
    if (typedIn(box) !== before) await intoEditable(box, before, true, true);
    return { how: "", refused: "not_taken" };
  }

  /** @param {Field} field @param {string} text @param {boolean} all @param {boolean} bare @returns {ReturnType<typeof fill>} */
  async function intoField(field, text, all, bare) {
    const before = field.value;
    // A selection is not written over: nothing that a person typed goes without their doing.
    const end = all ? before.length : caretOf(field);
    const start = all ? 0 : end;
    const own = bare ? text : leadOf(before.slice(0, end), before.slice(end)) + text;
    const written = field.tagName === "INPUT" ? own.replace(/\s*\n\s*/gu, " ") : own;
    const wanted = before.slice(0, start) + written + before.slice(end);
    if (field.maxLength >= 0 && wanted.length > field.maxLength) return { how: "", refused: "too_long" };
    field.focus();
    field.setSelectionRange(start, end);
    // execCommand keeps the page's undo, but does nothing while another document has the focus.
    const typed = document.hasFocus() && document.execCommand("insertText", false, written);
    const how = typed && field.value === wanted ? "exec" : "setter";
    if (how === "setter") setValue(field, wanted, written);
    field.setSelectionRange(start + written.length, start + written.length);
    if (await holds(() => field.value === wanted, PATIENCE_MS.taken)) return { how, refused: "" };
    if (field.value !== before) setValue(field, before, "");
    return { how: "", refused: "not_taken" };
  }

  /** @param {HTMLElement} box @param {string} text @param {boolean} all @param {boolean} bare @returns {Promise<string>} */
  async function intoEditable(box, text, all, bare) {
    const before = typedIn(box);
    const caret = all ? wholeOf(box) : (caretIn(box) ?? endOf(box));
    const [head, tail] = all ? ["", ""] : around(box, caret, typedIn);
    const own = bare ? text : leadOf(head, tail) + text;
    const wanted = flat(head + text + tail);
    const taken = () => flat(typedIn(box)) === wanted;
    for (const [how, rung] of Object.entries(rungs)) {
      box.focus();
      // An editor that gets the focus puts back the selection it remembers.
      await task(view);
      const place = all ? wholeOf(box) : caret;
      if (!box.contains(place.startContainer)) return "";
      await clock.select(box, place);
      if (await holds(taken, PATIENCE_MS[rung(box, own)])) return how;
      // Where all is to go anyway, a rung that only took it away has done half of the work.
      if (!all && typedIn(box) !== before) return "";
    }
    return "";
  }

  /**
   * Whether it comes true in time, and stays so. The time is a timer of the page's, not the clock: on a
   * busy page what an editor put off to an earlier one is done by then.
   * @param {() => boolean} condition @param {number} within_ms
   */
  async function holds(condition, within_ms) {
    let over = false;
    task(view, within_ms).then(() => {
      over = true;
    });
    for (let last = false; !last; ) {
      last = over;
      await task(view);
      if (!condition()) continue;
      await task(view, PUT_BACK_MS);
      if (condition()) return true;
    }
    return false;
  }

  return { fill };
}

/** A second reply stands on a line of its own, behind what is there. @param {string} head @param {string} tail */
const leadOf = (head, tail) => (head.trim() !== "" && !/\s$/u.test(head) && tail.trim() === "" ? "\n" : "");

/** Where a field's caret is; a field that nobody was in yet has it at the start. @param {Field} field */
function caretOf(field) {
  const caret = field.selectionEnd ?? field.value.length;
  return caret === 0 && !isFocused(field) ? field.value.length : caret;
}

/** @param {HTMLElement} box */
function isFocused(box) {
  const root = /** @type {Document | ShadowRoot} */ (box.getRootNode());
  return root.activeElement === box;
}

/** Past the framework's own value property, which hides changes from it. @param {Field} field @param {string} value @param {string} data */
function setValue(field, value, data) {
  const view = /** @type {Window & typeof globalThis} */ (field.ownerDocument.defaultView);
  const prototype = field.tagName === "INPUT" ? view.HTMLInputElement : view.HTMLTextAreaElement;
  Object.getOwnPropertyDescriptor(prototype.prototype, "value")?.set?.call(field, value);
  field.dispatchEvent(new view.InputEvent("input", { bubbles: true, inputType: "insertText", data }));
}

/**
 * The ways in, in order. `taken`: the editor said that it takes it from here; `silent`: it said
 * nothing; `no`: nobody heard.
 * @type {Record<string, (box: HTMLElement, text: string) => "taken" | "silent" | "no">}
 */
const rungs = {
  paste(box, text) {
    const view = /** @type {Window & typeof globalThis} */ (box.ownerDocument.defaultView);
    const clipboardData = new view.DataTransfer();
    clipboardData.setData("text/plain", text);
    const event = new view.ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
    if (!box.dispatchEvent(event)) return "taken";
    // Quill 1 has the browser paste elsewhere and fetches it from there.
    return isFocused(box) ? "no" : "silent";
  },
  beforeinput(box, text) {
    const view = /** @type {Window & typeof globalThis} */ (box.ownerDocument.defaultView);
    const event = new view.InputEvent("beforeinput", {
      inputType: "insertText",
      data: text,
      bubbles: true,
      cancelable: true,
    });
    return box.dispatchEvent(event) ? "silent" : "taken";
  },
  exec: (box, text) => (box.ownerDocument.execCommand("insertText", false, text) ? "taken" : "no"),
};
