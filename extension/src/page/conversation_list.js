/**
 * Keeps an eye on the page's list of conversations and tells who waits in it.
 * @typedef {import("../sites/schema.js").Site} Site
 * @typedef {import("../types.js").Waiting} Waiting
 * @typedef {import("../watcher.js").Look} Look
 */
import { readRows } from "./rows.js";

/** What a virtual list draws for so long after a scroll belongs to the scroll. */
const SCROLL_MS = 300;

/**
 * @param {object} options
 * @param {Site} options.site
 * @param {ReturnType<typeof import("./queue.js").createQueue>} options.queue
 * @param {() => number} options.now epoch milliseconds
 * @param {AbortSignal} options.signal
 * @param {(element: Element, attributes: string[]) => void} options.observe has the watcher hear of changes there
 * @param {((waiting: Waiting[], answered: string[]) => void) | undefined} options.onWaiting
 */
export function createConversationList({ site, queue, now, signal, observe, onWaiting }) {
  const attributes = ["class", "style", "hidden", "title", ...attributesOf(site)];
  /** What holds the rows, once they were found. @type {Element | null} */
  let box = null;
  /** @type {Look["talk"]} */
  let talk = null;
  let told = "[]";
  let scrolled_ms = 0;
  /** @type {WeakSet<Node>} */
  const heard = new WeakSet();

  /**
   * Reads the list when something in it moved, when another conversation came on screen, and when
   * nothing is known to have moved.
   * @param {MutationRecord[]} records @param {Look} look
   * @returns {Element | null} what holds the rows
   */
  function read(records, look) {
    if (!onWaiting) return null;
    const moved = records.length === 0 || records.some(({ target }) => box?.contains(target));
    if (site.conversation_list && (moved || !box?.isConnected || look.talk !== talk)) take(look);
    const waiting = queue.waiting();
    const answered = queue.answered();
    const key = JSON.stringify(waiting);
    if (key !== told || answered.length) onWaiting(waiting, answered);
    told = key;
    return box;
  }

  /** @param {Look} look */
  function take(look) {
    const rows = readRows(site, look.root, now(), { box, thread: look.thread.list });
    box = rows.box;
    talk = look.talk;
    if (box) observe(box, attributes);
    if (box) hearScrolls(box.getRootNode());
    queue.take(rows, talk, now(), now() - scrolled_ms < SCROLL_MS);
  }

  /** Before the page hears of it, and draws other rows. @param {Node} root */
  function hearScrolls(root) {
    if (heard.has(root)) return;
    heard.add(root);
    const scrolled = (/** @type {Event} */ { target }) => {
      const node = /** @type {Node} */ (target);
      if (box?.contains(node) || node.contains(box)) scrolled_ms = now();
    };
    root.addEventListener("scroll", scrolled, { capture: true, passive: true, signal });
  }

  return { read };
}

/** Attributes that the adapter reads in a row of the page's list. @param {Site} site */
function attributesOf({ conversation_list: rules }) {
  const reads = [...(rules?.id ?? []), ...(rules?.name ?? []), ...(rules?.waits ?? [])];
  return reads.map((read) => (typeof read === "string" ? "" : (read.attr ?? ""))).filter(Boolean);
}
