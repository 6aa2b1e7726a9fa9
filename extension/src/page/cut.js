/**
 * Keeping things short. Text is cut between characters: half of an emoji is none, and no server takes it.
 */

/** @param {string} text @param {number} length in characters */
export const firstOf = (text, length) => (text.length <= length ? text : [...text].slice(0, length).join(""));

/** @param {string} text @param {number} length in characters */
export const lastOf = (text, length) => (text.length <= length ? text : [...text].slice(-length).join(""));

/** Drops the oldest entries. @param {Set<string> | Map<string, any>} kept @param {number} count that stay */
export function keepNewest(kept, count) {
  for (const key of kept.keys()) {
    if (kept.size <= count) return;
    kept.delete(key);
  }
}
