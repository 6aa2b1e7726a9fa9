/**
 * Puts an image into a reply box by a paste as a person's, where the box's editor makes an image of it
 * or the page shows it before it is sent. It counts as put in only when it is seen to stand there. A
 * plain field cannot hold an image: there a paste might send, so it is tried only where the adapter
 * names the preview (`image_preview`) that such a page waits with.
 */

import { isField } from "./ladder.js";
import { caretIn, createSelectionClock, endOf, task } from "./selection.js";

/** Editors read the file before they draw it; some load it up first. In milliseconds. */
const PATIENCE_MS = { taken: 4000, silent: 600 };
/** How often it is looked for, in milliseconds. */
const LOOK_MS = 25;

/** What editors draw an image as. */
const DRAWN = "img, canvas, picture, figure, [style*='url(']";

/**
 * @param {Document} document
 * @param {AbortSignal} signal
 */
export function imagePaster(document, signal) {
  const view = /** @type {Window & typeof globalThis} */ (document.defaultView);
  const clock = createSelectionClock(document, signal);

  /**
   * @param {HTMLElement} box
   * @param {import("../types.js").EncodedImage} image
   * @param {(() => Element | null) | null} preview what the page shows of an image before it is sent
   * @returns {Promise<boolean>} whether it stands there now
   */
  return async function paste(box, image, preview) {
    if (isField(box) && !preview) return false;
    const drawn = () => box.querySelectorAll(DRAWN).length;
    const before = drawn();
    const shown = preview?.() ?? null;
    const stands = () => drawn() > before || (preview?.() ?? null) !== shown;
    box.focus();
    await task(view);
    if (!isField(box)) await clock.select(box, caretIn(box) ?? endOf(box));
    const clipboardData = new view.DataTransfer();
    clipboardData.items.add(fileOf(image, view));
    const event = new view.ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
    const end = view.performance.now() + PATIENCE_MS[box.dispatchEvent(event) ? "silent" : "taken"];
    while (!stands() && view.performance.now() < end) await task(view, LOOK_MS);
    return stands();
  };
}

/**
 * @param {import("../types.js").EncodedImage} image
 * @param {Window & typeof globalThis} view
 */
export function fileOf({ name, media_type, content }, view) {
  const bytes = Uint8Array.from(view.atob(content), (sign) => sign.charCodeAt(0));
  return new view.File([bytes], name.split("/").at(-1) ?? name, { type: media_type });
}
