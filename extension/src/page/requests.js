/**
 * Turns lines of a thread into what is asked of the server: a run of the shopper's bubbles
 * becomes one message, with the lines before it as history.
 * @typedef {import("./seen.js").Known} Known
 * @typedef {import("./conversations.js").Talk} Talk
 * @typedef {import("../types.js").ShopperMessage} ShopperMessage
 */
import { isoTime } from "./times.js";

/** Earlier lines that go with a message, and the length that each is cut to. */
const HISTORY_LINES = 12;
const HISTORY_CHARACTERS = 500;

/** A message may be this long; a frame holds 64 KiB with its history. */
const MESSAGE_CHARACTERS = 4000;

/** Keys of requested lines that a conversation keeps. */
const KEPT = 600;

/**
 * The shopper's lines that no agent has answered yet. A line of nobody known may be the agent's:
 * what stands before it counts as answered.
 * @param {Known[]} known
 * @param {import("./thread.js").Bubble[]} bubbles the thread as it was read
 */
export function unanswered(known, bubbles) {
  const answered = bubbles.findLastIndex((bubble) => bubble.from === "agent" || bubble.from === "unknown");
  const after = new Set(bubbles.slice(answered + 1).map((bubble) => bubble.node));
  return known.filter((line) => line.from === "shopper" && after.has(line.node));
}

/**
 * One message for each run of new shopper lines: an agent's line or another shopper ends a run.
 * Each line is handed on once, whatever comes.
 * @param {Talk} talk
 * @param {Known[]} lines the shopper's lines to hand on, oldest first
 * @param {Known[]} known the thread that they stand in
 * @returns {ShopperMessage[]}
 */
export function messagesOf(talk, lines, known) {
  const fresh = lines.filter((line) => !talk.requested.has(line.key));
  for (const line of fresh) talk.requested.add(line.key);
  for (const key of talk.requested) {
    if (talk.requested.size <= KEPT) break;
    talk.requested.delete(key);
  }
  return runs(fresh, known).map((run) => messageOf(talk, run, known));
}

/** @param {Known[]} lines @param {Known[]} known @returns {Known[][]} */
function runs(lines, known) {
  /** @type {Known[][]} */
  const out = [];
  let end = -1;
  for (const line of lines) {
    const at = known.indexOf(line);
    const previous = out.at(-1)?.at(-1);
    const broken =
      !previous ||
      !sameShopper(previous, line) ||
      known.slice(end + 1, at).some((other) => other.from === "agent");
    if (broken) out.push([line]);
    else out.at(-1)?.push(line);
    end = at;
  }
  return out;
}

/** @param {Known} a @param {Known} b */
const sameShopper = (a, b) => (a.shopper_id || a.shopper_name) === (b.shopper_id || b.shopper_name);

/** @param {Talk} talk @param {Known[]} run @param {Known[]} known @returns {ShopperMessage} */
function messageOf(talk, run, known) {
  const first = known.indexOf(run[0]);
  const last = run[run.length - 1];
  const shopper = { id: last.shopper_id || undefined, name: last.shopper_name || talk.name || undefined };
  const text = run.map((line) => line.text).join("\n");
  return {
    conversation_id: talk.id,
    message_id: last.key,
    text: text.slice(-MESSAGE_CHARACTERS),
    shopper: shopper.id || shopper.name ? shopper : undefined,
    sent_at: isoTime(last.sent_at),
    history: historyOf(known.slice(0, first)),
    answered: known.slice(known.indexOf(last) + 1).some((other) => other.from === "agent"),
  };
}

/** @param {Known[]} lines @returns {import("../types.js").Turn[]} */
function historyOf(lines) {
  return lines
    .filter((line) => line.from === "shopper" || line.from === "agent")
    .slice(-HISTORY_LINES)
    .map((line) => ({
      from: /** @type {"shopper" | "agent"} */ (line.from),
      text: line.text.slice(0, HISTORY_CHARACTERS),
    }));
}
