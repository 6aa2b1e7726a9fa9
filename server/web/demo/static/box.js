/**
 * The demo page's reply box as a composer: what the extension does on a seller's page, here on a
 * page of our own.
 * @typedef {import("/assets/extension/src/types.js").Composer} Composer
 */

import { fileOf } from "/assets/extension/src/page/image.js";
import { listeners } from "/assets/extension/src/signals.js";

/**
 * @param {HTMLTextAreaElement} box
 * @param {() => {conversation_id: string, message_id: string}} current what the page shows now
 * @param {(files: File[]) => boolean} takeImages puts images beside the box
 * @returns {Composer & {tellSent: (sent: {conversation_id: string, text: string}) => void,
 *   show: (text: string) => void}}
 */
export function boxComposer(box, current, takeImages) {
  const news = listeners();
  let composing = false;
  const forever = new AbortController().signal;
  box.addEventListener("compositionstart", () => (composing = true), { signal: forever });
  box.addEventListener("compositionend", () => (composing = false), { signal: forever });
  box.addEventListener("input", () => composing || news.emit("draft", box.value), { signal: forever });

  /** @type {Composer["canInsert"]} */
  const canInsert = ({ site, conversation_id, message_id }) => {
    const now = current();
    if (site !== "demo" || conversation_id !== now.conversation_id) {
      return { ok: false, reason: "other_conversation" };
    }
    if (message_id && message_id !== now.message_id) return { ok: false, reason: "newer_message" };
    return composing ? { ok: false, reason: "composing" } : { ok: true, reason: "" };
  };

  // execCommand keeps the browser's own undo: one step takes the reply out again.
  /** @param {string} text */
  const type = (text) => {
    box.focus();
    document.execCommand("insertText", false, text);
    return { ok: true, how: "exec" };
  };

  return {
    canInsert,
    insert: async (text, binding) => {
      const { ok, reason } = await canInsert(binding);
      return ok ? type(text) : { ok, reason, how: "" };
    },
    insertImage: async (image, binding) => {
      const { ok, reason } = await canInsert(binding);
      if (!ok) return { ok, reason, how: "" };
      box.focus();
      return { ok: takeImages([fileOf(image, window)]), how: "paste" };
    },
    draft: () => box.value,
    replaceDraft: async (text) => {
      box.focus();
      box.select();
      return type(text);
    },
    onDraft: (fn, { signal }) => news.on("draft", fn, signal),
    onSent: (fn, { signal }) => news.on("sent", fn, signal),
    /** Words that nobody typed stand in the box. */
    show: (text) => {
      box.value = text;
      news.emit("draft", text);
    },
    tellSent: (sent) => {
      news.emit("sent", sent);
      news.emit("draft", box.value);
    },
  };
}
