/**
 * Spans of warnings in a text, and the text with a warning's rewrite put in. Offsets of the
 * protocol are code points; JavaScript counts UTF-16 units.
 * @typedef {import("../protocol.js").Warning} Warning
 */

/** @type {Record<string, number>} */
const WEIGHT = { high: 3, medium: 2, low: 1 };

/**
 * Cuts `text` at the warnings' edges.
 * @param {string} text
 * @param {Warning[]} warnings
 * @returns {{text: string, severity: "" | "high" | "medium" | "low"}[]} in order, nothing empty; where
 *   spans overlap the graver one wins
 */
export function markedRuns(text, warnings) {
  const points = Array.from(text);
  const severities = points.map((_, at) =>
    warnings
      .filter(({ start, end }) => start <= at && at < end)
      .reduce(
        (worst, { severity }) => (WEIGHT[severity] > (WEIGHT[worst] ?? 0) ? severity : worst),
        /** @type {any} */ (""),
      ),
  );
  /** @type {ReturnType<typeof markedRuns>} */
  const runs = [];
  points.forEach((point, at) => {
    const last = runs.at(-1);
    if (last && last.severity === severities[at]) last.text += point;
    else runs.push({ text: point, severity: severities[at] });
  });
  return runs;
}

/**
 * Gravest first, then in the order of the text.
 * @param {Warning[]} warnings
 * @returns {Warning[]}
 */
export const byWeight = (warnings) =>
  [...warnings].sort((a, b) => WEIGHT[b.severity] - WEIGHT[a.severity] || a.start - b.start);

/**
 * `text` with the warning's safe wording in place of what was wrong. A rewrite is a sentence, so
 * it takes the place of the sentences that the span touches, not of the span alone.
 * @param {string} text
 * @param {Warning} warning
 * @returns {string}
 */
export function rewritten(text, { start, end, rewrite = "" }) {
  const points = Array.from(text);
  const isEnd = (/** @type {string} */ point) => /[。！？!?；;\n~～]/.test(point);
  let from = start;
  while (from > 0 && !isEnd(points[from - 1])) from -= 1;
  let to = end;
  while (to < points.length && !isEnd(points[to - 1])) to += 1;
  return points.slice(0, from).join("") + rewrite + points.slice(to).join("");
}
