/**
 * Where in an editable box text goes. An editor keeps a selection of its own and learns of the
 * browser's by `selectionchange`, some of them a tenth of a second late: what is put in sooner lands
 * where the editor still believes the caret to be.
 */

/** Slate and what is made of it look at the selection at most once in this time, in milliseconds. */
const SLOWEST_EDITOR_MS = 110;

/** Moves of the selection that are waited out. */
const AT_MOST = 10;

/** Words that an editor draws but nobody typed. */
const NOT_TYPED = '[contenteditable="false"]';

/** In a shadow root, Chromium keeps the selection there. @param {HTMLElement} box @returns {Selection | null} */
export function selectionIn(box) {
  const root = /** @type {any} */ (box.getRootNode());
  return root.getSelection?.() ?? box.ownerDocument.getSelection();
}

/**
 * The caret in the box: where a selection ends, for nothing that a person typed goes without their
 * doing. Null while the selection is elsewhere on the page.
 * @param {HTMLElement} box
 * @returns {Range | null}
 */
export function caretIn(box) {
  const selection = selectionIn(box);
  if (!selection?.rangeCount) return null;
  const range = selection.getRangeAt(0).cloneRange();
  if (!box.contains(range.startContainer) || !box.contains(range.endContainer)) return null;
  const all = range.startContainer === box && range.endContainer === box && !range.collapsed;
  if (all) return endOf(box);
  range.collapse(false);
  return range;
}

/**
 * Behind the last thing that was typed, in the innermost element: an editor takes a place between its
 * blocks for a new one.
 * @param {HTMLElement} box
 * @returns {Range}
 */
export function endOf(box) {
  const range = box.ownerDocument.createRange();
  const leaf = lastLeaf(box);
  // The break that holds an empty line open has the caret before it.
  if (leaf instanceof HTMLBRElement) range.setStartBefore(leaf);
  else range.selectNodeContents(leaf);
  range.collapse(leaf instanceof HTMLBRElement);
  return range;
}

/** @param {Node} node @returns {Node} */
function lastLeaf(node) {
  for (let child = node.lastChild; child; child = child.previousSibling) {
    if (child instanceof Element && child.matches(NOT_TYPED)) continue;
    if (child instanceof Text || child instanceof Element) return lastLeaf(child);
  }
  return node;
}

/** @param {HTMLElement} box @returns {Range} */
export function wholeOf(box) {
  const range = box.ownerDocument.createRange();
  range.selectNodeContents(box);
  return range;
}

/**
 * What stands before and behind a place in the box.
 * @param {HTMLElement} box
 * @param {Range} place
 * @param {(part: Node) => string} read
 * @returns {[string, string]}
 */
export function around(box, place, read) {
  const before = wholeOf(box);
  before.setEnd(place.startContainer, place.startOffset);
  const behind = wholeOf(box);
  behind.setStart(place.endContainer, place.endOffset);
  return [read(before.cloneContents()), read(behind.cloneContents())];
}

/**
 * Knows how long a document's selection has stood still.
 * @param {Document} document
 * @param {AbortSignal} signal
 */
export function createSelectionClock(document, signal) {
  const view = /** @type {Window & typeof globalThis} */ (document.defaultView);
  let moved = Number.NEGATIVE_INFINITY;
  let heard = Promise.resolve();
  /** An editor may put off hearing of it by a task, and counts from then: on a busy page that is later. */
  const note = () => {
    heard = task(view)
      .then(() => task(view))
      .then(() => {
        moved = view.performance.now();
      });
  };
  document.addEventListener("selectionchange", note, { signal, capture: true });

  /** Selects, and resolves when every editor has heard of it. @param {HTMLElement} box @param {Range} place */
  async function select(box, place) {
    const selection = selectionIn(box);
    const now = selection?.rangeCount ? selection.getRangeAt(0) : null;
    if (selection && !(now && isSame(now, place))) {
      selection.setBaseAndExtent(
        place.startContainer,
        place.startOffset,
        place.endContainer,
        place.endOffset,
      );
      note();
    }
    // `selectionchange` comes as a task of its own.
    await task(view);
    // A page that moves it again and again is not waited for without end.
    for (let last = null, times = 0; last !== heard && times < AT_MOST; times++) {
      last = heard;
      await last;
    }
    const left = moved + SLOWEST_EDITOR_MS - view.performance.now();
    if (left > 0) await task(view, left);
  }

  return { select };
}

/** @param {Range} a @param {Range} b */
const isSame = (a, b) =>
  a.startContainer === b.startContainer &&
  a.startOffset === b.startOffset &&
  a.endContainer === b.endContainer &&
  a.endOffset === b.endOffset;

/** @param {Window} view @param {number} [delay_ms] @returns {Promise<void>} */
export const task = (view, delay_ms = 0) => new Promise((resolve) => view.setTimeout(resolve, delay_ms));
