/**
 * Lines on the shop's side that no person wrote: a robot's greeting, an automatic answer. Many pages
 * draw them like an agent's. One says what it is, or it came with the shopper's line and was not
 * typed here: nobody answers within a second.
 * @typedef {import("./seen.js").Known} Known
 * @typedef {import("./conversations.js").Talk} Talk
 */
import { keepNewest } from "./cut.js";
import { textOf } from "./ladder.js";
import { exactTime } from "./times.js";

/** Nobody reads and answers within this time, in milliseconds. */
const AT_ONCE_MS = 1000;

/** Texts that stood in the reply box, kept to know them again. */
const KEPT = 40;

/** Keys of automatic lines that a conversation keeps; more than a thread is read back. */
const KEPT_KEYS = 200;

/** What automatic lines say of themselves. */
const SAYS_SO = /自动回复|智能客服|机器人|很高兴为您服务|auto(matic)?[ -]?reply/iu;

/** @param {string} text */
export const saysAutomatic = (text) => SAYS_SO.test(text);

/** @param {string} text */
const flat = (text) => text.replace(/\s+/gu, "");

export function createAutomatic() {
  /** Newest last, without spaces. @type {string[]} */
  let typed = [];

  /** Remembers what stands in the reply box. @param {Element | null} box */
  function note(box) {
    const words = box?.isConnected ? flat(textOf(box)) : "";
    if (words && words !== typed.at(-1)) typed = [...typed, words].slice(-KEPT);
  }

  /** Pages may add to a line, or send it in parts. @param {string} text */
  function wasTyped(text) {
    const line = flat(text);
    return typed.some(
      (words) =>
        words === line ||
        (words.length > 1 && line.includes(words)) ||
        (line.length > 3 && words.includes(line)),
    );
  }

  /**
   * Makes automatic lines among the agent's a robot's.
   * @param {Talk} talk
   * @param {Known[]} known
   * @param {Known[]} live lines that came before our eyes
   * @param {number} now_ms
   */
  function tell(talk, known, live, now_ms) {
    for (const [key, heard_ms] of talk.heard) if (now_ms - heard_ms > AT_ONCE_MS) talk.heard.delete(key);
    for (const line of live) if (line.from === "shopper") talk.heard.set(line.key, now_ms);
    /** @type {Known | null} */
    let asked = null;
    for (const line of known) {
      if (line.from === "shopper") asked = line;
      else if (line.from === "agent" && isAutomatic(talk, line, asked, now_ms, live.includes(line))) {
        talk.automatic.add(line.key);
        keepNewest(talk.automatic, KEPT_KEYS);
        line.from = "robot";
      } else if (line.from === "agent") asked = null;
    }
  }

  /**
   * @param {Talk} talk @param {Known} line
   * @param {Known | null} asked the shopper's line before it, when nobody answered in between
   * @param {number} now_ms @param {boolean} live
   */
  function isAutomatic(talk, line, asked, now_ms, live) {
    if (talk.automatic.has(line.key)) return true;
    if (wasTyped(line.text)) return false;
    if (saysAutomatic(line.text)) return true;
    if (!asked) return false;
    const apart = exactTime(line.sent_at) - exactTime(asked.sent_at);
    if (!Number.isNaN(apart)) return apart >= 0 && apart <= AT_ONCE_MS;
    const heard_ms = talk.heard.get(asked.key);
    return live && heard_ms !== undefined && now_ms - heard_ms <= AT_ONCE_MS;
  }

  return { note, tell };
}
