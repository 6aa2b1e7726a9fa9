/**
 * Lines that a page draws in groups: a question with its answer, all that one wrote in a row. What is
 * in a group is a line each where the page shows that: by marks of both sides, or a bubble each.
 */
import { visibleText } from "../page/bubble.js";
import { outermostColours } from "../page/shape.js";
import { areOpposite, marksOf } from "./names.js";
import { marksIn } from "./sides.js";

/** How far below the list's own children lines are looked for. */
const DEEP = 3;

/** A group is made of its lines to this share of its words; the rest is names and times. */
const MOST = 0.6;

/** The lines of a list: its children, or what they are groups of. @param {Element} list @returns {Element[]} */
export const linesIn = (list) => grouped(list) ?? [...list.children];

/**
 * @param {Element} list
 * @returns {Element[] | null} null where the children are lines themselves
 */
export function grouped(list) {
  const groups = [...list.children].filter((child) => visibleText(child));
  for (const css of namesBelow(groups)) {
    const parts = new Map(groups.map((group) => [group, outermost(group, css)]));
    const found = [...parts].filter(([, lines]) => lines.length);
    if (
      found.length < 2 ||
      found.length * 2 < groups.length ||
      !found.every(([group, lines]) => areMostOf(group, lines))
    )
      continue;
    const several = found.filter(([, lines]) => lines.length > 1);
    const texts = found.flatMap(([, lines]) => lines.map((line) => visibleText(line)));
    // What says the same twice is a name over each of them.
    if (!several.length || new Set(texts).size < texts.length) continue;
    const width = list.clientWidth;
    if (several.every(([group, lines]) => isStack(lines) && areLines(group, lines, width)))
      return [...list.children].flatMap((child) =>
        parts.get(child)?.length ? (parts.get(child) ?? []) : child,
      );
  }
  return null;
}

/** Marks of what is in the groups, outermost first. @param {Element[]} groups */
function namesBelow(groups) {
  /** @type {Set<string>} */
  const out = new Set();
  let level = groups;
  for (let depth = 0; depth < DEEP; depth++) {
    level = level.flatMap((element) => [...element.children]);
    for (const element of level) for (const { css, sided } of marksOf(element)) if (!sided) out.add(css);
  }
  return out;
}

/** @param {Element} group @param {string} css */
function outermost(group, css) {
  const all = [...group.querySelectorAll(css)].filter((part) => visibleText(part));
  return all.filter((part) => !all.some((other) => other !== part && other.contains(part)));
}

/** @param {Element} group @param {Element[]} lines */
function areMostOf(group, lines) {
  const length = lines.reduce((sum, line) => sum + visibleText(line).length, 0);
  return length >= visibleText(group).length * MOST;
}

/** One below the other. @param {Element[]} lines */
function isStack(lines) {
  const rects = lines.map((line) => line.getBoundingClientRect());
  return rects.slice(1).every((rect, i) => rect.top >= rects[i].bottom - 1);
}

/** Not paragraphs of one. @param {Element} group @param {Element[]} lines @param {number} width of the list */
function areLines(group, lines, width) {
  const coloured = outermostColours(group, width);
  const own = lines.map((line) => coloured.filter((bubble) => line.contains(bubble)));
  if (own.every((bubbles) => bubbles.length)) return true;
  const [first, ...rest] = lines.map((line) => [...marksIn(line).keys()]);
  return rest.some((marks) => marks.some((mark) => first.some((other) => areOpposite(mark, other))));
}
