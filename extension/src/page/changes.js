/**
 * Follows what stands to be answered: a shopper takes a line back, or changes it, and the page shows it
 * otherwise from then on.
 * @typedef {import("./conversations.js").Talk} Talk
 * @typedef {import("./seen.js").Known} Known
 * @typedef {import("../types.js").ShopperMessage} ShopperMessage
 */
import { idOf, standing } from "./requests.js";

/** A page that draws its lines anew may be without them for so long, in milliseconds. */
const REDRAW_MS = 400;

/**
 * What became of the lines that stand to be answered.
 * @param {Talk} talk
 * @param {Known[]} known the thread as it was read, at its end
 * @param {{now_ms: number, atEnd: () => boolean}} at
 * @returns {{look_in_ms: number, message: ShopperMessage | null, withdrawn: boolean}} when to look again, 0 where
 *   all is said; the message as it stands now, where it changed; whether nothing of it is left
 */
export function changeOf(talk, known, { now_ms, atEnd }) {
  const nothing = { look_in_ms: 0, message: null, withdrawn: false };
  const { asked } = talk;
  if (!asked) return nothing;
  const now = new Map(known.map((line) => [line.key, line]));
  if (asked.lines.every(({ key, text }) => now.get(key)?.text === text)) {
    talk.changed_ms = 0;
    return nothing;
  }
  if (!atEnd()) return nothing;
  talk.changed_ms ||= now_ms;
  const left = talk.changed_ms + REDRAW_MS - now_ms;
  if (left > 0) return { ...nothing, look_in_ms: left };
  const lines = asked.lines.flatMap(({ key }) => now.get(key) ?? []);
  const message = lines.length ? standing(talk, lines, known, now_ms) : null;
  if (message) return { ...nothing, message: message.answered ? null : message };
  talk.asked = null;
  talk.changed_ms = 0;
  const last = known.findLast((line) => line.from === "shopper");
  talk.last = last ? idOf(talk, last) : "";
  return { ...nothing, withdrawn: true };
}
