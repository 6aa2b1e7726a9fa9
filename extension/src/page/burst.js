/**
 * A shopper's lines that come one after another are one question. The first is asked for at once, so
 * that nobody waits for a suggestion; what it grows by is held until the shopper pauses.
 * @typedef {import("../types.js").ShopperMessage} ShopperMessage
 */

/** A shopper who types on is done after this pause, in milliseconds ... */
const QUIET_MS = 500;

/** ... and is not waited for any longer than this. */
const AT_MOST_MS = 1500;

/**
 * @param {Document} document
 * @param {(message: ShopperMessage) => void} emit
 * @param {AbortSignal} signal
 */
export function createBurst(document, emit, signal) {
  const view = /** @type {Window} */ (document.defaultView);
  /** @type {ShopperMessage | null} */
  let held = null;
  /** @type {string[]} */
  let heldLines = [];
  let since_ms = 0;
  let timer = 0;
  signal.addEventListener("abort", () => view.clearTimeout(timer));

  function flush() {
    view.clearTimeout(timer);
    const message = held;
    held = null;
    heldLines = [];
    if (message) emit(message);
  }

  /**
   * @param {ShopperMessage} message
   * @param {string[]} lines keys of the lines that it is made of
   * @param {boolean} grown it holds what was asked before, and more
   */
  function take(message, lines, grown) {
    // What is held gives way only to what has all of it.
    if (heldLines.some((key) => !lines.includes(key))) flush();
    const since = held ? since_ms : view.performance.now();
    held = message;
    heldLines = lines;
    since_ms = since;
    view.clearTimeout(timer);
    const left = since_ms + AT_MOST_MS - view.performance.now();
    // In a tab in the background timers stand still.
    if (!grown || document.hidden || left <= 0) flush();
    else timer = view.setTimeout(flush, Math.min(QUIET_MS, left));
  }

  return {
    take,
    flush,
    /** What was held of this conversation no longer stands. @param {string} conversation_id */
    drop(conversation_id) {
      if (held?.conversation_id !== conversation_id) return;
      held = null;
      heldLines = [];
    },
  };
}
