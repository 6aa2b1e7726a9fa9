/**
 * Keys: those that work anywhere on the page (with a modifier), and those inside the panel.
 * @typedef {import("./context.js").Context} Context
 */

import { cardOf } from "./card.js";
import { onTrusted } from "./dom.js";
import { comboOf, digitOf, isPlainPress, modifiersOf } from "./keys.js";

/** @param {Element | null} node */
const isField = (node) => node !== null && /^(INPUT|TEXTAREA)$/.test(node.tagName);

/** @typedef {{name: "pick" | "search" | "focus" | "next" | "fold" | "request", digit: number}} PanelKey */

/** Heard after the page, which keeps its own: no seller page waits for a request of ours. */
const YIELDING = "request";

/**
 * What a key press anywhere on a page asks of the panel.
 * @param {KeyboardEvent} event
 * @param {import("../types.js").KeyMap} keys
 * @returns {PanelKey | null}
 */
export function pageKey(event, keys) {
  const digit = digitOf(event);
  if (digit && modifiersOf(event) === keys.pick) return { name: "pick", digit };
  const combo = comboOf(event);
  const name = /** @type {const} */ (["search", "focus", "next", "fold", "request"]).find(
    (one) => keys[one] === combo,
  );
  return name ? { name, digit: 0 } : null;
}

/**
 * Hears the keys that work anywhere on a page, also while somebody types in its reply box.
 * @param {Document} document
 * @param {() => import("../types.js").KeyMap} keysOf
 * @param {(key: PanelKey) => boolean} press whether it was for us
 * @param {AbortSignal} signal
 */
export function onPageKeys(document, keysOf, press, signal) {
  /** @param {KeyboardEvent} event @param {boolean} last */
  const hear = (event, last) => {
    if (!isPlainPress(event) || (last && event.defaultPrevented)) return;
    const key = pageKey(event, keysOf());
    if (!key || (key.name === YIELDING) !== last || !press(key)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  // Capture, so that a page that swallows keys does not swallow these; the rest is left alone.
  document.addEventListener("keydown", (event) => hear(event, false), { capture: true, signal });
  document.defaultView?.addEventListener("keydown", (event) => hear(event, true), { signal });
}

/**
 * @param {Context} ctx
 * @param {object} options
 * @param {HTMLElement} options.host
 * @param {{pick: (place: number, how?: "insert" | "copy") => boolean, focusFirst: () => void}} options.replies
 * @param {() => void} options.openSearch
 * @param {{mode: () => import("./place.js").Mode, setMode: (mode: import("./place.js").Mode) => void}} options.place
 * @param {boolean} options.floats
 * @param {() => boolean} options.nextWaiting
 * @param {() => boolean} options.openRequest
 */
export function panelKeys(ctx, { host, replies, openSearch, place, floats, nextWaiting, openRequest }) {
  const { document, root, keys, signal } = ctx;
  /** Where Esc goes back to. @type {HTMLElement | null} */
  let from = null;

  onTrusted(
    host,
    "focusin",
    ({ relatedTarget }) => {
      if (relatedTarget && relatedTarget !== host) from = /** @type {HTMLElement} */ (relatedTarget);
    },
    signal,
  );

  /** @param {PanelKey} key @returns {boolean} whether it was for us */
  const press = ({ name, digit }) => {
    if (name === "pick") return replies.pick(digit);
    if (name === "next") return nextWaiting();
    if (name === "request") return openRequest();
    if (name === "fold") {
      if (floats) place.setMode(place.mode() === "pill" ? "strip" : "pill");
      return floats;
    }
    if (floats && place.mode() === "pill") place.setMode("strip");
    if (name === "search") openSearch();
    else replies.focusFirst();
    return true;
  };

  onPageKeys(document, () => keys, press, signal);

  /** @param {KeyboardEvent} event @returns {boolean} */
  const inside = (event) => {
    const active = root.activeElement;
    if (event.key === "Escape") {
      from?.focus();
      if (!from) /** @type {HTMLElement | null} */ (active)?.blur();
      return true;
    }
    if (isField(active) || modifiersOf(event)) return false;
    const digit = digitOf(event);
    if (digit) return replies.pick(digit);
    if (event.key === "/") {
      openSearch();
      return true;
    }
    if (event.key === "a") {
      openRequest();
      return true;
    }
    return onCard(event, active?.closest(".card") ?? null, active);
  };

  /** @param {KeyboardEvent} event @param {Element | null} card @param {Element | null} active */
  const onCard = (event, card, active) => {
    if (!card) return false;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const cards = /** @type {HTMLElement[]} */ ([...root.querySelectorAll(".card")]).filter((one) =>
        one.checkVisibility(),
      );
      cards[cards.indexOf(/** @type {HTMLElement} */ (card)) + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
      return true;
    }
    if (active !== card) return false;
    if (event.key === "Enter") cardOf(card)?.use();
    if (event.key === "c") cardOf(card)?.use("copy");
    return event.key === "Enter" || event.key === "c";
  };

  onTrusted(
    root,
    "keydown",
    (event) => {
      if (!isPlainPress(event) || event.defaultPrevented || !inside(event)) return;
      event.preventDefault();
    },
    signal,
  );
  return { press };
}
