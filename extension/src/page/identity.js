/**
 * Whose conversation the page shows. Ids in the shopper's own items weigh most, then ids of
 * the page, then the name in the header; when two of them disagree nothing is certain.
 * @typedef {import("../sites/schema.js").Site} Site
 */
import { readOne } from "./find.js";

/**
 * @typedef {object} Identity
 * @property {string} id "" where only a name, or nothing, is to be had
 * @property {string} name
 * @property {boolean} masked names may collide
 * @property {boolean} agreed false while parts of the page name different shoppers
 */

/**
 * @param {Site} site
 * @param {Document | ShadowRoot} root
 * @param {string} href
 * @param {import("./thread.js").Snapshot} thread
 * @returns {Identity}
 */
export function identityOf(site, root, href, { bubbles, shape }) {
  const rules = site.conversation;
  const ofItems = new Set(bubbles.map((bubble) => bubble.conversation_id).filter(Boolean));
  const page = readOne(root, rules.id, href);
  const name = readOne(root, rules.name, href) || (shape?.name ?? "");
  const witness = readOne(root, rules.witness, href);
  const [first = ""] = ofItems;
  const agreed = ofItems.size < 2 && (!first || !page || first === page) && sameName(name, witness);
  // Words found by their place may be no name at all.
  return { id: first || page, name, agreed, masked: rules.masked === true || shape !== undefined };
}

/** Whether two names can be one shopper's: a header may add to the name. @param {string} a @param {string} b */
function sameName(a, b) {
  return !a || !b || a.includes(b) || b.includes(a);
}
