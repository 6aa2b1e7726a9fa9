/**
 * Times as pages write them.
 */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * The time that a page writes, as ISO 8601 in UTC; undefined where the day is not certain.
 * @param {string} written "2026-09-08 17:30:17", "2026年09月08日 17:30:17", ISO, or epoch milliseconds
 */
export function isoTime(written) {
  if (/^\d{12,14}$/u.test(written)) return new Date(Number(written)).toISOString();
  const parts = /(\d{4})\D(\d{1,2})\D(\d{1,2})\D{1,2}(\d{1,2}):(\d{2})(?::(\d{2}))?/u.exec(written);
  if (!parts) return undefined;
  if (written.endsWith("Z")) return new Date(written).toISOString();
  const [year, month, day, hour, minute, second] = parts.slice(1).map((part) => Number(part ?? 0));
  return new Date(year, month - 1, day, hour, minute, second).toISOString();
}

/**
 * The time that a page writes to the second, as epoch milliseconds; NaN where it writes less. Only
 * good to be compared with another of the same page.
 * @param {string} written
 */
export function exactTime(written) {
  if (/^\d{12,14}$/u.test(written)) return Number(written);
  const clock = /^\D*(\d{1,2}):(\d{2}):(\d{2})\D*$/u.exec(written);
  const [hour, minute, second] = clock?.slice(1).map(Number) ?? [];
  if (clock) return ((hour * 60 + minute) * 60 + second) * 1000;
  return /:\d{2}:\d{2}/u.test(written) ? Date.parse(isoTime(written) ?? "") : Number.NaN;
}

/**
 * When somebody began to wait who has waited for so long; 0 where the words say no length.
 * @param {string} written "3分20秒", "1小时2分", "20秒", "2:05"
 * @param {number} now_ms
 */
export function waitedFor(written, now_ms) {
  const words = /(?:(\d+)\s*(?:小时|时|h))?\s*(?:(\d+)\s*(?:分钟?|min|m))?\s*(?:(\d+)\s*(?:秒|s))?/u;
  const digits = /^\D*(?:(\d{1,2}):)?(\d{1,3}):(\d{2})\D*$/u.exec(written);
  const found = digits ?? written.match(new RegExp(words.source, "gu"))?.find(Boolean)?.match(words);
  if (!found) return 0;
  const [hours, minutes, seconds] = found.slice(1).map((part) => Number(part ?? 0));
  return now_ms - hours * HOUR_MS - minutes * MINUTE_MS - seconds * 1000;
}

/**
 * When a line was written by the clock that a page shows; 0 for another day. A time without seconds
 * counts as the end of its minute: a clock must not run ahead of the shopper's.
 * @param {string} written "17:30", "17:30:17", "2026-09-08 17:30:17"
 * @param {number} now_ms
 */
export function timeOfDay(written, now_ms) {
  const dated = isoTime(written);
  const parts = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/u.exec(written);
  if (!dated && !parts) return 0;
  const day = new Date(now_ms);
  const [hour, minute, second = ""] = parts?.slice(1) ?? [];
  const at = dated ? Date.parse(dated) : day.setHours(Number(hour), Number(minute), Number(second || 59), 0);
  if (at > now_ms + MINUTE_MS || now_ms - at > 24 * HOUR_MS) return 0;
  return Math.min(at, now_ms);
}
