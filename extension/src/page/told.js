/**
 * Which product and order a message is about: a card among its lines, else what stands beside the
 * thread, else the last card that was sent not long before (a shopper sends a card, then asks).
 * @typedef {import("./bubble.js").Told} Told
 */
import { firstOf } from "./cut.js";

/** What a page says of product or order is cut to this length. */
const CHARACTERS = 200;

/** A card further back than this many lines is of an earlier talk. */
const LATELY = 12;

const OF_ORDER = /** @type {const} */ (["order_id", "order_status", "amount"]);

/**
 * @param {Record<string, string>} beside what the page says beside the thread
 * @param {Told[]} lines those of the message
 * @param {Told[]} thread the thread's lines, oldest first
 * @returns {Record<string, string>} filled values only
 */
export function toldOf(beside, lines, thread) {
  const page = { ...beside };
  const lately = thread.slice(-LATELY);
  const product =
    lines.findLast((line) => line.product) ?? (page.product ? null : lately.findLast((line) => line.product));
  if (product) page.product = product.product;
  const order =
    lines.findLast((line) => line.order_id) ??
    (page.order_id ? null : lately.findLast((line) => line.order_id));
  if (order) {
    // What stands beside the thread is of the order that stands there, not of a card's.
    if (order.order_id !== page.order_id) for (const name of [...OF_ORDER, "order_product"]) page[name] = "";
    for (const name of OF_ORDER) page[name] = order[name] || page[name];
  }
  const filled = Object.entries(page).filter(([, value]) => value);
  return Object.fromEntries(filled.map(([name, value]) => [name, firstOf(value, CHARACTERS)]));
}
