/**
 * Tells news from history in one conversation. It keeps the keys of the thread's end in order;
 * what comes after them is new, what comes before is old, whatever the page does with its nodes.
 * @typedef {import("./thread.js").Bubble} Bubble
 */

/** Keys kept of a conversation's end; more than a page shows at once. */
const KEPT = 240;

/**
 * A bubble with the name under which it is remembered: the page's id, else one of our own.
 * @typedef {Bubble & {key: string}} Known
 */

/**
 * `fresh`: the thread was shown anew, so only its unanswered end counts. `known` is the whole
 * thread as read, oldest first.
 * @typedef {{fresh: boolean, news: Known[], known: Known[]}} Taken
 */

/** @typedef {{key: string, line: string}} Mark */

/** @param {Bubble} bubble */
const lineOf = (bubble) => `${bubble.from}\u0000${bubble.sent_at}\u0000${bubble.text}`;

/**
 * @param {string} conversation_id goes into the keys made here
 */
export function createSeen(conversation_id) {
  /** @type {Mark[]} */
  let marks = [];
  /** @type {WeakMap<Element, Mark>} */
  const nodes = new WeakMap();

  /**
   * Takes the thread as it stands and says what in it is new.
   * @param {Bubble[]} bubbles spoken lines only, oldest first
   * @param {{at_end: boolean, recycled: boolean}} page
   * @returns {Taken}
   */
  function take(bubbles, page) {
    const keys = keysOf(bubbles, page.recycled);
    const known = bubbles.map((bubble, i) => ({ ...bubble, key: keys[i] ?? "" }));
    const before = new Set(marks.map((mark) => mark.key));
    const first = known.findIndex((bubble) => bubble.key && before.has(bubble.key));
    if (first < 0) return begin(known, page.at_end);
    name(known, first);
    const added = known.slice(first).filter((bubble) => !before.has(bubble.key));
    const news = added.filter((bubble) => !renamed(bubble, known));
    remember(news);
    remember(known.slice(0, first), true);
    return { fresh: false, news, known };
  }

  /** @param {Known[]} known @param {boolean} at_end @returns {Taken} */
  function begin(known, at_end) {
    if (marks.length && !at_end) return { fresh: false, news: [], known: [] };
    name(known, 0);
    const again = new Set(marks.map((mark) => mark.line));
    const fresh = known.map((bubble) => ({ ...bubble, again: again.has(lineOf(bubble)) }));
    remember(known);
    return { fresh: known.length > 0, news: fresh.filter((bubble) => !bubble.again), known };
  }

  /** Keys for lines that carry none yet, by content and place. @param {Known[]} known @param {number} from */
  function name(known, from) {
    const taken = new Set(marks.map((mark) => mark.key));
    for (const bubble of known.slice(from)) {
      if (bubble.key) continue;
      const base = hash(`${conversation_id}\u0000${lineOf(bubble)}`);
      let key = base;
      for (let n = 2; taken.has(key); n++) key = `${base}.${n}`;
      bubble.key = key;
      taken.add(key);
    }
  }

  /** @param {Bubble[]} bubbles @param {boolean} recycled @returns {string[]} "" for what is not known yet */
  function keysOf(bubbles, recycled) {
    if (bubbles.every((bubble) => bubble.id)) return bubbles.map((bubble) => bubble.id);
    const keys = bubbles.map((bubble) => bubble.id || (recycled ? "" : byNode(bubble)));
    return keys.some(Boolean) ? keys : byPlace(bubbles);
  }

  /** @param {Bubble} bubble */
  function byNode(bubble) {
    const mark = nodes.get(bubble.node);
    return mark && mark.line === lineOf(bubble) ? mark.key : "";
  }

  /** Lays the remembered end over the lines read; the longest fit names them. @param {Bubble[]} bubbles */
  function byPlace(bubbles) {
    const lines = bubbles.map(lineOf);
    const end = longestFit(
      lines,
      marks.map((mark) => mark.line),
    );
    const keys = lines.map(() => "");
    for (let i = 0; i <= end.at && i < marks.length && i < end.length; i++)
      keys[end.at - i] = marks[marks.length - 1 - i].key;
    return keys;
  }

  /** An own line that changed its temporary id for the real one is the same line. @param {Known} bubble @param {Known[]} known */
  function renamed(bubble, known) {
    const here = new Set(known.map((other) => other.key));
    const last = marks.findLastIndex((mark) => here.has(mark.key));
    const gone = marks.findIndex(
      (mark, i) => i > last && !here.has(mark.key) && sameWords(mark.line, lineOf(bubble)),
    );
    if (gone < 0) return false;
    marks[gone] = { key: bubble.key, line: lineOf(bubble) };
    nodes.set(bubble.node, marks[gone]);
    return true;
  }

  /** @param {Known[]} bubbles @param {boolean} [older] */
  function remember(bubbles, older = false) {
    for (const bubble of bubbles) {
      const mark = { key: bubble.key, line: lineOf(bubble) };
      if (bubble.key) nodes.set(bubble.node, mark);
      if (!older) marks.push(mark);
    }
    if (marks.length > KEPT) marks = marks.slice(-KEPT);
  }

  return {
    take,
    /** Whether any of these lines is remembered here. @param {Bubble[]} bubbles */
    overlaps(bubbles) {
      const keys = new Set(marks.map((mark) => mark.key));
      return bubbles.some((bubble) => (bubble.id ? keys.has(bubble.id) : byNode(bubble) !== ""));
    },
    /** Whether the remembered end and these lines fit together at all. @param {Bubble[]} bubbles */
    fits(bubbles) {
      const lines = new Set(marks.map((mark) => mark.line));
      return bubbles.some((bubble) => lines.has(lineOf(bubble)));
    },
  };
}

/** @param {string} a @param {string} b */
function sameWords(a, b) {
  const [fromA, , textA] = a.split("\u0000");
  const [fromB, , textB] = b.split("\u0000");
  return fromA === fromB && textA === textB;
}

/**
 * Where the end of `old` lies in `now`. A fit that uses up one of the two from its start
 * counts before any other; then the longer one, then the one that reaches the start of both.
 * @param {string[]} now
 * @param {string[]} old
 * @returns {{at: number, length: number}} place of the last common line in `now`, -1 for none
 */
export function longestFit(now, old) {
  let best = { at: -1, length: 0, score: 0 };
  for (let at = now.length - 1; at >= 0; at--) {
    let length = 0;
    while (length <= at && length < old.length && now[at - length] === old[old.length - 1 - length]) length++;
    const whole = length > 0 && (length === at + 1 || length === old.length);
    const both = length === at + 1 && length === old.length;
    if (!whole && length < 2) continue;
    const score = length + (whole ? 1e6 : 0) + (both ? 0.5 : 0);
    if (score > best.score) best = { at, length, score };
  }
  return { at: best.at, length: best.length };
}

/**
 * A short, stable name for a text (FNV-1a, 53 bits); no secret.
 * @param {string} value
 */
export function hash(value) {
  let low = 0x811c9dc5;
  let high = 0x01000193;
  for (let i = 0; i < value.length; i++) {
    low = Math.imul(low ^ value.charCodeAt(i), 0x01000193);
    high = Math.imul(high ^ value.charCodeAt(i), 0x85ebca6b);
  }
  return `h${(low >>> 0).toString(36)}${((high >>> 0) & 0x1fffff).toString(36)}`;
}
