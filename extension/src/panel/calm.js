/**
 * Nothing moves under a pointer. What would move things in the panel waits while a person is about
 * to click there, and comes when the pointer rests or leaves; the newest of a kind takes the older
 * one's place. A click that hits what came under a resting pointer just before is not served, and is
 * told so: it was meant for what stood there.
 */

import { onTrusted } from "./dom.js";

/** A pointer that did not move for so long is not on its way to a button, in milliseconds. */
const REST_MS = 700;

/** So soon after a change under the pointer nobody has read what they click. */
const UNREAD_MS = 450;

/** Changes that put other things under a pointer. */
const MOVES = new Set(["talk", "waiting"]);

/**
 * @typedef {object} Calm
 * @property {(kind: string, change: () => void) => void} when at once, or when the pointer rests; after
 *   `talk` and `waiting` other things stand where the pointer is
 */

/**
 * @param {object} options
 * @param {HTMLElement} options.area where things must not move
 * @param {AbortSignal} options.signal
 * @param {() => void} options.onUnread a click came too soon after a change
 * @param {() => number} [options.now] milliseconds
 * @returns {Calm}
 */
export function calmness({ area, signal, onUnread, now = () => performance.now() }) {
  /** @type {Map<string, () => void>} */
  const held = new Map();
  let inside = false;
  let pressed = false;
  let moved_ms = Number.NEGATIVE_INFINITY;
  let changed_ms = Number.NEGATIVE_INFINITY;
  /** @type {any} */
  let timer = 0;

  const busy = () => inside && (pressed || now() - moved_ms < REST_MS);

  /** @param {string} kind @param {() => void} change */
  const run = (kind, change) => {
    if (inside && MOVES.has(kind)) changed_ms = now();
    change();
  };

  const release = () => {
    clearTimeout(timer);
    timer = 0;
    if (held.size === 0 || signal.aborted) return;
    if (busy()) {
      timer = setTimeout(release, REST_MS / 4);
      return;
    }
    const changes = [...held];
    held.clear();
    for (const [kind, change] of changes) run(kind, change);
  };

  const moved = () => {
    inside = true;
    moved_ms = now();
  };
  const left = () => {
    inside = false;
    pressed = false;
    release();
  };
  onTrusted(area, "pointermove", moved, signal);
  onTrusted(area, "pointerleave", left, signal);
  onTrusted(
    area,
    "pointerdown",
    () => {
      moved();
      pressed = true;
    },
    signal,
  );
  for (const type of /** @type {const} */ (["pointerup", "pointercancel"])) {
    onTrusted(area, type, () => (pressed = false), signal);
  }
  onTrusted(
    area,
    "click",
    (event) => {
      // A key that presses a button is a click without a place on the screen.
      if (event.detail === 0 || now() - changed_ms > UNREAD_MS) return;
      event.stopPropagation();
      event.preventDefault();
      onUnread();
    },
    signal,
    { capture: true },
  );
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });

  return {
    when: (kind, change) => {
      if (busy()) {
        held.set(kind, change);
        timer ||= setTimeout(release, REST_MS / 4);
        return;
      }
      held.delete(kind);
      run(kind, change);
    },
  };
}
