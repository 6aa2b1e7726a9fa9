/**
 * The page's list of conversations, by its place: rows of one kind beside the thread, each with a name.
 * @typedef {NonNullable<import("../sites/schema.js").Site["conversation_list"]>} ConversationList
 */
import { UNREAD_NUMBER } from "../sites/fallbacks.js";
import { byClass, marksOf, readable, selectorOf } from "./names.js";

/** A row is this high, in pixels. */
const ROW = { least: 20, most: 140 };

/** A list is at most this wide, in pixels. */
const WIDEST = 520;

/** Classes and attributes that pages give the row on screen. */
const OPEN = /activ|select|current|chosen|open|checked/iu;

/**
 * @param {Document | ShadowRoot} root
 * @param {Element} thread
 * @returns {ConversationList | undefined} nothing where no list is certain
 */
export function conversationListOf(root, thread) {
  const holders = [...root.querySelectorAll("*")].filter((element) => isBeside(element, thread));
  const best = holders
    .map((holder) => ({ holder, rows: rowsOf(holder) }))
    .filter(({ rows }) => rows.length > 1)
    .sort((a, b) => b.rows.length - a.rows.length)[0];
  if (!best) return undefined;
  const { holder, rows } = best;
  const shared = marksOf(rows[0]).find(({ css }) => rows.every((row) => row.matches(css)));
  const [name, preview] = [0, 1].map((place) => partOf(rows, place));
  if (!name) return undefined;
  const open = openOf(rows);
  const badge = badgeOf(rows);
  return {
    list: [selectorOf(holder)],
    row: [`:scope > ${shared?.css ?? rows[0].localName}`],
    name: [{ css: name }],
    ...(preview && { text: [preview] }),
    waits: [...(badge ? [{ css: badge, pattern: "[1-9]" }] : []), UNREAD_NUMBER],
    ...(open && { open }),
  };
}

/** @param {Element} element @param {Element} thread */
function isBeside(element, thread) {
  if (element.childElementCount < 2 || element.contains(thread) || thread.contains(element)) return false;
  const own = element.getBoundingClientRect();
  const pane = thread.getBoundingClientRect();
  const beside = own.right <= pane.left + 2 || own.left >= pane.right - 2;
  return beside && own.width > 80 && own.width <= WIDEST && own.top < pane.bottom && own.bottom > pane.top;
}

/** Children of one kind, one under the other, with words. @param {Element} holder */
function rowsOf(holder) {
  const rows = [...holder.children].filter((row) => {
    const { height, width } = row.getBoundingClientRect();
    const fits = height >= ROW.least && height <= ROW.most && width >= holder.clientWidth * 0.8;
    return fits && (row.textContent ?? "").trim() !== "";
  });
  const alike = rows.every((row) => row.localName === rows[0].localName);
  const heights = rows.map((row) => row.getBoundingClientRect().height);
  return alike && Math.max(...heights) - Math.min(...heights) < 24 ? rows : [];
}

/** Parts with words of their own: not numbers, times, faces of one letter. @param {Element} row */
function wordsIn(row) {
  const walk = row.ownerDocument.createTreeWalker(row, NodeFilter.SHOW_TEXT);
  /** @type {Element[]} */
  const out = [];
  while (walk.nextNode()) {
    const words = walk.currentNode.nodeValue?.trim() ?? "";
    const parent = walk.currentNode.parentElement;
    if (parent && words.length > 1 && !/^[\d:+./\s-]+$|^.{0,4}\d{1,2}:\d{2}$/u.test(words)) out.push(parent);
  }
  return [...new Set(out)];
}

/** A selector that finds the part of words at `place` in every row; "" where none does. @param {Element[]} rows @param {number} place */
function partOf(rows, place) {
  const parts = rows.map((row) => wordsIn(row)[place]);
  const first = parts.find(Boolean);
  if (!first) return "";
  const row = rows[parts.indexOf(first)];
  const ways = [...readable(first).map(byClass), pathIn(row, first)];
  const finds = (/** @type {string} */ css) =>
    css !== "" && rows.every((one, i) => !parts[i] || one.querySelector(css) === parts[i]);
  return ways.find(finds) ?? "";
}

/** Tags and places from the row down. @param {Element} row @param {Element} inner */
function pathIn(row, inner) {
  const steps = [];
  for (let node = inner; node !== row && node.parentElement; node = node.parentElement)
    steps.unshift(`${node.localName}:nth-child(${[...node.parentElement.children].indexOf(node) + 1})`);
  return steps.length ? `:scope > ${steps.join(" > ")}` : "";
}

/** What only the row on screen says. @param {Element[]} rows */
function openOf(rows) {
  const says = (/** @type {Element} */ row) => [
    ...[...row.classList]
      .filter((name) => OPEN.test(name) && !/\d/u.test(name))
      .map((name) => `.${CSS.escape(name)}`),
    ...["aria-selected", "aria-current", "data-active", "data-selected"].flatMap((name) => {
      const value = row.getAttribute(name);
      return value && value !== "false" ? [`[${name}="${CSS.escape(value)}"]`] : [];
    }),
  ];
  const all = rows.map(says);
  return all.flat().find((css) => all.filter((own) => own.includes(css)).length === 1);
}

/** The name of a part that holds nothing but a small number. @param {Element[]} rows */
function badgeOf(rows) {
  const badge = rows
    .flatMap((row) => [...row.querySelectorAll("*")])
    .find((part) => part.childElementCount === 0 && /^\d{1,2}\+?$/u.test((part.textContent ?? "").trim()));
  const name = badge && readable(badge)[0];
  return name ? byClass(name) : "";
}
