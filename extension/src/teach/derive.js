/**
 * Makes an adapter file out of what is known of a page: its list of lines with their sides, the reply
 * box, the name over the thread. Where that comes from (the page's shape, or clicks) is no matter here.
 * It prefers names that last, and takes a place on the page where no name does.
 * @typedef {import("../sites/schema.js").Site} Site
 * @typedef {import("./survey.js").Line} Line
 */
import { byClass, marksOf, readable, selectorOf } from "./names.js";
import { conversationListOf } from "./rows.js";
import { ASIDE, wordsSelector } from "./said.js";
import { rulesOf } from "./sides.js";

/** Attributes that name one message, in order of trust. */
const ID_ATTRIBUTES = ["data-message-id", "data-msg-id", "data-msgid", "msgid", "data-id", "data-key", "id"];

/**
 * @typedef {object} Lesson
 * @property {Element} list
 * @property {Line[]} lines
 * @property {boolean} byPlace the sides are told by place
 * @property {Element} box
 * @property {Element | null} name
 * @property {boolean} named a person said that this is the name; words found by place may be none
 */

/** @typedef {"same" | "no_list" | "not_box" | "not_name" | "few" | "alike" | "failed"} Problem */

/**
 * @param {Lesson} lesson
 * @param {{href: string, title: string}} page
 * @returns {{site: Site | null, error: "" | Problem}} what went wrong, if anything
 */
export function deriveSite({ list, lines, byPlace, box, name, named }, page) {
  const sided = lines.filter(({ from, words }) => from && words);
  if (!["shopper", "agent"].every((side) => sided.some(({ from }) => from === side))) return fail("few");
  if (!isBox(box) || list.contains(box) || box.getRootNode() !== list.getRootNode()) return fail("not_box");
  if (name && !isOver(name, list)) return fail("not_name");
  const words = wordsSelector(sided);
  if (!words) return fail("failed");
  const from = rulesOf(lines, { words, byPlace });
  if (!from.length) return fail("alike");
  const items = itemRungs(list, lines, sided);
  if (!items.length) return fail("failed");
  const url = new URL(page.href);
  const rows = conversationListOf(/** @type {Document | ShadowRoot} */ (list.getRootNode()), list);
  const id = ID_ATTRIBUTES.find((attribute) => isNamed(sided, attribute));
  const roots = rootsOf(list);
  const drop = asideOf(sided, words);
  /** @type {Site} */
  const site = {
    schema: 1,
    id: `taught-${url.host.replace(/[^a-z0-9.-]/gu, "-")}`.slice(0, 60),
    version: 1,
    name_zh: page.title.slice(0, 40) || url.host,
    name_en: url.host,
    matches: [`${url.protocol}//${url.host}/*`],
    list: [selectorOf(list)],
    item: items,
    from,
    text: [words],
    conversation: conversationOf(name, named),
    box: [selectorOf(box), { css: box.localName, visible: true, below_list: true }],
    ...(drop.length && { drop }),
    ...(isReversed(sided) && { quirks: { reversed: true } }),
    ...(id && { item_id: [{ attr: id }] }),
    ...(roots.length && { roots: [roots] }),
    ...(rows && { conversation_list: rows }),
  };
  return { site, error: "" };
}

/** @param {Problem} error @returns {{site: null, error: Problem}} */
const fail = (error) => ({ site: null, error });

/**
 * Names with stars collide, and without a name all conversations would be one: both are told apart
 * by what was said in them.
 * @param {Element | null} name
 * @param {boolean} named
 * @returns {Site["conversation"]}
 */
function conversationOf(name, named) {
  if (!name) return { masked: true };
  const masked = !named || /\*/u.test(name.textContent ?? "");
  return { name: [{ css: selectorOf(name) }], ...(masked && { masked }) };
}

/** Above the thread, in its column: a name in the list of conversations is another's after a switch. @param {Element} name @param {Element} list */
function isOver(name, list) {
  const own = name.getBoundingClientRect();
  const pane = list.getBoundingClientRect();
  const words = (name.textContent ?? "").trim();
  const sameRoot = name.getRootNode() === list.getRootNode();
  return words !== "" && sameRoot && own.top < pane.top && own.left < pane.right && own.right > pane.left;
}

/** @param {Element} box */
export function isBox(box) {
  const { localName } = box;
  return (
    localName === "textarea" || localName === "input" || /** @type {HTMLElement} */ (box).isContentEditable
  );
}

/** The hosts of the shadow roots around the list, outermost first. @param {Element} list */
function rootsOf(list) {
  /** @type {string[]} */
  const out = [];
  for (let root = list.getRootNode(); root instanceof ShadowRoot; root = root.host.getRootNode())
    out.unshift(selectorOf(root.host));
  return out;
}

/** An id is one that all lines have, each its own. @param {Line[]} lines @param {string} attribute */
function isNamed(lines, attribute) {
  const values = lines.map(({ item }) => item.getAttribute(attribute) ?? "");
  return values.every(Boolean) && new Set(values).size === values.length;
}

/** The newest line stands first in the document. @param {Line[]} lines as the document has them */
function isReversed(lines) {
  const [first, last] = [lines[0], lines[lines.length - 1]].map(
    ({ item }) => item.getBoundingClientRect().top,
  );
  return first > last;
}

/** What all lines are, and nothing else in the list; empty where lines in groups have no such mark. @param {Element} list @param {Line[]} lines @param {Line[]} sided */
function itemRungs(list, lines, sided) {
  const others = lines.filter((line) => !sided.includes(line)).map(({ item }) => item);
  const shared = marksOf(sided[0].item)
    .map(({ css }) => css)
    .filter((css) => sided.every(({ item }) => item.matches(css)));
  const apart = shared.find((css) => !others.some((item) => item.matches(css)));
  const best = apart ?? shared[0];
  if (!sided.every(({ item }) => item.parentElement === list)) return best ? [best] : [];
  return [...(best ? [`:scope > ${best}`] : []), ":scope > *"];
}

/** Times and marks within the words of lines, by name. @param {Line[]} sided @param {string} words */
function asideOf(sided, words) {
  const parts = sided.flatMap(({ item }) => [
    ...(item.matches(words) ? item : (item.querySelector(words) ?? item)).querySelectorAll("*"),
  ]);
  const aside = parts.filter((part) => ASIDE.test((part.textContent ?? "").trim()));
  const names = aside.map(
    (part) => readable(part).map(byClass)[0] ?? (part.localName === "time" ? "time" : ""),
  );
  return [...new Set(names)].filter(
    (css) => css && parts.filter((part) => part.matches(css)).every((part) => aside.includes(part)),
  );
}
