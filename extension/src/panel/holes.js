/**
 * A reply as pieces: plain text, variables that were filled, and holes that are still empty.
 * Nothing with a hole leaves the panel.
 */

/**
 * @typedef {{kind: "text", text: string} | {kind: "filled", text: string, name: string}
 *   | {kind: "hole", name: string}} Piece
 */

/** @param {string} text */
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/**
 * @param {string} text a suggestion's text
 * @param {string[]} missing names without a value
 * @param {Record<string, string>} [values] variables that the server filled
 * @returns {Piece[]}
 */
export function pieces(text, missing, values = {}) {
  /** @type {Map<string, Piece>} */
  const marks = new Map();
  // A value of one character ("1") is found everywhere by chance.
  for (const [name, value] of Object.entries(values)) {
    if (value.length > 1) marks.set(value, { kind: "filled", text: value, name });
  }
  for (const name of missing) marks.set(`{${name}}`, { kind: "hole", name });
  if (marks.size === 0) return [{ kind: "text", text }];
  const longestFirst = [...marks.keys()].sort((a, b) => b.length - a.length);
  const parts = text.split(new RegExp(`(${longestFirst.map(escaped).join("|")})`));
  return parts.filter((part) => part !== "").map((part) => marks.get(part) ?? { kind: "text", text: part });
}

/**
 * The names of the holes in `text`, in order, each once. Any brace that is left counts, whether
 * the server named it or not: a shopper must never read `{订单号}`.
 * @param {string} text
 * @returns {string[]}
 */
export function holes(text) {
  return [...new Set(Array.from(text.matchAll(/\{([^{}\n]{1,30})\}/g), ([, name]) => name.trim()))];
}

/**
 * `text` with the holes filled that `values` knows.
 * @param {string} text
 * @param {Record<string, string>} values
 * @returns {string}
 */
export function fillHoles(text, values) {
  return text.replace(/\{([^{}\n]{1,30})\}/g, (hole, name) => values[name.trim()]?.trim() || hole);
}
