/**
 * How long a shopper has waited, against the shop's own aims. Pure; the panel redraws it once a
 * second while somebody waits.
 * @typedef {import("../types.js").Waiting} Waiting
 */

/**
 * @typedef {object} ClockFace
 * @property {string} text m:ss
 * @property {"fresh" | "late" | "soon" | "over"} stage in time; past the shop's own aim (greeting or
 *   answer); the last minute before the platform's limit; past it
 * @property {number} left_s until the platform's limit, negative after it
 */

/** @type {Required<NonNullable<import("../protocol.js").Welcome["timers"]>>} */
const DEFAULT_TIMERS = Object.freeze({ greeting_s: 15, answer_s: 20, platform_s: 180 });

const LAST_MINUTE_S = 60;

/**
 * @param {number} seconds
 * @returns {string} 0:07, 12:30, 1:02:03
 */
export function minutes(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const pad = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const rest = `${Math.floor(whole / 60) % 60}:${pad(whole % 60)}`;
  const hours = Math.floor(whole / 3600);
  return hours > 0 ? `${hours}:${rest.padStart(5, "0")}` : rest;
}

/**
 * @param {Waiting} waiting
 * @param {number} now_ms
 * @param {import("../protocol.js").Welcome["timers"]} [timers]
 * @returns {ClockFace}
 */
export function clockFace({ since_ms, first }, now_ms, timers = {}) {
  const { greeting_s, answer_s, platform_s } = { ...DEFAULT_TIMERS, ...timers };
  const waited_s = (now_ms - since_ms) / 1000;
  const aim_s = first ? greeting_s : answer_s;
  const left_s = platform_s - waited_s;
  const late = left_s <= Math.min(LAST_MINUTE_S, platform_s / 2) ? "soon" : "late";
  const stage = left_s <= 0 ? "over" : waited_s >= aim_s ? late : "fresh";
  return { text: minutes(waited_s), stage, left_s };
}

/**
 * Longest waiting first.
 * @param {Waiting[]} waiting
 * @returns {Waiting[]}
 */
export const longestFirst = (waiting) => [...waiting].sort((a, b) => a.since_ms - b.since_ms);

/**
 * Those whose messages the panel has seen, and those that the page's list marks: one clock a
 * conversation, from the earlier start. The one on screen goes by its own lines.
 * @param {Waiting[]} seen
 * @param {Waiting[]} listed
 * @param {string} here conversation on screen
 * @returns {Waiting[]} longest first
 */
export function allWaiting(seen, listed, here) {
  const byId = new Map(seen.map((one) => [one.conversation_id, one]));
  for (const row of listed) {
    if (row.conversation_id === here) continue;
    const known = byId.get(row.conversation_id);
    byId.set(row.conversation_id, known && known.since_ms <= row.since_ms ? known : { ...known, ...row });
  }
  return longestFirst([...byId.values()]);
}
