/**
 * `/` in the reply box, where a reply may begin, opens a search at the caret. A page that uses the key
 * itself keeps it, and nothing that was typed is lost: what is no search goes into the box as it is.
 */

import { keepPlace, textBefore } from "../page/caret.js";
import { childSignal, onTrusted } from "./dom.js";
import { isPlainPress } from "./keys.js";
import { quickDialog } from "./quick_dialog.js";

const KEY = "/";

/** Where a reply may begin: in an empty box, behind a blank or the end of a sentence. */
export const mayBegin = (/** @type {string} */ before) =>
  before === "" || /[\s。！？!?；;，,]$/u.test(before);

/**
 * @param {object} options
 * @param {Document} options.document
 * @param {() => {box: HTMLElement | null, conversation_id: string}} options.here
 * @param {Pick<import("./context.js").Context, "link" | "site" | "platform" | "memory">
 *   & {composer: ReturnType<typeof import("../composer.js").createComposer>}} options.parts
 * @param {(conversation_id: string) => {page: import("../types.js").PageContext, values: Record<string, string>}} options.known
 *   what the page says of a conversation, and variables that were typed in it
 * @param {() => {locale: string, theme: "auto" | "light" | "dark"}} options.looks
 * @param {() => boolean} options.mayFill
 * @param {AbortSignal} options.signal
 */
export function quickSearch({ document, here, parts, known, looks, mayFill, signal }) {
  const view = /** @type {Window & typeof globalThis} */ (document.defaultView);
  /** @type {AbortController | null} */
  let open = null;

  const close = () => {
    open?.abort();
    open = null;
  };

  const show = () => {
    const { box, conversation_id } = here();
    if (!box) return;
    close();
    open = childSignal(signal);
    const place = keepPlace(box);
    quickDialog({
      document,
      box,
      conversation_id,
      parts,
      known: known(conversation_id),
      looks: looks(),
      mayFill,
      signal: open.signal,
      onClose: (back) => {
        close();
        if (back) place.goBack();
      },
      onLeave: (typed) => {
        close();
        parts.composer.giveBack(`${KEY}${typed}`, place);
      },
    });
  };

  // Last of all: a page that does something with the key has said so by now.
  onTrusted(
    view,
    "keydown",
    (event) => {
      const { box } = here();
      if (event.key !== KEY || event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.defaultPrevented || !isPlainPress(event) || !box || !event.composedPath().includes(box))
        return;
      const before = textBefore(box);
      if (before === null || !mayBegin(before)) return;
      event.preventDefault();
      show();
    },
    signal,
  );
}
