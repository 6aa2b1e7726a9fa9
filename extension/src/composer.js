/**
 * The page's reply box. It is filled and looked at; sending is the agent's.
 * @typedef {import("./types.js").Binding} Binding
 * @typedef {import("./types.js").InsertRefusal} InsertRefusal
 * @typedef {import("./watcher.js").Sent} Sent
 */
import { holdKeys } from "./page/held_keys.js";
import { imagePaster } from "./page/image.js";
import { createLadder, isField, textOf } from "./page/ladder.js";

/** A change of the box is told on at this rate at most, in milliseconds. */
const DRAFT_MS = 120;

/**
 * @param {object} options
 * @param {Document} options.document
 * @param {string} options.site adapter id
 * @param {ReturnType<typeof import("./watcher.js").createWatcher>} options.watcher
 * @param {(() => Element | null) | null} [options.imagePreview] what the page shows of a pasted image before
 *   it is sent; null where it has no such thing
 * @param {() => boolean} options.mayWrite false while health or the agent's choice forbid it
 * @param {AbortSignal} options.signal
 */
export function createComposer({ document, site, watcher, mayWrite, imagePreview = null, signal }) {
  const view = /** @type {Window & typeof globalThis} */ (document.defaultView);
  /** @type {Set<(text: string) => void>} */
  const draftListeners = new Set();
  /** @type {Set<(sent: Sent) => void>} */
  const sentListeners = new Set();
  const ladder = createLadder(document, signal);
  const pasteImage = imagePaster(document, signal);
  let composing = false;
  let told = "";
  let timer = 0;

  const listen = { signal, capture: true };
  document.addEventListener("compositionstart", (event) => mark(event, true), listen);
  document.addEventListener("compositionend", (event) => mark(event, false), listen);
  document.addEventListener("input", (event) => changed(event), listen);
  document.addEventListener("focusin", () => tellSoon(), listen);
  signal.addEventListener("abort", () => view.clearTimeout(timer));

  /** @param {Event} event @param {boolean} on */
  function mark(event, on) {
    // Chromium's own end of a composition is not always trusted; a false one only lets the agent click.
    if ((on && !event.isTrusted) || !inBox(event)) return;
    composing = on;
    if (!on) tellSoon();
  }

  /** @param {Event} event */
  function changed(event) {
    if (inBox(event)) tellSoon();
  }

  /** @param {Event} event */
  function inBox(event) {
    const box = watcher.last().box;
    return box !== null && event.composedPath().includes(box);
  }

  function tellSoon() {
    if (!timer) timer = view.setTimeout(tell, DRAFT_MS);
  }

  function tell() {
    timer = 0;
    const text = composing ? told : draft();
    if (text === told) return;
    told = text;
    for (const listener of draftListeners) listener(text);
  }

  /** @returns {string} */
  function draft() {
    const box = watcher.last().box;
    return box?.isConnected ? textOf(box) : "";
  }

  /** @param {Binding} binding @returns {{ok: boolean, reason: InsertRefusal}} */
  function canInsert(binding) {
    const reason = refusal(binding);
    return { ok: reason === "", reason };
  }

  /** @param {Binding} binding @returns {InsertRefusal} */
  function refusal(binding) {
    const here = watcher.now();
    const { box } = watcher.last();
    if (binding.site !== site) return "page_changed";
    if (!here) return "page_changed";
    if (here.conversation_id !== binding.conversation_id) return "other_conversation";
    if (binding.message_id && here.message_id !== binding.message_id) return "newer_message";
    if (!mayWrite()) return "read_only";
    if (!box || !isWritable(box)) return "no_box";
    return composing ? "composing" : "";
  }

  /**
   * @param {string} text
   * @param {Binding} binding
   */
  async function insert(text, binding) {
    const reason = refusal(binding);
    if (reason) return { ok: false, how: "", reason };
    return fill(/** @type {HTMLElement} */ (watcher.last().box), text, false);
  }

  /**
   * @param {import("./types.js").EncodedImage} image
   * @param {Binding} binding
   */
  async function insertImage(image, binding) {
    const reason = refusal(binding);
    if (reason) return { ok: false, how: "", reason };
    const box = /** @type {HTMLElement} */ (watcher.last().box);
    const before = textOf(box);
    const taken = await pasteImage(box, image, imagePreview);
    // What an editor made of it besides an image goes again.
    if (!taken && !isField(box) && textOf(box) !== before) await ladder.fill(box, before, { all: true });
    return taken
      ? { ok: true, how: "paste" }
      : { ok: false, how: "", reason: /** @type {const} */ ("no_images") };
  }

  /** @param {string} text */
  async function replaceDraft(text) {
    const box = /** @type {HTMLElement | null} */ (watcher.last().box);
    /** @type {InsertRefusal} */
    const reason = !mayWrite()
      ? "read_only"
      : !box || !isWritable(box)
        ? "no_box"
        : composing
          ? "composing"
          : "";
    if (reason || !box) return { ok: false, how: "", reason };
    return fill(box, text, true);
  }

  /**
   * Puts in what the person typed elsewhere but meant for the box, and takes them back to it; what they
   * type on meanwhile follows.
   * @param {string} text
   * @param {ReturnType<typeof import("./page/caret.js").keepPlace>} place where the caret was
   */
  async function giveBack(text, place) {
    const box = /** @type {HTMLElement | null} */ (watcher.last().box);
    if (!box || !isWritable(box)) return;
    const keys = holdKeys(view);
    try {
      place.goBack();
      for (let left = text; left; left = keys.take())
        await ladder.fill(box, left, { all: false, bare: true });
    } finally {
      keys.letGo();
    }
    tellSoon();
  }

  /** @param {HTMLElement} box @param {string} text @param {boolean} all */
  async function fill(box, text, all) {
    const { how, refused } = await ladder.fill(box, text, { all });
    tellSoon();
    return refused ? { ok: false, how, reason: refused } : { ok: true, how };
  }

  return {
    canInsert,
    insert,
    insertImage,
    replaceDraft,
    giveBack,
    draft,
    /** @param {(text: string) => void} fn @param {{signal: AbortSignal}} options */
    onDraft(fn, options) {
      draftListeners.add(fn);
      options.signal.addEventListener("abort", () => draftListeners.delete(fn));
    },
    /** @param {(sent: Sent) => void} fn @param {{signal: AbortSignal}} options */
    onSent(fn, options) {
      sentListeners.add(fn);
      options.signal.addEventListener("abort", () => sentListeners.delete(fn));
    },
    /** An own line appeared in the thread. @param {Sent} sent */
    sent(sent) {
      for (const listener of sentListeners) listener(sent);
      tellSoon();
    },
  };
}

/** @param {Element} box */
function isWritable(box) {
  if (!box.isConnected) return false;
  if (isField(box)) return !box.disabled && !box.readOnly;
  return /** @type {HTMLElement} */ (box).isContentEditable;
}
