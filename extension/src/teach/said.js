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
  const names = new Set([...namesIn(sided[0].item), ...ways[0]]);
  const found = [...names]
    .map((css) => ({ css, parts: sided.map(({ item }) => partOf(item, css)) }))
    .filter(({ parts }) => parts.every(Boolean));
  const labels = found.filter(({ parts }) => isLabel(sided, /** @type {Element[]} */ (parts)));
  const holds = (/** @type {(Element | null)[]} */ parts) =>
    parts.every((part, i) => part !== null && shares(part, sided[i]));
  const clean = found.filter(
    ({ parts }) =>
      holds(parts) &&
      !labels.some((label) => label.parts.some((part, i) => part && parts[i]?.contains(part))),
  );
  const length = (/** @type {(Element | null)[]} */ parts) =>
    parts.reduce((sum, part) => sum + (part ? visibleText(part).length : 0), 0);
  const best = clean.sort((a, b) => length(b.parts) - length(a.parts))[0];
  if (best) return best.css;
  // A way for each side, where the sides are built differently.
  const paths = [...new Set(ways.map((way) => way[way.length - 1]).filter(Boolean))].slice(0, 4);
  const both = paths.length ? `:is(${paths.join(", ")})` : "";
  return both && holds(sided.map(({ item }) => partOf(item, both))) ? both : itemItself(sided);
}

/** The one part of a line that a selector finds. @param {Element} item @param {string} css */
function partOf(item, css) {
  const found = item.matches(css) ? [item] : [...item.querySelectorAll(css)];
  const outer = found.filter((part) => !found.some((other) => other !== part && other.contains(part)));
  return outer.length === 1 && visibleText(outer[0]) ? outer[0] : null;
}

/** Whether a part and what is known to be said are the same, or one in the other. @param {Element} part @param {Line} line */
const shares = (part, { words, text }) =>
  words !== null &&
  (part.contains(words) || words.contains(part)) &&
  (text.includes(visibleText(part)) || visibleText(part).includes(text));

/** A part that says the same on every line of a side, or a time: who wrote, and when. @param {Line[]} sided @param {Element[]} parts */
function isLabel(sided, parts) {
  const texts = parts.map((part) => visibleText(part));
  if (texts.every((text) => ASIDE.test(text))) return true;
  const sides = ["shopper", "agent"].map((side) => texts.filter((_, i) => sided[i].from === side));
  const several = sides.filter((said) => said.length > 1);
  return several.length > 0 && several.every((said) => new Set(said).size === 1);
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
