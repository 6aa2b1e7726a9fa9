/**
 * What is known of a page before an adapter is made: from its shape alone, or from clicks as well.
 * @typedef {import("./derive.js").Lesson} Lesson
 * @typedef {import("./derive.js").Problem} Problem
 * @typedef {import("./survey.js").Line} Line
 * @typedef {import("../sites/schema.js").Site} Site
 */
import { visibleText } from "../page/bubble.js";
import { deriveSite } from "./derive.js";
import { grouped } from "./groups.js";
import { waysTo } from "./said.js";
import { sidesByMarks } from "./sides.js";
import { linesOf, survey } from "./survey.js";
import { tryOn } from "./trial.js";

/**
 * @typedef {object} Pointed
 * @property {Element} shopper an element inside a shopper's line
 * @property {Element} agent an element inside an own line
 * @property {Element} box
 * @property {Element | null} name
 */

/**
 * @typedef {object} Learnt
 * @property {Site | null} site
 * @property {"" | Problem} error
 * @property {import("./trial.js").Trial | null} trial
 * @property {Lesson | null} lesson
 */

/** What the page's shape proposes; nothing where it is not certain. @param {Document} document @returns {Learnt | null} */
export function proposed(document) {
  const seen = survey(document);
  if (!seen) return null;
  const learnt = learn(document, { ...seen, byPlace: true, named: false });
  return learnt.site ? learnt : null;
}

/** @param {Document} document @param {Pointed} pointed @returns {Learnt} */
export function pointedOut(document, { shopper: first, agent: second, box, name }) {
  const [shopper, agent] = sameRoot(first, second);
  const around = commonAncestor(shopper, agent);
  if (!around || around === shopper || around === agent) return refused("same");
  const list = outOfGroup(around, shopper, agent);
  const lines = linesOf(list);
  const [theirs, own] = [shopper, agent].map((element) => pointedLine(lines, element));
  if (!theirs || !own || theirs === own) return refused("no_list");
  pointWords(lines, [
    [theirs, shopper],
    [own, agent],
  ]);
  const byPlace = theirs.from === "shopper" && own.from === "agent";
  const mirrored = theirs.from === "agent" && own.from === "shopper";
  const sided = byPlace ? lines : mirrored ? lines.map(turned) : sidesByMarks(lines, theirs, own);
  const told = (/** @type {Line["from"]} */ side) => sided.some(({ from }) => from === side);
  if (!told("shopper") || !told("agent")) return refused("alike");
  return learn(document, { list, lines: sided, byPlace, box, name, named: true });
}

/** @param {Document} document @param {Lesson} lesson @returns {Learnt} */
function learn(document, lesson) {
  const page = { href: document.URL, title: document.title };
  const { site, error } = deriveSite(lesson, page);
  if (!site) return refused(error);
  const trial = tryOn(document, site, lesson);
  if (!trial.ok) return refused("failed");
  const rows = trial.rows > 1 ? {} : { conversation_list: undefined };
  const kept = JSON.parse(JSON.stringify({ ...site, ...rows, taught: trial.taught }));
  return { site: kept, error: "", trial, lesson };
}

/** @param {"" | Problem} error @returns {Learnt} */
const refused = (error) => ({ site: null, error: error || "failed", trial: null, lesson: null });

/** @param {Line} line @returns {Line} */
const turned = (line) => ({
  ...line,
  from: line.from === "shopper" ? "agent" : line.from === "agent" ? "shopper" : "",
});

/** The line that holds what was pointed at. @param {Line[]} lines @param {Element} element */
const pointedLine = (lines, element) => lines.find(({ item }) => item.contains(element));

/**
 * Who points at words says where they are, in the other lines as well.
 * @param {Line[]} lines
 * @param {[Line, Element][]} pointed
 */
function pointWords(lines, pointed) {
  for (const [line, element] of pointed)
    if (element !== line.item) Object.assign(line, { words: element, text: visibleText(element) });
  const [one, other] = pointed.map(([{ item }, element]) => waysTo(item, element));
  const ways = new Set([...one.filter((css) => other.includes(css)), ...one, ...other]);
  for (const line of lines) {
    if (pointed.some(([known]) => known === line)) continue;
    const part = [...ways].map((css) => line.item.querySelector(css)).find(Boolean);
    if (part && visibleText(part)) Object.assign(line, { words: part, text: visibleText(part) });
  }
}

/** Out of lines that are components, up to where both stand in one tree. @param {Element} a @param {Element} b @returns {[Element, Element]} */
function sameRoot(a, b) {
  const up = (/** @type {Element} */ element) => {
    const root = element.getRootNode();
    return root instanceof ShadowRoot ? root.host : null;
  };
  for (let x = /** @type {Element | null} */ (a); x; x = up(x))
    for (let y = /** @type {Element | null} */ (b); y; y = up(y))
      if (x.getRootNode() === y.getRootNode()) return [x, y];
  return [a, b];
}

/** Both may have been pointed at in one group of several. @param {Element} list @param {Element} a @param {Element} b */
function outOfGroup(list, a, b) {
  const outer = list.parentElement;
  const lines = (outer && grouped(outer)) ?? [];
  const [one, other] = [a, b].map((element) => lines.find((line) => line.contains(element)));
  return outer && one && other && one !== other ? outer : list;
}

/** @param {Element} a @param {Element} b */
function commonAncestor(a, b) {
  /** @type {Element | null} */
  let node = a;
  while (node && !node.contains(b)) node = node.parentElement;
  return node;
}
