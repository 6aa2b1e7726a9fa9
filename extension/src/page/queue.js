/**
 * Who waits in the page's list of conversations, and since when. A row's mark is all that tells of
 * a shopper whose conversation nobody opened. A row is known by its id, else by a name that no other
 * row has, else by name and preview together: masked names collide.
 * @typedef {import("../sites/schema.js").Site} Site
 * @typedef {import("./rows.js").Row} Row
 * @typedef {import("./rows.js").Rows} Rows
 * @typedef {import("./conversations.js").Talk} Talk
 * @typedef {import("../types.js").Waiting} Waiting
 */
import { saysAutomatic } from "./automatic.js";
import { isNoise } from "./bubble.js";
import { previews } from "./conversations.js";

/** A row that scrolled out of a virtual list counts as waiting for this long, in milliseconds. */
const OUT_OF_SIGHT_MS = 15 * 60_000;

/** A page may take the mark away before it shows the thread: what ended is known for so long. */
const JUST_ENDED_MS = 10_000;

/** Rows remembered as seen. */
const KEPT = 600;

/**
 * @typedef {object} Entry
 * @property {string} key conversation id, as far as it is known
 * @property {string} id
 * @property {string} name
 * @property {string} text
 * @property {number} since_ms
 * @property {boolean} first the row came up waiting: nobody greeted this shopper
 * @property {number} seen_ms
 * @property {boolean} open on screen: its lines will tell
 * @property {boolean} unmarked it was opened, which took the mark away
 */

/**
 * @param {Site} site
 * @param {(row: Pick<Row, "id" | "name" | "text">) => Talk | null} talkOf the opened conversation that a row is
 */
