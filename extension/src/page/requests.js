/**
 * Turns lines of a thread into what is asked of the server: a run of the shopper's bubbles
 * becomes one message, with the lines before it as history.
 * @typedef {import("./seen.js").Known} Known
 * @typedef {import("./conversations.js").Talk} Talk
 * @typedef {import("../types.js").ShopperMessage} ShopperMessage
 */
import { hash } from "./align.js";
import { firstOf, keepNewest, lastOf } from "./cut.js";
import { isoTime } from "./times.js";

/** Earlier lines that go with a message, and the length that each is cut to. */
const HISTORY_LINES = 12;
const HISTORY_CHARACTERS = 500;

/** A message may be this long; a frame holds 64 KiB with its history. */
const MESSAGE_CHARACTERS = 4000;

/** Keys of requested lines that a conversation keeps, and texts of those that may still change. */
const KEPT = 600;
const KEPT_TEXTS = 40;

/** A line joins the one before it within this time, in milliseconds ... */
const JOIN_MS = 30_000;

/** ... and as one of so many: who writes on and on asks several things. */
const JOINED_LINES = 6;

/**
 * The shopper's lines that no agent has answered yet. A line of nobody known may be the agent's:
 * what stands before it counts as answered.
 * @param {Known[]} known
 * @param {import("./thread.js").Bubble[]} bubbles the thread as it was read
 */
export function unanswered(known, bubbles) {
  const robots = new Set(known.filter((line) => line.from === "robot").map((line) => line.node));
  const answered = bubbles.findLastIndex(
    ({ from, node }) => (from === "agent" && !robots.has(node)) || from === "unknown",
  );
  const after = new Set(bubbles.slice(answered + 1).map((bubble) => bubble.node));
  return known.filter((line) => line.from === "shopper" && after.has(line.node));
}

/** Who spoke last of the two who talk. @param {Known[]} known */
export const lastSpeaker = (known) =>
  known.findLast((line) => line.from === "shopper" || line.from === "agent")?.from;

/** A message is known by its last line, and by what that says now where it was changed. @param {Talk} talk @param {Known} line */
export function idOf(talk, line) {
  const first = talk.texts.get(line.key) ?? line.text;
  return first === line.text ? line.key : `${line.key}~${hash(line.text)}`;
}

/**
 * One message for each run of new shopper lines: an agent's line or another shopper ends a run.
 * Each line is handed on once, whatever comes; one that goes on with what stands to be answered has it
 * in front of it again.
 * @param {Talk} talk
 * @param {Known[]} lines the shopper's lines to hand on, oldest first
 * @param {Known[]} known the thread that they stand in
 * @param {number} now_ms
 * @returns {{message: ShopperMessage, lines: string[], grown: boolean}[]} with the keys of its lines
 */
export function messagesOf(talk, lines, known, now_ms) {
  const fresh = lines.filter((line) => !talk.requested.has(line.key));
  for (const { key, text } of fresh) {
    talk.requested.add(key);
    talk.texts.set(key, text);
  }
  keepNewest(talk.requested, KEPT);
  keepNewest(talk.texts, KEPT_TEXTS);
  return runs(fresh, known).map((run) => {
    const whole = withStanding(talk, run, known, now_ms);
    const message = standing(talk, whole, known, now_ms);
    return { message, lines: whole.map(({ key }) => key), grown: whole.length > run.length };
  });
}

/**
 * The message of these lines, which from now on is what stands to be answered.
 * @param {Talk} talk @param {Known[]} run @param {Known[]} known @param {number} now_ms
 */
export function standing(talk, run, known, now_ms) {
  const message = messageOf(talk, run, known);
  const lines = run.map(({ key, text }) => ({ key, text }));
  talk.asked = message.answered ? null : { lines, open: true, at_ms: now_ms };
  talk.changed_ms = 0;
  return message;
}

/**
 * A run with the lines that stand to be answered right before and behind it.
 * @param {Talk} talk @param {Known[]} run @param {Known[]} known @param {number} now_ms
 */
function withStanding({ asked }, run, known, now_ms) {
  if (!asked?.open || now_ms - asked.at_ms > JOIN_MS) return run;
  const keys = new Set([...asked.lines, ...run].map(({ key }) => key));
  const joins = (/** @type {Known} */ line) => keys.has(line.key) && sameShopper(line, run[0]);
  const said = known.filter(({ from }) => from === "shopper" || from === "agent");
  let first = said.indexOf(run[0]);
  let last = said.indexOf(run[run.length - 1]);
  while (first > 0 && joins(said[first - 1])) first -= 1;
  while (last + 1 < said.length && joins(said[last + 1])) last += 1;
  return said.slice(Math.max(first, last + 1 - Math.max(JOINED_LINES, run.length)), last + 1);
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
    message_id: idOf(talk, last),
    text: lastOf(text, MESSAGE_CHARACTERS),
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
      text: firstOf(line.text, HISTORY_CHARACTERS),
    }));
}
