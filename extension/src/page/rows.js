/**
 * The page's list of conversations as plain rows: who is in it, and who of them waits. A virtual
 * list holds only the rows on screen, in nodes that it uses again.
 * @typedef {import("../sites/schema.js").Site} Site
 * @typedef {import("../sites/schema.js").Mark} Mark
 */
import { visibleText } from "./bubble.js";
import { findAll, findOne, patternOf, readOne, shows } from "./find.js";
import { timeOfDay, waitedFor } from "./times.js";

/** A preview is compared by its start; pages cut it short. */
const TEXT_CHARACTERS = 80;

/**
 * @typedef {object} Row
 * @property {string} id "" where the row carries none
 * @property {string} name
 * @property {string} text the preview of the last line, "" where there is none
 * @property {boolean} waits the page marks it as unread or unanswered
 * @property {boolean} open the page marks it as the one on screen
 * @property {number} shown_ms since when by the page's own words, epoch milliseconds; 0 where it does not say
 */

/**
 * @typedef {object} Rows
 * @property {Element | null} box what holds the rows
 * @property {Row[]} rows
 * @property {boolean} complete all conversations are in the document
 * @property {number} top how far the list is scrolled
 */

/**
 * @param {Site} site
 * @param {Document | ShadowRoot} root
 * @param {number} now_ms
 * @returns {Rows}
 */
export function readRows(site, root, now_ms) {
  const rules = site.conversation_list;
  if (!rules) return { box: null, rows: [], complete: false, top: 0 };
  const holder = rules.list ? (findOne(root, rules.list)?.element ?? null) : root;
  const elements = holder ? findAll(holder, rules.row).elements : [];
  const box = holder instanceof Element ? holder : (elements[0]?.parentElement ?? null);
  const scroller = box && scrollerOf(box);
  return {
    box,
    rows: elements.map((element) => rowOf(element, rules, now_ms)),
    complete: box !== null && !scroller,
    top: scroller?.scrollTop ?? 0,
  };
}

/** @param {Element} row @param {NonNullable<Site["conversation_list"]>} rules @param {number} now_ms @returns {Row} */
function rowOf(row, rules, now_ms) {
  const preview = rules.text && findOne(row, rules.text)?.element;
  const text = preview ? visibleText(preview).replace(/\s+/gu, " ").slice(0, TEXT_CHARACTERS) : "";
  return {
    id: readOne(row, rules.id),
    name: readOne(row, rules.name),
    text,
    waits: rules.waits.some((mark) => holds(row, mark)),
    open: rules.open !== undefined && (row.matches(rules.open) || row.querySelector(rules.open) !== null),
    shown_ms: waitedFor(readOne(row, rules.waited), now_ms) || timeOfDay(readOne(row, rules.at), now_ms),
  };
}

/** A badge that is used again is hidden, not taken away. @param {Element} row @param {Mark} mark */
function holds(row, { css, attr, pattern }) {
  return [...row.querySelectorAll(css), ...(row.matches(css) ? [row] : [])].some((element) => {
    if (!shows(element)) return false;
    const value = (attr ? element.getAttribute(attr) : element.textContent) ?? "";
    return !pattern || patternOf(pattern).test(value.trim());
  });
}

/** How far above the rows the box that scrolls them may stand. */
const UP = 4;

/** @param {Element} box */
function scrollerOf(box) {
  for (
    let node = /** @type {Element | null} */ (box), up = 0;
    node && up < UP;
    node = node.parentElement, up++
  )
    if (node.scrollHeight > node.clientHeight + 1 && node.clientHeight > 0 && scrolls(node)) return node;
  return null;
}

/** @param {Element} element */
const scrolls = (element) => /auto|scroll|overlay/u.test(getComputedStyle(element).overflowY);