export function createQueue(site, talkOf) {
  const masked = site.conversation.masked ?? false;
  /** @type {Set<Entry>} */
  const entries = new Set();
  /** @type {{entry: Entry, at_ms: number}[]} */
  let ended = [];
  /** Rows that were read before, by what they say. @type {Set<string>} */
  const seen = new Set();
  /** @type {Set<string>} */
  let before = new Set();
  let begun = false;
  /** The page's marks are the ones that are looked for: one was seen. */
  let marks = false;
  /** Conversations that were answered out of our sight. @type {string[]} */
  let answered = [];
  let count = 0;
  /** The rows as they were read last. @type {Row[]} */
  let drawn = [];
  /** @type {WeakMap<Row, string>} */
  const keys = new WeakMap();
  /** @param {Row} row */
  const keyOf = (row) => keys.get(row) ?? "";

  /** @param {Row} row */
  const wordsOf = (row) => `${row.id || row.name}\u241f${row.text}`;

  /**
   * Takes the list as it stands. `here` is the conversation on screen: its own lines tell more.
   * @param {Rows} read
   * @param {Talk | null} here
   * @param {number} now_ms
   * @param {boolean} scrolled the list shows other rows than before
   */
  function take({ rows: all, isComplete }, here, now_ms, scrolled) {
    const rows = joined(all);
    drawn = rows;
    ended = ended.filter(({ at_ms }) => now_ms - at_ms < JUST_ENDED_MS);
    const matched = match(rows, scrolled);
    const talks = opened(rows);
    marks ||= rows.some(({ waits }) => waits);
    for (const row of rows) {
      const entry = matched.get(row);
      const talk = talks.get(row) ?? null;
      const open = row.open || (talk !== null && talk === here);
      if (entry && stays(entry, row, open, open && talk?.settled === true)) {
        const unmarked = open || !row.waits;
        const key = talk?.id ?? entry.key;
        Object.assign(entry, { text: row.text, seen_ms: now_ms, key, open, unmarked });
      } else if (entry) end(entry, now_ms);
      else if (row.waits && !open && !isNoise(row.text, site))
        begin(row, { talk, scrolled, alone: isAlone(row, rows), now_ms });
    }
    for (const [row, talk] of talks) if (talk !== here && talk.waits) noticeAnswer(row, talk);
    for (const row of rows) {
      if (!keys.has(row)) keys.set(row, talks.get(row)?.id ?? matched.get(row)?.key ?? row.id);
    }
    const there = new Set(matched.values());
    for (const entry of [...entries]) {
      if (entry.seen_ms === now_ms || there.has(entry)) continue;
      const closed = rows.length > 0 && isComplete();
      if (closed || now_ms - entry.seen_ms > OUT_OF_SIGHT_MS) end(entry, now_ms);
    }
    before = new Set(rows.map(wordsOf));
    remember(rows);
    begun ||= rows.length > 0;
  }

  /**
   * The opened conversation of each row, one row a conversation: of two rows that could be it, the
   * one on screen or without a mark is.
   * @param {Row[]} rows
   */
  function opened(rows) {
    /** @type {Map<Row, Talk>} */
    const out = new Map();
    /** @type {Set<Talk>} */
    const taken = new Set();
    const weight = (/** @type {Row} */ row) => (row.open ? 0 : row.waits ? 2 : 1);
    for (const row of [...rows].sort((a, b) => weight(a) - weight(b))) {
      const talk = talkOf(row);
      if (!talk || taken.has(talk)) continue;
      taken.add(talk);
      out.set(row, talk);
    }
    return out;
  }

  /**
   * @param {Row} row
   * @param {{talk: Talk | null, scrolled: boolean, alone: boolean, now_ms: number}} at
   */
  function begin(row, { talk, scrolled, alone, now_ms }) {
    // What became marked before our eyes began now; of the rest only the page's own words tell.
    const watched = begun && !scrolled;
    count += 1;
    const key = talk?.id ?? (row.id || (alone ? row.name : "") || `row ${count}`);
    keys.set(row, key);
    entries.add({
      key,
      id: row.id,
      name: row.name,
      text: row.text,
      since_ms: Math.min(now_ms, (watched ? 0 : row.shown_ms) || now_ms),
      first: watched && talk === null && !seen.has(row.id || row.name),
      seen_ms: now_ms,
      open: false,
      unmarked: false,
    });
  }

  /** Whether the name alone tells whose row it is. @param {Row} row @param {Row[]} rows */
  const isAlone = (row, rows) => !masked && rows.filter(({ name }) => name === row.name).length === 1;

  /**
   * A conversation that was read and left waiting, whose row has no mark and previews another line:
   * had the shopper written it, there would be a mark.
   * @param {Row} row @param {Talk} talk
   */
  function noticeAnswer(row, talk) {
    if (!marks || row.waits || row.text === "" || isNoise(row.text, site) || saysAutomatic(row.text)) return;
    if (previews(row.text, talk.words)) return;
    rest(talk);
  }

  /** @param {Talk} talk */
  function rest(talk) {
    talk.waits = false;
    answered.push(talk.id);
  }

  /**
   * Whether somebody still waits by the list. A conversation that was opened and left again before its
   * lines were read has lost its mark only.
   * @param {Entry} entry @param {Row} row @param {boolean} open @param {boolean} read its lines were read
   */
  function stays(entry, row, open, read) {
    if (read) return false;
    return open || row.waits || (entry.unmarked && row.text !== "" && row.text === entry.text);
  }

  /** @param {Entry} entry @param {number} at_ms */
  function end(entry, at_ms) {
    entries.delete(entry);
    ended.push({ entry, at_ms });
  }

  /**
   * Which entry each row is: by id, by a name that only one has, by name and preview; then by name
   * alone where the preview changed before our eyes.
   * @param {Row[]} rows
   * @param {boolean} scrolled
   */
  function match(rows, scrolled) {
    /** @type {Map<Row, Entry>} */
    const out = new Map();
    const free = new Set(entries);
    /** @param {Row} row @param {(entry: Entry) => boolean} is */
    const pair = (row, is) => {
      const entry = out.has(row) ? undefined : [...free].find(is);
      if (!entry) return;
      free.delete(entry);
      out.set(row, entry);
    };
    const waitingFirst = [...rows].sort((a, b) => Number(b.waits) - Number(a.waits));
    for (const row of rows) if (row.id) pair(row, ({ id }) => id === row.id);
    const nameless = waitingFirst.filter((row) => !row.id);
    for (const row of nameless) pair(row, (it) => !it.id && it.name === row.name && it.text === row.text);
    for (const row of nameless) {
      const changed = !scrolled && !before.has(wordsOf(row));
      if (changed || isAlone(row, rows)) pair(row, (it) => !it.id && it.name === row.name);
    }
    return out;
  }

  /** @param {Row[]} rows */
  function remember(rows) {
    for (const row of rows) seen.add(row.id || row.name);
    for (const key of seen) {
      if (seen.size <= KEPT) break;
      seen.delete(key);
    }
  }

  return {
    take,
    /** The row of a conversation, where it is in the list now. @param {string} key */
    rowOf: (key) => {
      const row = drawn.find((one) => keyOf(one) === key || one.id === key);
      return row?.element.isConnected ? row.element : null;
    },
    /** Somebody answered while we did not look. */
    rest,
    /**
     * Since when the shopper of this conversation waited before it was opened; 0 when they did not.
     * @param {Talk} talk
     */
    sinceOf(talk) {
      const all = [...entries, ...ended.map(({ entry }) => entry)];
      const found = all.find((entry) => entry.key === talk.id || talkOf(entry) === talk);
      return found?.since_ms ?? 0;
    },
    /** Conversations that turned out to be answered since this was last asked. */
    answered() {
      const ids = answered;
      answered = [];
      return ids;
    },
    /** Longest first is the panel's to decide. @returns {Waiting[]} */
    waiting: () =>
      [...entries]
        .filter(({ open }) => !open)
        .map(({ key, name, since_ms, first }) => ({ conversation_id: key, name, since_ms, first })),
  };
}

/** A page may list one shopper in two groups. @param {Row[]} rows @returns {Row[]} */
function joined(rows) {
  /** @type {Map<string, Row>} */
  const byId = new Map();
  return rows.filter((row) => {
    const other = row.id ? byId.get(row.id) : undefined;
    if (row.id && !other) byId.set(row.id, row);
    if (other) {
      other.waits ||= row.waits;
      other.open ||= row.open;
    }
    return !other;
  });
}
