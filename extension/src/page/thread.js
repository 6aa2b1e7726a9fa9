/**
 * The open thread as a list of bubbles. Only the end of a long thread is read, and an item
 * that did not change is not read again, so that a flush costs the same at 10 and at 1,000.
 * @typedef {import("../sites/schema.js").Site} Site
 * @typedef {import("./bubble.js").From} From
 */
import { NOTHING_TOLD, visibleText, wordsOf, writerOf } from "./bubble.js";
import { findAll, findOne, parentOf, readOne, scrolls } from "./find.js";

/** Items read from the end of the thread; a burst of more than this in one go is not seen. */
export const READ_BACK = 160;

/**
 * One line of the thread. `id` is the page's own, "" where it gives none.
 * @typedef {object} Bubble
 * @property {Element} node
 * @property {string} id
 * @property {From} from
 * @property {string} text
 * @property {string} sent_at as the page writes it
 * @property {string} shopper_id
 * @property {string} shopper_name
 * @property {string} conversation_id from the item itself, "" where it says none
 * @property {string} product
 * @property {string} order_id
 * @property {string} order_status
 * @property {string} amount of the order
 * @property {number} rung of the direction rule that decided
 */

/**
 * What stands on the page now. `list` is null where no thread is open.
 * @typedef {object} Snapshot
 * @property {Element | null} list
 * @property {number} list_rung
 * @property {number} item_rung
 * @property {number} items how many the page holds, unread ones among them
 * @property {number} first place of the first bubble read among them
 * @property {Bubble[]} bubbles oldest first
 * @property {() => boolean} atEnd whether the newest items are in the document; has the page laid out,
 *   which costs more than all other reading
 * @property {{box: HTMLElement, name: string}} [shape] the thread was read by its shape; the reply box
 *   under it and the words over it
 */

/**
 * @param {Site} site
 */
export function createThread(site) {
  /** @type {WeakMap<Element, Bubble>} */
  const cache = new WeakMap();

  /**
   * @param {Document | ShadowRoot} root
   * @param {string} href
   * @returns {Snapshot}
   */
  function read(root, href) {
    const found = findOne(root, site.list);
    if (!found)
      return { list: null, list_rung: -1, item_rung: -1, items: 0, first: 0, bubbles: [], atEnd: () => true };
    const list = found.element;
    const { elements, rung } = findAll(list, site.item);
    if (site.quirks?.reversed) elements.reverse();
    if (site.quirks?.recycled) byHeight(elements);
    const first = Math.max(0, elements.length - READ_BACK);
    return {
      list,
      list_rung: found.rung,
      item_rung: rung,
      items: elements.length,
      first,
      bubbles: elements.slice(first).map((node) => bubbleOf(node, list, href)),
      atEnd: () => atEnd(list),
    };
  }

  /** @param {Element} node @param {Element} list @param {string} href @returns {Bubble} */
  function bubbleOf(node, list, href) {
    const known = cache.get(node);
    if (known) return known;
    const bubble = readBubble(node, list, href, site);
    if (bubble.text) cache.set(node, bubble);
    return bubble;
  }

  return {
    read,
    /** Forgets what was read of the item that holds `target`. @param {Node} target */
    touch(target) {
      /** @type {Node | null} */
      let node = target;
      for (; node; node = parentOf(node)) if (cache.delete(/** @type {any} */ (node))) return;
    },
  };
}

/** @param {Element} node @param {Element} list @param {string} href @param {Site} site @returns {Bubble} */
function readBubble(node, list, href, site) {
  const { from: writer, rung } = writerOf(node, site, list);
  const words = writer === "system" ? { text: "", ...NOTHING_TOLD } : wordsOf(node, site);
  // A line without a word is nobody's: a divider, or one that the page has yet to fill.
  const from = writer === "unknown" && !words.text && !visibleText(node) ? "system" : writer;
  const shopper = from === "shopper";
  return {
    node,
    from,
    rung,
    ...words,
    id: readOne(node, site.item_id, href),
    sent_at: readOne(node, site.sent_at, href),
    shopper_id: shopper ? readOne(node, site.shopper?.id, href) : "",
    shopper_name: shopper ? readOne(node, site.shopper?.name, href) : "",
    conversation_id: shopper ? readOne(node, site.conversation.of_item, href) : "",
  };
}

/** A recycling list places its few nodes by transform: their order in the document says nothing. @param {Element[]} elements */
function byHeight(elements) {
  const tops = new Map(elements.map((element) => [element, element.getBoundingClientRect().top]));
  elements.sort((a, b) => (tops.get(a) ?? 0) - (tops.get(b) ?? 0));
}

/** Distance from the end, in pixels, at which the newest items can be taken to be there. */
const NEAR_END = 240;

/**
 * Whether the newest items are in the document. A list may scroll itself or in a box around it.
 * @param {Element} list
 */
export function atEnd(list) {
  for (let box = /** @type {Element | null} */ (list), up = 0; box && up < 4; box = box.parentElement, up++) {
    if (box.scrollHeight <= box.clientHeight + 1 || box.clientHeight === 0) continue;
    if (getComputedStyle(box).flexDirection === "column-reverse") return Math.abs(box.scrollTop) < NEAR_END;
    if (box.scrollTop > 0 || scrolls(box))
      return box.scrollTop + box.clientHeight > box.scrollHeight - NEAR_END;
  }
  return true;
}
