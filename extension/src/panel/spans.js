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

/** Where a clause may end. */
const isStop = (/** @type {string} */ point) => /[，,。.！？!?；;、：:\s~～…]/u.test(point);

/**
 * What a rewrite would do to `text`. A safe wording is a clause or a sentence, so it takes the place
 * of the clause that the warning is about, and of nothing else; in code points.
 * @param {string} text
 * @param {Warning} warning
 * @returns {{before: string, out: string, in: string, after: string}} `before + in + after` is the new text
 */
export function changeOf(text, { start, end, rewrite = "" }) {
  const points = Array.from(text);
  let from = start;
  while (from > 0 && !isStop(points[from - 1])) from -= 1;
  let to = Math.max(end, start);
  // A span that ends with its own stop keeps to it.
  while (to < points.length && !isStop(points[to]) && !isStop(points[to - 1] ?? "")) to += 1;
  const rest = points.slice(to).join("");
  const words = rest && isStop(points[to]) ? rewrite.replace(/[，,。.；;]+$/u, "") : rewrite;
  return {
    before: points.slice(0, from).join(""),
    out: points.slice(from, to).join(""),
    in: words,
    after: rest,
  };
}

/**
 * `text` with the warning's safe wording in place of what was wrong.
 * @param {string} text
 * @param {Warning} warning
 * @returns {string}
 */
export function rewritten(text, warning) {
  const { before, in: words, after } = changeOf(text, warning);
  return before + words + after;
}
