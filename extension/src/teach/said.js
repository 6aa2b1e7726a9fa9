/**
 * Finds the part of a line that holds what was said: not the writer's name, a time or a mark beside it.
 * @typedef {import("./survey.js").Line} Line
 */
import { visibleText } from "../page/bubble.js";
import { byClass, marksOf, readable } from "./names.js";

/** What stands beside the words and is no part of them: a time, a mark that it was read. */
export const ASIDE =
  /^(\d{1,2}:\d{2}(:\d{2})?( ?[AP]M)?|[✓✔🕓√]+|已读|未读|已送达|送达|(just )?now|seen|read|sent|delivered)$/iu;

/**
 * A selector that finds in every line the words, and nothing else there; "" where none does.
 * @param {Line[]} sided
 * @returns {string}
 */
export function wordsSelector(sided) {
  const ways = sided.map(({ item, words }) => waysTo(item, /** @type {Element} */ (words)));
  const names = new Set([...sided.flatMap(({ item }) => namesIn(item)), ...ways[0]]);
  const all = [...names].map((css) => ({ css, parts: sided.map(({ item }) => partOf(item, css)) }));
  const labels = all.filter(({ parts }) => isLabel(sided, parts)).flatMap(({ parts }) => parts);
  const clean = all.filter(({ parts }) =>
    parts.every((part) => part && !labels.some((label) => label && part.contains(label))),
  );
  const length = (/** @type {(Element | null)[]} */ parts) =>
    parts.reduce((sum, part) => sum + (part ? visibleText(part).length : 0), 0);
  // Within what is known to be said; around it only where nothing in it has a name.
  for (const fits of [isIn, isAround]) {
    const fit = clean.filter(({ parts }) => parts.every((part, i) => fits(part, sided[i].words)));
    const best = fit.sort((one, other) => length(other.parts) - length(one.parts))[0];
    if (best) return best.css;
  }
  // A way for each side, where the sides are built differently.
  const paths = [...new Set(ways.map((way) => way[way.length - 1]).filter(Boolean))].slice(0, 4);
  const both = paths.length ? `:is(${paths.join(", ")})` : "";
  const holds = sided.every(({ item, words }) => isIn(both ? partOf(item, both) : null, words));
  return holds ? both : itemItself(sided);
}

/** @param {Element | null} part @param {Element | null} words */
const isIn = (part, words) => part !== null && words?.contains(part) === true;

/** @param {Element | null} part @param {Element | null} words */
const isAround = (part, words) => words !== null && part?.contains(words) === true;

/** The one part of a line that a selector finds. @param {Element} item @param {string} css */
function partOf(item, css) {
  const found = item.matches(css) ? [item] : [...item.querySelectorAll(css)];
  const outer = found.filter((part) => !found.some((other) => other !== part && other.contains(part)));
  return outer.length === 1 && visibleText(outer[0]) ? outer[0] : null;
}

/**
 * A part that says the same on every line of a side that has it, or a time: who wrote, and when.
 * @param {Line[]} sided @param {(Element | null)[]} parts one a line, null where a line has none
 */
function isLabel(sided, parts) {
  const texts = parts.map((part) => (part ? visibleText(part) : ""));
  const said = texts.filter(Boolean);
  if (said.length && said.every((text) => ASIDE.test(text))) return true;
  const sides = ["shopper", "agent"].map((side) => texts.filter((text, i) => text && sided[i].from === side));
  const several = sides.filter((of) => of.length > 1);
  return several.length > 0 && several.every((of) => new Set(of).size === 1);
}

/** Readable classes of the parts of a line, outermost first. @param {Element} item */
const namesIn = (item) => [...item.querySelectorAll("*")].flatMap((part) => readable(part).map(byClass));

/**
 * Selectors for a part: the innermost name first; its way of tags and places last.
 * @param {Element} item @param {Element} words @returns {string[]}
 */
export function waysTo(item, words) {
  /** @type {string[]} */
  const out = [];
  /** @type {string[]} */
  const steps = [];
  for (let node = words; node !== item && node.parentElement; node = node.parentElement) {
    out.push(...readable(node).map(byClass));
    const place = [...node.parentElement.children].indexOf(node) + 1;
    steps.unshift(`${node.localName}:nth-child(${place})`);
  }
  return [...out, ...(steps.length ? [`:scope > ${steps.join(" > ")}`] : [])];
}

/** Lines that are nothing but words. @param {Line[]} sided */
function itemItself(sided) {
  const [{ item: first }] = sided;
  if (!sided.every(({ item, words }) => words === item || item.shadowRoot)) return "";
  const mark = marksOf(first).find(({ css }) => sided.every(({ item }) => item.matches(css)));
  return mark?.css ?? (sided.every(({ item }) => item.localName === first.localName) ? first.localName : "");
}
