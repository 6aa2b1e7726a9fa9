/**
 * What one item of the thread says, and who said it.
 * @typedef {import("../sites/schema.js").Site} Site
 * @typedef {"shopper" | "agent" | "robot" | "system" | "unknown"} From
 */
import { findAll, patternOf, readOne } from "./find.js";

/** Parts whose words nobody sees. */
const UNSEEN = new Set(["STYLE", "SCRIPT", "TEMPLATE", "NOSCRIPT"]);

/** Words that are read out and not drawn: by the names that builds give them, and by the style itself. */
const READ_OUT =
  /(^|[\s_-])(sr-only|visually-?hidden|screen-?reader(-text|-only)?|assistive-text)($|[\s_-])/iu;
const CLIPPED = /clip:\s*rect\(0|clip-path:\s*inset\((50|100)%/u;

const BLOCKS = new Set(["DIV", "P", "LI", "UL", "OL", "PRE", "SECTION", "BLOCKQUOTE", "TR"]);

/** Half of the list's width; nearer to the middle than this share of it, a bubble has no side. */
const MIDDLE = 0.04;

/**
 * The text of an element, or of a part of one, as a reader sees it: line breaks kept, emoji pictures
 * by their name.
 * @param {Node} part
 * @param {string[]} [drop] selectors of parts to leave out
 */
export function visibleText(part, drop = []) {
  /** @type {string[]} */
  const out = [];
  gather(part, drop.join(","), out);
  return out
    .join("")
    .replace(/\u00a0/gu, " ")
    .replace(/[ \t]*\n[ \t]*/gu, "\n")
    .replace(/\n{3,}/gu, "\n\n")
    .trim();
}

/** @param {Node} node @param {string} drop @param {string[]} out */
function gather(node, drop, out) {
  if (node.nodeType === Node.TEXT_NODE) {
    out.push(/** @type {Text} */ (node).data);
    return;
  }
  if (node instanceof DocumentFragment) {
    for (const child of node.childNodes) gather(child, drop, out);
    return;
  }
  if (!(node instanceof Element) || (drop && node.matches(drop))) return;
  const tag = node.tagName.toUpperCase();
  if (UNSEEN.has(tag) || isReadOut(node)) return;
  if (tag === "BR") out.push("\n");
  else if (tag === "IMG") out.push(node.getAttribute("alt") ?? node.getAttribute("title") ?? "");
  const block = BLOCKS.has(tag) && out.length > 0 && !out[out.length - 1].endsWith("\n");
  if (block) out.push("\n");
  for (const child of drawnIn(node)) gather(child, drop, out);
}

/** @param {Element} element */
const isReadOut = (element) =>
  READ_OUT.test(element.getAttribute("class") ?? "") || CLIPPED.test(element.getAttribute("style") ?? "");

/** What an element draws: its open shadow root's parts, and in a slot of one what was given to it. @param {Element} element */
function drawnIn(element) {
  if (element.shadowRoot) return element.shadowRoot.childNodes;
  const given = element instanceof HTMLSlotElement ? element.assignedNodes() : [];
  return given.length ? given : element.childNodes;
}

/**
 * Who wrote the item. `rung` is the place of the rule that decided, -1 when none did.
 * @param {Element} item
 * @param {Site} site
 * @param {Element} list
 * @returns {{from: From, rung: number}}
 */
export function writerOf(item, site, list) {
  for (const css of site.noise?.css ?? []) if (holds(item, css)) return { from: "system", rung: 0 };
  for (const [rung, rule] of site.from.entries()) {
    const from = byRule(item, rule, list);
    if (from) return { from, rung };
  }
  return { from: "unknown", rung: -1 };
}

/** @param {Element} item @param {string} css */
export const holds = (item, css) => item.matches(css) || item.querySelector(css) !== null;

/** @param {Element} item @param {import("../sites/schema.js").FromRule} rule @param {Element} list @returns {From | null} */
function byRule(item, rule, list) {
  if (rule.style !== undefined) return byStyle(item, rule);
  if (rule.side !== undefined)
    return bySide(rule.side ? item.querySelector(rule.side) : item, list, rule.middle ?? null);
  return rule.is && (rule.css === undefined || holds(item, rule.css)) ? rule.is : null;
}

/** @param {Element} item @param {import("../sites/schema.js").FromRule} rule @returns {From | null} */
function byStyle(item, rule) {
  const element = rule.css ? (item.matches(rule.css) ? item : item.querySelector(rule.css)) : item;
  if (!element) return null;
  const style = /** @type {Record<string, any>} */ (getComputedStyle(element));
  const value = String(style[/** @type {string} */ (rule.style)]);
  if (value === rule.agent) return "agent";
  return value === rule.shopper ? "shopper" : null;
}

/** @param {Element | null} bubble @param {Element} list @param {From | null} middle @returns {From | null} */
function bySide(bubble, list, middle) {
  if (!bubble) return null;
  const own = bubble.getBoundingClientRect();
  const pane = list.getBoundingClientRect();
  if (!own.width || !pane.width) return null;
  const off = (own.left + own.width / 2 - (pane.left + pane.width / 2)) / pane.width;
  if (Math.abs(off) < MIDDLE) return middle;
  return off < 0 ? "shopper" : "agent";
}

/**
 * What a card in the thread tells beside its words; "" for what it does not.
 * @typedef {{product: string, order_id: string, order_status: string, amount: string}} Told
 */

/** @type {Readonly<Told>} */
export const NOTHING_TOLD = Object.freeze({ product: "", order_id: "", order_status: "", amount: "" });

/**
 * What the item says: its text, else its card, else its picture; "" while the page has not
 * filled it yet.
 * @param {Element} item
 * @param {Site} site
 * @returns {{text: string} & Told}
 */
export function wordsOf(item, site) {
  const own =
    site.text.length && item.matches(cssOf(site.text[0])) ? [item] : findAll(item, site.text).elements;
  const text = outermost(own)
    .map((element) => visibleText(element, site.drop))
    .filter(Boolean)
    .join("\n");
  const card = cardOf(item, site);
  if (!card) return { text: isNoise(text, site) ? "" : text, ...NOTHING_TOLD };
  return { ...card, text: text || card.text };
}

/** @param {import("../sites/schema.js").Rung} rung */
const cssOf = (rung) => (typeof rung === "string" ? rung : rung.css);

/** @param {Element[]} elements */
const outermost = (elements) => elements.filter((e) => !elements.some((o) => o !== e && o.contains(e)));

/** @param {Element} item @param {Site} site */
function cardOf(item, site) {
  for (const rule of site.cards ?? []) {
    const card = item.matches(rule.css) ? item : item.querySelector(rule.css);
    if (!card) continue;
    const words = (rule.read ?? []).map((read) => readOne(card, [read])).filter(Boolean);
    return {
      text: [`[${rule.label}]`, ...new Set(words)].join(" "),
      product: readOne(card, rule.product),
      order_id: readOne(card, rule.order_id),
      order_status: readOne(card, rule.order_status),
      amount: readOne(card, rule.amount),
    };
  }
  return null;
}

/**
 * What nobody says, on any page: a draft that is mirrored into the conversation, and what stands in
 * the place of a line that was taken back.
 */
const NOBODYS = [
  "^\\[(草稿|draft)\\]",
  "^.{0,24}撤回了?(一条|1条|该条|这条)?(消息|信息)[。.]?\\s*(重新编辑)?$",
  "^(此|该|这条)?(消息|信息)已?被?.{0,6}(撤回|删除)[。.]?$",
  "^.{0,24}(deleted|recalled|unsent|withdrew) (a|this|the) message\\.?$",
  "^(this )?message (was |has been )?(deleted|recalled|unsent|withdrawn)\\.?$",
];

/** @param {string} text @param {Site} site */
export function isNoise(text, site) {
  const holds = (/** @type {string} */ source) => patternOf(source, "iu").test(text);
  return NOBODYS.some(holds) || (site.noise?.text ?? []).some((source) => patternOf(source).test(text));
}
