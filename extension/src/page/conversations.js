/**
 * The conversations that were seen on this page, and which of them is on screen.
 * @typedef {import("../sites/schema.js").Site} Site
 * @typedef {import("./thread.js").Bubble} Bubble
 * @typedef {import("./identity.js").Identity} Identity
 */
import { hash } from "./align.js";
import { createSeen } from "./seen.js";

/** Conversations remembered; an agent opens fewer in a shift. */
const KEPT = 300;

/**
 * How long a new name may stand over the old lines before it is taken for the same shopper's
 * (names are filled in late), in milliseconds. Long enough for a slow load after a switch.
 */
const BELIEVE_MS = 5000;

/**
 * @typedef {object} Talk
 * @property {string} id
 * @property {string} name
 * @property {boolean} unsure only a masked name is known
 * @property {ReturnType<typeof createSeen>} seen
 * @property {Set<string>} requested keys of shopper lines that were handed on
 * @property {Map<string, string>} texts what the newest of them said then, by key
 * @property {{lines: {key: string, text: string}[], open: boolean, at_ms: number} | null} asked what stands to be
 *   answered; a new line joins it while it is open
 * @property {number} changed_ms since when the page shows it otherwise; 0 while it does not
 * @property {Map<string, number>} heard when shopper lines came before our eyes, epoch milliseconds
 * @property {Set<string>} automatic keys of lines that no person wrote
 * @property {boolean} settled history is complete; what comes now is new
 * @property {number} since_ms when it came on screen, epoch milliseconds
 * @property {string} last key of the shopper's last line; "" before there is one
 * @property {string} words what that line says
 * @property {boolean} waits that line has no answer yet, as far as the page was read
 */

/**
 * @param {Site} site
 */
export function createConversations(site) {
  /** @type {Map<string, Talk>} */
  const talks = new Map();
  /** Later names of a conversation that is known under an earlier one. @type {Map<string, Talk>} */
  const aliases = new Map();
  /** @type {Talk | null} */
  let current = null;
  let doubtSince = 0;

  /**
   * The conversation on screen, or null while that is not certain: an old list under a new
   * header, or two names at once.
   * @param {Identity} who
   * @param {Bubble[]} bubbles
   * @param {number} now_ms
   * @returns {Talk | null}
   */
  function resolve(who, bubbles, now_ms) {
    const next = who.agreed ? pick(who, bubbles) : null;
    const stale = next !== current && current !== null && current.seen.overlaps(bubbles);
    if (next && !stale) return enter(next, who, now_ms);
    doubtSince ||= now_ms;
    if (!next || !current || who.id || now_ms - doubtSince < BELIEVE_MS) return null;
    aliases.set(next.id, current);
    return enter(current, who, now_ms);
  }

  /** @param {Identity} who @param {Bubble[]} bubbles @returns {Talk} */
  function pick(who, bubbles) {
    if (who.id) return open(who.id, who.name, false);
    const alias = aliases.get(who.name);
    if (alias && belongs(alias, bubbles)) return alias;
    aliases.delete(who.name);
    // Also where the page had an id before and shows none now.
    if (current?.name === who.name && belongs(current, bubbles)) return current;
    if (!who.masked) return open(who.name || "page", who.name, false);
    for (const talk of talks.values()) if (talk.name === who.name && belongs(talk, bubbles)) return talk;
    const first = bubbles.find((bubble) => bubble.text);
    const mark = first ? first.id || hash(`${first.from}${first.sent_at}${first.text}`) : "";
    return open(`${who.name}#${mark}`, who.name, true);
  }

  /** @param {Talk} talk @param {Bubble[]} bubbles */
  const belongs = (talk, bubbles) =>
    !bubbles.some((bubble) => bubble.text) ||
    talk.seen.blank ||
    talk.seen.overlaps(bubbles) ||
    talk.seen.fits(bubbles);

  /** @param {string} id @param {string} name @param {boolean} unsure @returns {Talk} */
  function open(id, name, unsure) {
    const known = talks.get(id);
    if (known) return known;
    const seen = createSeen(id, site.quirks?.recycled ?? false);
    return {
      id,
      name,
      unsure,
      seen,
      requested: new Set(),
      texts: new Map(),
      asked: null,
      changed_ms: 0,
      heard: new Map(),
      automatic: new Set(),
      settled: false,
      since_ms: 0,
      last: "",
      words: "",
      waits: false,
    };
  }

  /** @param {Talk} talk @param {Identity} who @param {number} now_ms @returns {Talk} */
  function enter(talk, who, now_ms) {
    doubtSince = 0;
    talk.name = who.name || talk.name;
    if (talk === current) return talk;
    talk.settled = false;
    if (talk.asked) talk.asked.open = false;
    talk.since_ms = now_ms;
    current = talk;
    talks.delete(talk.id);
    talks.set(talk.id, talk);
    if (talks.size > KEPT) talks.delete(/** @type {string} */ (talks.keys().next().value));
    return talk;
  }

  /**
   * The opened conversation that a row of the page's list is: by id; by name where names are all
   * that tells shoppers apart, and by the last words where those collide.
   * @param {{id: string, name: string, text: string}} row
   * @returns {Talk | null}
   */
  function ofRow({ id, name, text }) {
    const known = talks.get(id);
    if (known || !name) return known ?? null;
    const named = [...talks.values()].filter(
      (talk) => talk.name === name && (talk.unsure || talk.id === name),
    );
    if (!site.conversation.masked) return named[0] ?? null;
    return named.find((talk) => previews(text, talk.words)) ?? null;
  }

  return {
    resolve,
    ofRow,
    get current() {
      return current;
    },
    /** The page contradicts itself just now. */
    get doubtful() {
      return doubtSince > 0;
    },
  };
}

/** Whether a row's preview is of this line; pages cut previews short. @param {string} text @param {string} words */
export function previews(text, words) {
  const start = text.replace(/(?:…|\.{3})$/u, "");
  return start !== "" && words.replace(/\s+/gu, " ").startsWith(start);
}
