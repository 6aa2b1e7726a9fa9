/**
 * Tries an adapter on the page in front of us, without a panel and without the server.
 * @typedef {import("../sites/schema.js").Site} Site
 * @typedef {import("./survey.js").Line} Line
 */
import { hash } from "../page/align.js";
import { findOne, findRoot } from "../page/find.js";
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
    ok: right && findOne(root, site.box, list)?.element === known.box,
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
