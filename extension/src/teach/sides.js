/**
 * Tells the two sides of a thread apart by what all lines of one say of themselves and no other line
 * does. One pair of lines proves little: what is not a word for a side counts only where several lines
 * of both sides bear it out.
 * @typedef {import("./survey.js").Line} Line
 * @typedef {import("../sites/schema.js").FromRule} FromRule
 */
import { areOpposite, marksOf } from "./names.js";

/** Parts of a line that are looked at. */
const PARTS = 40;

/** Lines of a side from which on a name that is no word for a side is believed. */
const SEVERAL = 2;

/** What a line and its parts say, outermost first. @param {Element} item @returns {Map<string, boolean>} selector, whether it speaks of sides */
export function marksIn(item) {
  /** @type {Map<string, boolean>} */
  const out = new Map();
  for (const element of [item, ...item.querySelectorAll("*")].slice(0, PARTS))
    for (const { css, sided } of marksOf(element)) if (!out.has(css)) out.set(css, sided);
  return out;
}

/**
 * The marks that all of `mine` bear and none of `others`.
 * @param {Element[]} mine
 * @param {Element[]} others
 * @returns {[string, boolean][]} selector, whether it speaks of sides
 */
function marksOnly(mine, others) {
  if (!mine.length) return [];
  const [first, ...rest] = mine.map(marksIn);
  const foreign = others.map(marksIn);
  return [...first].filter(
    ([css]) => rest.every((marks) => marks.has(css)) && !foreign.some((marks) => marks.has(css)),
  );
}

/**
 * The one to be believed; "" where there is none.
 * @param {[string, boolean][]} marks
 * @param {boolean} several unsided ones may count
 */
const markOf = (marks, several) =>
  marks.find(([, sided]) => sided)?.[0] ?? (several ? (marks[0]?.[0] ?? "") : "");

/**
 * A mark for each side. A pair such as me and them goes before the rest: what only one side has may be
 * a state, as "received" is of what the shop sent.
 * @param {[string, boolean][]} own @param {[string, boolean][]} theirs @param {boolean} several
 */
function pairOf(own, theirs, several) {
  for (const [mine] of own) for (const [other] of theirs) if (areOpposite(mine, other)) return [mine, other];
  return [markOf(own, several), markOf(theirs, several)];
}

/**
 * The rules for who wrote a line.
 * @param {Line[]} lines
 * @param {{words: string, byPlace: boolean}} how `words` finds what a line says; `byPlace`: the shopper's
 *   lines lie on the left and the shop's on the right
 * @returns {FromRule[]} empty where nothing tells them apart
 */
export function rulesOf(lines, { words, byPlace }) {
  const items = (/** @type {Line["from"]} */ from) =>
    lines
      .filter((line) => line.from === from && (from || (line.text && line.certain)))
      .map(({ item }) => item);
  const [agents, shoppers, others] = [items("agent"), items("shopper"), items("")];
  // What holds by place needs no mark that may be gone tomorrow.
  const several = !byPlace && Math.min(agents.length, shoppers.length) >= SEVERAL;
  const [own, theirs] = pairOf(
    marksOnly(agents, [...shoppers, ...others]),
    marksOnly(shoppers, [...agents, ...others]),
    several,
  );
  const nobodys = markOf(marksOnly(others, [...shoppers, ...agents]), true);
  /** @type {FromRule[]} */
  const marked = [
    ...(nobodys ? [rule("system", nobodys)] : []),
    ...(own ? [rule("agent", own)] : []),
    ...(theirs ? [rule("shopper", theirs)] : []),
  ];
  // What bears neither mark is a notice, where there are such.
  if (own && theirs) return [...marked, ...(others.length && !nobodys ? [rule("system", words)] : [])];
  if (byPlace) {
    const whole = agents.every((item) => item.matches(words));
    const last = whole ? styleRule(agents, shoppers, others) : placeRule(words);
    return last
      ? [...marked, last, ...(whole && others.length && !nobodys ? [rule("system", words)] : [])]
      : [];
  }
  if (!own && !theirs) return [];
  return [...marked, rule(own ? "shopper" : "agent", words)];
}

/** @param {"shopper" | "agent" | "system"} is @param {string} css @returns {FromRule} */
const rule = (is, css) => ({ is, css });

/** @param {string} words @returns {FromRule} */
const placeRule = (words) => ({ side: words, middle: "system" });

/** Computed styles that put a line to its side. */
const ALIGNED = ["textAlign", "justifyContent", "flexDirection", "alignSelf", "alignItems", "float"];

/**
 * Lines as wide as the thread have no place; what aligns their words tells the sides apart.
 * @param {Element[]} agents @param {Element[]} shoppers @param {Element[]} others
 * @returns {FromRule | null}
 */
function styleRule(agents, shoppers, others) {
  for (const style of ALIGNED) {
    const values = (/** @type {Element[]} */ items) => [
      ...new Set(items.map((item) => String(/** @type {any} */ (getComputedStyle(item))[style]))),
    ];
    const [agent, shopper, rest] = [values(agents), values(shoppers), values(others)];
    if (agent.length !== 1 || shopper.length !== 1 || agent[0] === shopper[0]) continue;
    if (!rest.includes(agent[0]) && !rest.includes(shopper[0]))
      return { style, agent: agent[0], shopper: shopper[0] };
  }
  return null;
}

/**
 * Where place tells nothing: the sides of all lines by the two that were pointed at. Lines that bear
 * marks of both are nobody's, and then nothing is certain.
 * @param {Line[]} lines
 * @param {Line} shopper
 * @param {Line} agent
 * @returns {Line[]}
 */
export function sidesByMarks(lines, shopper, agent) {
  const own = marksIn(agent.item);
  const theirs = marksIn(shopper.item);
  const only = (/** @type {typeof own} */ marks, /** @type {typeof own} */ other) =>
    [...marks].filter(([css, sided]) => sided && !other.has(css)).map(([css]) => css);
  const agents = only(own, theirs);
  const shoppers = only(theirs, own);
  return lines.map((line) => {
    const marks = marksIn(line.item);
    const asAgent = agents.some((css) => marks.has(css));
    const asShopper = shoppers.length
      ? shoppers.some((css) => marks.has(css))
      : !asAgent && agents.length > 0;
    const shared = [...marks.keys()].some((css) => own.has(css) && theirs.has(css));
    const from = !line.text || !shared || asAgent === asShopper ? "" : asAgent ? "agent" : "shopper";
    return { ...line, from, certain: true };
  });
}
