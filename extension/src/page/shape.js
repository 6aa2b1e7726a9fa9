/**
 * A thread read by its shape, for a page whose names were all changed: lines in a box that scrolls
 * above the reply box, words on a coloured bubble, the shopper's bubbles along the left edge and the
 * shop's along the right one. It is believed only where everything fits: both edges were seen, and
 * no line lies between them. What it is not sure of it leaves to health, which stops the page.
 * @typedef {import("../sites/schema.js").Site} Site
 * @typedef {import("./thread.js").Bubble} Bubble
 * @typedef {import("./thread.js").Snapshot} Snapshot
 * @typedef {import("./bubble.js").From} From
 */
import { isNoise, NOTHING_TOLD, visibleText } from "./bubble.js";
import { parentOf, readOne } from "./find.js";
import { textOf } from "./ladder.js";
import { headerOver, itemsOf, lowestBox, threadOver } from "./layout.js";
import { atEnd, READ_BACK } from "./thread.js";

/** Bubbles of one side begin on one line, give or take a tail, in pixels. */
const EDGE = 12;

/** An edge lies within this share of the pane's width. */
const NEAR = 0.3;

/** Nearer to the middle than this share of the width, a bubble has no side. */
const MIDDLE = 0.04;

/** A bubble is narrower than this share of the pane; wider colours are the pane's own. */
const WIDE = 0.9;

/** Pictures from this width on are messages, smaller ones are faces and marks, in pixels. */
const PICTURE = 64;

/**
 * Where an item's bubble lies: distances from the pane's edges in pixels.
 * @typedef {{text: string, left: number, right: number, kind: "bubble" | "plain" | "empty" | "doubt"}} Place
 */

/** @param {Site} site */
export function createShape(site) {
  /** @type {WeakMap<Element, Place>} */
  let places = new WeakMap();
  /** Lines that were there before; what was typed is not one of them. @type {WeakSet<Element>} */
  const before = new WeakSet();
  /** @type {{left: number, right: number} | null} */
  let edges = null;
  let width = 0;
  let typed = "";
  let refuted = false;

  /**
   * @param {Document | ShadowRoot} root
   * @param {string} href
   * @param {Snapshot} named what the names still find: a list, items
   * @returns {Snapshot | null} null where the shape is not certain
   */
  function read(root, href, named) {
    const box = refuted ? null : lowestBox(root);
    const list = box && threadOver(box, named);
    if (!box || !list) return null;
    const pane = paneOf(list);
    if (pane.width !== width) places = new WeakMap();
    width = pane.width;
    const elements = itemsOf(list, named);
    const first = Math.max(0, elements.length - READ_BACK);
    const lines = elements.slice(first).map((node) => ({ node, place: placeOf(node, pane) }));
    edges ??= edgesOf(lines.map(({ place }) => place));
    if (!edges) return null;
    const bubbles = lines.map(({ node, place }) => bubbleOf(node, place, href));
    if (contradicts(box, bubbles)) return null;
    return {
      list,
      list_rung: -1,
      item_rung: -1,
      items: elements.length,
      first,
      bubbles,
      atEnd: () => atEnd(list),
      shape: { box, name: headerOver(list) },
    };
  }

  /** @param {Element} item @param {{left: number, right: number}} pane @returns {Place} */
  function placeOf(item, pane) {
    const known = places.get(item);
    if (known) return known;
    const place = measure(item, pane, site);
    if (place.kind !== "empty") places.set(item, place);
    return place;
  }

  /**
   * Both edges, once lines of both sides were seen and none is in doubt; else null.
   * @param {Place[]} all
   */
  function edgesOf(all) {
    const bubbles = all.filter(({ kind }) => kind === "bubble");
    const learnt = {
      left: Math.min(...bubbles.map(({ left }) => left)),
      right: Math.min(...bubbles.map(({ right }) => right)),
    };
    if (Math.max(learnt.left, learnt.right) > width * NEAR) return null;
    const sides = all.map((place) => sideOf(place, learnt));
    if (sides.includes("unknown")) return null;
    return sides.includes("shopper") && sides.includes("agent") ? learnt : null;
  }

  /** @param {Place} place @param {{left: number, right: number}} by @returns {From} */
  function sideOf({ kind, left, right }, by) {
    if (kind === "empty") return "system";
    if (kind === "doubt") return "unknown";
    const onLeft = Math.abs(left - by.left) <= EDGE;
    const onRight = Math.abs(right - by.right) <= EDGE;
    if (Math.abs(left - right) / 2 < width * MIDDLE) return onLeft || onRight ? "unknown" : "system";
    if (kind === "plain" || onLeft === onRight) return "unknown";
    return onLeft ? "shopper" : "agent";
  }

  /** @param {Element} node @param {Place} place @param {string} href @returns {Bubble} */
  function bubbleOf(node, place, href) {
    const from = isNoise(place.text, site) ? "system" : sideOf(place, /** @type {any} */ (edges));
    return {
      node,
      from,
      rung: -1,
      text: from === "system" ? "" : place.text,
      id: readOne(node, site.item_id, href),
      sent_at: readOne(node, site.sent_at, href),
      shopper_id: "",
      shopper_name: "",
      conversation_id: from === "shopper" ? readOne(node, site.conversation.of_item, href) : "",
      ...NOTHING_TOLD,
    };
  }

  /** What stood in the reply box came up as the shopper's: the sides are the other way round. @param {Element} box @param {Bubble[]} bubbles */
  function contradicts(box, bubbles) {
    const flat = (/** @type {string} */ text) => text.replace(/\s+/gu, "");
    const fresh = bubbles.filter(({ node }) => !before.has(node));
    if (typed && fresh.some(({ from, text }) => from === "shopper" && flat(text) === typed)) refuted = true;
    for (const { node } of bubbles) before.add(node);
    typed = flat(textOf(/** @type {HTMLElement} */ (box))) || typed;
    return refuted;
  }

  return {
    read,
    /** @param {Node} target */
    touch(target) {
      /** @type {Node | null} */
      let node = target;
      for (; node; node = parentOf(node)) if (places.delete(/** @type {any} */ (node))) return;
    },
  };
}

