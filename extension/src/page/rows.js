/**
 * The page's list of conversations as plain rows: who is in it, and who of them waits. A virtual
 * list holds only the rows on screen, in nodes that it uses again.
 * @typedef {import("../sites/schema.js").Site} Site
 * @typedef {import("../sites/schema.js").Mark} Mark
 */
import { visibleText } from "./bubble.js";
import { firstOf } from "./cut.js";
import { findAll, findOne, patternOf, readOne, scrolls, shows } from "./find.js";
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
 * @property {Element} element
 * @property {number} shown_ms since when by the page's own words, epoch milliseconds; 0 where it does not say
 */

/**
 * @typedef {object} Rows
 * @property {Element | null} box the part of the page that holds all rows and no line of the thread
 * @property {Row[]} rows
 * @property {() => boolean} isComplete whether all conversations are in the document; has the page laid out
 */

/**
 * @param {Site} site
 * @param {Document | ShadowRoot} root
 * @param {number} now_ms
 * @param {{box: Element | null, thread: Element | null}} known what held the rows before: a long thread
 *   need not be searched for them
 * @returns {Rows}
 */
export function readRows(site, root, now_ms, { box, thread }) {
  const rules = site.conversation_list;
  if (!rules) return { box: null, rows: [], isComplete: () => false };
  const holder = rules.list ? (findOne(root, rules.list)?.element ?? null) : root;
  const near = box?.isConnected ? findAll(box, rules.row).elements : [];
  const elements = near.length || !holder ? near : findAll(holder, rules.row).elements;
  return {
    box: near.length ? box : holder instanceof Element ? holder : apartFrom(elements[0], thread),
    rows: elements.map((element) => rowOf(element, rules, now_ms)),
    isComplete: () => elements.length > 0 && !isScrolled(elements[0]),
  };
}

/**
 * The widest part around a row that does not hold the thread: rows may stand in several groups.
 * @param {Element | undefined} row
 * @param {Element | null} thread
 */
function apartFrom(row, thread) {
  let part = row?.parentElement ?? null;
  if (!thread) return part;
  for (let up = part?.parentElement; up && up !== up.ownerDocument.body; up = up.parentElement) {
    if (up.contains(thread)) break;
    part = up;
  }
  return part;
}

/** @param {Element} row @param {NonNullable<Site["conversation_list"]>} rules @param {number} now_ms @returns {Row} */
function rowOf(row, rules, now_ms) {
  const preview = rules.text && findOne(row, rules.text)?.element;
  const text = preview ? firstOf(visibleText(preview).replace(/\s+/gu, " "), TEXT_CHARACTERS) : "";
  return {
    element: row,
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

/** Whether more rows are behind the ones that show. @param {Element} row */
function isScrolled(row) {
  for (let node = row.parentElement, up = 0; node && up < UP; node = node.parentElement, up++)
    if (node.scrollHeight > node.clientHeight + 1 && node.clientHeight > 0 && scrolls(node)) return true;
  return false;
}
