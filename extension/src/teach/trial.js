/**
 * Tries an adapter on the page in front of us, without a panel and without the server.
 * @typedef {import("../sites/schema.js").Site} Site
 * @typedef {import("./survey.js").Line} Line
 */
import { hash } from "../page/align.js";
import { holds, visibleText } from "../page/bubble.js";
import { findAll, findOne, findRoot } from "../page/find.js";
import { readRows } from "../page/rows.js";
import { createThread } from "../page/thread.js";
import { checkSite } from "../sites/schema.js";

/** Lines that a later load is compared with. */
const KEPT = 30;

/**
 * @typedef {object} Trial
 * @property {boolean} ok it reads every line as it is known to be, and finds the box
 * @property {string[]} errors what the schema says
 * @property {number} shopper lines read as a shopper's
 * @property {number} agent
 * @property {number} rows shoppers found in the list of conversations
 * @property {string} example the shopper's last line as it was read
 * @property {{from: "shopper" | "agent", line: string}[]} taught
 */

/**
 * @param {Document} document
 * @param {Site} site
 * @param {{lines: Line[], box: Element}} known
 * @returns {Trial}
 */
export function tryOn(document, site, known) {
  const errors = checkSite(site);
  const none = { ok: false, errors, shopper: 0, agent: 0, rows: 0, example: "", taught: [] };
  if (errors.length) return none;
  const { root } = findRoot(document, site);
  const { bubbles, list } = createThread(site).read(root, document.URL);
  const read = new Map(bubbles.map((bubble) => [bubble.node, bubble]));
  const said = bubbles.filter((bubble) => bubble.text);
  const right = known.lines.every(({ item, from, certain }) => {
    if (!certain) return true;
    const bubble = read.get(item);
    if (from) return bubble?.from === from && bubble.text !== "";
    return !bubble || bubble.from === "system";
  });
  const { rows } = readRows(site, root, 0, { box: null, thread: list });
  return {
    ...none,
    ok:
      right &&
      said.every(({ node }) => isWhole(node, site)) &&
      findOne(root, site.box, list)?.element === known.box,
    shopper: said.filter(({ from }) => from === "shopper").length,
    agent: said.filter(({ from }) => from === "agent").length,
    rows: rows.filter(({ name }) => name).length,
    example: said.findLast(({ from }) => from === "shopper")?.text ?? "",
    taught: said
      .slice(-KEPT)
      .flatMap(({ from, text }) =>
        from === "shopper" || from === "agent" ? [{ from, line: hash(text) }] : [],
      ),
  };
}

/**
 * Nothing in a line that is built as its words are was left unread: it would be another line.
 * @param {Element} item @param {Site} site
 */
function isWhole(item, site) {
  if (isBoths(item, site)) return false;
  const { elements } = findAll(item, site.text);
  const all = elements.length ? [...item.querySelectorAll("*")] : [];
  return all.every(
    (part) =>
      !elements.some((words) => isBuiltAlike(part, words)) ||
      elements.some((words) => words.contains(part) || part.contains(words)) ||
      !visibleText(part),
  );
}

/** It bears the marks of both sides: two lines in one. @param {Element} item @param {Site} site */
function isBoths(item, site) {
  const marked = site.from.filter(({ is, css }) => css && !site.text.includes(css) && holds(item, css) && is);
  return new Set(marked.map(({ is }) => is).filter((is) => is === "shopper" || is === "agent")).size > 1;
}

/** @param {Element} a @param {Element} b */
function isBuiltAlike(a, b) {
  const [one, other] = [a, b].map((e) => `${e.localName} ${e.className} < ${e.parentElement?.className}`);
  return one === other && (a.className !== "" || a.parentElement?.className !== "");
}

/**
 * Whether the page now reads a line otherwise than when it was taught: a mark that told the sides apart
 * was one of the moment.
 * @param {Site} site
 * @param {{from: string, text: string}[]} bubbles
 */
export function contradicts(site, bubbles) {
  const sides = new Map((site.taught ?? []).map(({ line, from }) => [line, from]));
  const twice = new Set(
    (site.taught ?? []).filter(({ line, from }) => sides.get(line) !== from).map(({ line }) => line),
  );
  return bubbles.some(({ from, text }) => {
    const line = hash(text);
    const before = text && !twice.has(line) ? sides.get(line) : undefined;
    return before !== undefined && before !== from;
  });
}
