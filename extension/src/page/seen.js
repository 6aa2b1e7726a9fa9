/**
 * Tells news from history in one conversation. It keeps the end of the thread in order: what
 * comes after it is new, what comes before is old, whatever the page does with its nodes.
 * @typedef {import("./thread.js").Bubble} Bubble
 * @typedef {Bubble & {key: string}} Known a bubble with the name it is remembered by
 * @typedef {{key: string, line: string}} Mark
 */
import { hash, longestFit, placesOf } from "./align.js";

/** Lines kept of a conversation's end; more than a flush reads. */
const KEPT = 240;

/** Keys that are never news again, kept longer than the lines. */
const KEPT_KEYS = 1000;

/**
 * @typedef {object} Taken
 * @property {boolean} fresh the thread was shown anew: only its unanswered end counts
 * @property {Known[]} news oldest first
 * @property {Known[]} known the whole thread as read; empty while it shows a place in its past
 */

/** @param {Bubble} bubble */
const lineOf = (bubble) => `${bubble.from}\u241f${bubble.sent_at}\u241f${bubble.text}`;

/** @param {string} line */
const wordsOf = (line) => line.replace(/\u241f[^\u241f]*\u241f/u, "\u241f");

/**
 * @param {string} conversation_id goes into the keys made here
 * @param {boolean} recycled the page shows other messages in the same nodes
 */
export function createSeen(conversation_id, recycled) {
  /** @type {Mark[]} */
  let marks = [];
  /** @type {Set<string>} */
  const keys = new Set();
  /** @type {WeakMap<Element, Mark>} */
  const nodes = new WeakMap();
  /** Items that were empty when the thread was first shown: old, whenever they are filled. @type {WeakSet<Element>} */
  const empty = new WeakSet();

  /**
   * Takes the thread as it stands and says what in it is new.
   * @param {Bubble[]} bubbles oldest first, empty ones among them
   * @param {() => boolean} atEnd whether the page shows the thread's end
   * @returns {Taken}
   */
  function take(bubbles, atEnd) {
    const known = bubbles.filter((bubble) => bubble.text).map((bubble) => ({ ...bubble, key: "" }));
    const places = placesIn(known);
    const first = places.findIndex((place) => place >= 0);
    if (first < 0 && marks.length && !atEnd()) return { fresh: false, news: [], known: [] };
    name(known, places);
    if (first < 0) return begin(bubbles, known);
    const news = known.filter((bubble, i) => i > first && places[i] < 0 && isNew(bubble, known, places));
    remember(known.slice(0, first), true);
    remember(known.filter((_, i) => i > first && places[i] < 0));
    forget(known, Math.max(...places));
    return { fresh: false, news, known };
  }

  /** @param {Bubble[]} bubbles @param {Known[]} known @returns {Taken} */
  function begin(bubbles, known) {
    const before = new Set(marks.map((mark) => wordsOf(mark.line)));
    const news = known.filter((bubble) => !before.has(wordsOf(lineOf(bubble))) && !keys.has(bubble.key));
    const answered = bubbles.findLastIndex((bubble) => bubble.from === "agent");
    for (const bubble of bubbles.slice(0, answered + 1)) {
      if (bubble.text) continue;
      empty.add(bubble.node);
      if (bubble.id) keys.add(bubble.id);
    }
    remember(known);
    return { fresh: known.length > 0, news, known };
  }

  /** @param {Known} bubble @param {Known[]} known @param {number[]} places */
  function isNew(bubble, known, places) {
    if (keys.has(bubble.key) || (!recycled && empty.has(bubble.node))) return false;
    return !renamed(bubble, known, places);
  }

  /**
   * A line that changed its name is the same line: a temporary id became the real one. The
   * old name went in the same moment as the new one came, out of the part that is shown.
   * @param {Known} bubble @param {Known[]} known @param {number[]} places
   */
  function renamed(bubble, known, places) {
    const shown = new Set(places);
    const start = Math.min(...places.filter((place) => place >= 0));
    const words = wordsOf(lineOf(bubble));
    const gone = marks.findIndex((mark, i) => i > start && !shown.has(i) && wordsOf(mark.line) === words);
    if (gone < 0 || known.some((other) => other.key === marks[gone].key)) return false;
    places[known.indexOf(bubble)] = gone;
    keys.add(bubble.key);
    marks[gone] = { key: bubble.key, line: lineOf(bubble) };
    nodes.set(bubble.node, marks[gone]);
    return true;
  }

  /** The place of every bubble among the marks, -1 for what is not there. @param {Bubble[]} bubbles */
  function placesIn(bubbles) {
    const byKey = new Map(marks.map((mark, i) => [mark.key, i]));
    const anchors = bubbles.map((bubble) => byKey.get(bubble.id || nodeKey(bubble)) ?? -1);
    if (bubbles.every((bubble) => bubble.id)) return anchors;
    const places = placesOf(
      bubbles.map(lineOf),
      marks.map((mark) => mark.line),
      anchors,
    );
    return bubbles.map((bubble, i) => (bubble.id ? anchors[i] : places[i]));
  }

  /** @param {Bubble} bubble */
  function nodeKey(bubble) {
    const mark = recycled ? undefined : nodes.get(bubble.node);
    return mark && mark.line === lineOf(bubble) ? mark.key : "";
  }

  /** @param {Known[]} known @param {number[]} places */
  function name(known, places) {
    /** @type {Set<string>} */
    const taken = new Set();
    for (const [i, bubble] of known.entries()) {
      bubble.key = bubble.id || (places[i] >= 0 ? marks[places[i]].key : "");
      if (bubble.key) continue;
      const base = hash(`${conversation_id}\u241f${lineOf(bubble)}`);
      bubble.key = base;
      for (let n = 2; taken.has(bubble.key) || keys.has(bubble.key); n++) bubble.key = `${base}.${n}`;
      taken.add(bubble.key);
    }
  }

  /** @param {Known[]} bubbles @param {boolean} [older] */
  function remember(bubbles, older = false) {
    for (const bubble of bubbles) {
      const mark = { key: bubble.key, line: lineOf(bubble) };
      nodes.set(bubble.node, mark);
      if (older && bubble.id) keys.add(bubble.key);
      if (older || marks.some((other) => other.key === mark.key)) continue;
      marks.push(mark);
      keys.add(mark.key);
    }
    if (marks.length > KEPT) marks = marks.slice(-KEPT);
    for (const key of keys) {
      if (keys.size <= KEPT_KEYS) break;
      keys.delete(key);
    }
  }

  /** Drops lines with an id that were taken back: a later one with the same words is another. @param {Known[]} known @param {number} last */
  function forget(known, last) {
    if (!known.every((bubble) => bubble.id)) return;
    const here = new Set(known.map((bubble) => bubble.key));
    const first = marks.findIndex((mark) => here.has(mark.key));
    marks = marks.filter((mark, i) => i < first || i > last || here.has(mark.key));
  }

  return {
    take,
    /** Whether these are lines of this conversation, by id or by node. @param {Bubble[]} bubbles */
    overlaps: (bubbles) =>
      bubbles.some((bubble) => bubble.text && (bubble.id ? keys.has(bubble.id) : nodeKey(bubble) !== "")),
    /** Whether they are, by content and order. @param {Bubble[]} bubbles */
    fits(bubbles) {
      const now = bubbles.filter((bubble) => bubble.text).map(lineOf);
      return longestFit(
        now,
        marks.map((mark) => mark.line),
      ).whole;
    },
    /** Nothing was seen here yet. */
    get blank() {
      return marks.length === 0;
    },
  };
}