/** The part of the list in which lines lie: without its scroll bar. @param {Element} list */
export function paneOf(list) {
  const left = list.getBoundingClientRect().left + list.clientLeft;
  return { left, right: left + list.clientWidth, width: list.clientWidth };
}

/** @param {Element} item @param {{left: number, right: number}} pane @param {Site} site @returns {Place} */
function measure(item, pane, site) {
  const width = pane.right - pane.left;
  const words = (item.textContent ?? "").trim();
  const coloured = words ? outermostColours(item, width) : [];
  const picture = words ? undefined : pictureIn(item);
  // Two coloured parts with words: a face of letters, a badge. Which is the bubble is not certain.
  const kind =
    coloured.length > 1 ? "doubt" : coloured.length || picture ? "bubble" : words ? "plain" : "empty";
  const bounds = (coloured[0] ?? picture)?.getBoundingClientRect() ?? rangeOf(item).getBoundingClientRect();
  if (!bounds.width && kind !== "empty") return { text: words, left: 0, right: 0, kind: "doubt" };
  const text = coloured.length ? visibleText(coloured[0], site.drop) : picture ? "[图片]" : words;
  return { text, left: bounds.left - pane.left, right: pane.right - bounds.right, kind };
}

/** @param {Element} item @param {number} width @returns {Element[]} */
export function outermostColours(item, width) {
  /** @type {Element[]} */
  const out = [];
  for (const element of [item, ...item.querySelectorAll("*")]) {
    if (out.some((other) => other.contains(element)) || !(element.textContent ?? "").trim()) continue;
    if (isColoured(element) && element.getBoundingClientRect().width < width * WIDE) out.push(element);
  }
  return out;
}

/** @param {Element} element */
function isColoured(element) {
  const { backgroundColor, backgroundImage, visibility } = getComputedStyle(element);
  const clear = /^(transparent|rgba\(.*,\s*0\))$/u.test(backgroundColor) && backgroundImage === "none";
  return !clear && visibility !== "hidden";
}

/** @param {Element} item */
const pictureIn = (item) =>
  [...item.querySelectorAll("img, video, canvas")].find(
    (element) => element.getBoundingClientRect().width >= PICTURE,
  );

/** @param {Element} element */
export function rangeOf(element) {
  const range = element.ownerDocument.createRange();
  range.selectNodeContents(element);
  return range;
}
