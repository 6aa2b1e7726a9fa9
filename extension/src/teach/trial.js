/**
 * Tries an adapter on the page in front of us, without a panel and without the server.
 * @typedef {import("../sites/schema.js").Site} Site
 */
import { findOne, findRoot } from "../page/find.js";
import { createThread } from "../page/thread.js";
import { checkSite } from "../sites/schema.js";

/**
 * @typedef {object} Trial
 * @property {boolean} ok the thread, both sides and the box were found
 * @property {string[]} errors what the schema says
 * @property {number} shopper lines read as a shopper's
 * @property {number} agent
 * @property {number} unknown
 * @property {boolean} box
 * @property {string} example the shopper's last line as it was read
 */

/**
 * @param {Document} document
 * @param {Site} site
 * @returns {Trial}
 */
export function tryOn(document, site) {
  const errors = checkSite(site);
  const none = { ok: false, errors, shopper: 0, agent: 0, unknown: 0, box: false, example: "" };
  if (errors.length) return none;
  const { root } = findRoot(document, site);
  const { bubbles, list } = createThread(site).read(root, document.URL);
  const count = (/** @type {string} */ from) => bubbles.filter((b) => b.from === from && b.text).length;
  const unknown = bubbles.filter((b) => b.from === "unknown").length;
  const trial = {
    ...none,
    shopper: count("shopper"),
    agent: count("agent"),
    unknown,
    box: findOne(root, site.box, list) !== null,
    example: bubbles.findLast((b) => b.from === "shopper")?.text ?? "",
  };
  return { ...trial, ok: trial.box && trial.shopper > 0 && trial.agent > 0 && unknown === 0 };
}
