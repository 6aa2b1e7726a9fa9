/**
 * Whether a thread, as it was read, can be what the page shows.
 * @typedef {import("./thread.js").Snapshot} Snapshot
 */

/** Lines without a writer, or without words, as a share of the last ones, that are too many. */
const TOO_MANY = 0.34;

/** Lines that the share is taken over. */
export const LINES = 30;

/** Children of a thread, with words, from which on one of them ought to be a line. */
const LINES_AT_LEAST = 3;

/** @param {Snapshot} thread @returns {"" | "list" | "direction"} */
export function troubleOf(thread) {
  if (!thread.list) return "list";
  const lines = thread.bubbles.slice(-LINES);
  const unknown = lines.filter((bubble) => bubble.from === "unknown").length;
  // What is read by its shape is believed whole or not at all.
  if (unknown > 0 && (thread.shape || unknown >= lines.length * TOO_MANY)) return "direction";
  const spoken = lines.filter((bubble) => bubble.from !== "system");
  const mute = spoken.filter((bubble) => !bubble.text).length;
  if (mute > 0 && mute >= spoken.length * TOO_MANY) return "list";
  return thread.items === 0 && holdsLines(thread.list) ? "list" : "";
}

/** @param {Element} list */
function holdsLines(list) {
  return list.childElementCount >= LINES_AT_LEAST && (list.textContent ?? "").trim() !== "";
}
