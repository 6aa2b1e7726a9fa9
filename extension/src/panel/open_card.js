/**
 * Which card stands open, with all its words and its further buttons. The keyboard opens what it
 * reaches. A mouse opens by a whole click, never by pressing down: a card that grows between press
 * and release moves the button away under the pointer, and the click is lost.
 * @typedef {import("./context.js").Context} Context
 */

import { onTrusted } from "./dom.js";

/** @param {Pick<Context, "root" | "document" | "signal">} ctx */
export function keepOneOpen({ root, document, signal }) {
  /** @type {Element | null} */
  let open = null;
  let byPointer = false;

  /** @param {Element | null} card */
  const show = (card) => {
    if (card === open && card?.classList.contains("open")) return;
    open?.classList.remove("open");
    open = card;
    card?.classList.add("open");
  };
  const cardAt = (/** @type {EventTarget | null} */ target) =>
    /** @type {Element | null} */ (target)?.closest?.(".card") ?? null;

  const early = { capture: true };
  onTrusted(document, "pointerdown", () => (byPointer = true), signal, early);
  onTrusted(document, "keydown", () => (byPointer = false), signal, early);
  root.addEventListener(
    "focusin",
    ({ target }) => {
      if (!byPointer) show(cardAt(target));
    },
    { signal },
  );
  onTrusted(
    root,
    "click",
    ({ target }) => {
      const card = cardAt(target);
      if (card && !(/** @type {Element} */ (target).closest("button"))) show(card);
    },
    signal,
  );
}
