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

/** What is found by an act (加我微信) and is nothing without the id, number or address beside it. */
const WITH_IDS = new Set(["contact_diversion", "offline_payment", "phishing", "impersonation", "privacy"]);
const ID_SIGN = "[\\p{N}A-Za-z_@+/零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖\\ufe0f\\u20e3]";
/** An id that stands right behind a clause or makes up the next one by itself. */
const ID_BEHIND = new RegExp(
  `^[\\s：:，,、.·(（【\\[]*(?:[是为]\\s*)?${ID_SIGN}(?:${ID_SIGN}|[-.: ](?=${ID_SIGN})){3,}[)）】\\]]?(?=$|[^\\p{L}\\p{N}])`,
  "u",
);

/** A safe wording greets where it is a whole message; behind other words it does not. */
const GREETING = /^(?:您好|你好|亲亲?)[，,！!~～\s]+/u;

/**
 * What a rewrite would do to `text`. A safe wording is a clause or a sentence, so it takes the place
 * of the clause that the warning is about, with the id that belongs to it, and of nothing else; in
 * code points.
 * @param {string} text
 * @param {Warning} warning
 * @returns {{before: string, out: string, in: string, after: string}} `before + in + after` is the new text
 */
export function changeOf(text, { category, start, end, rewrite = "" }) {
  const points = Array.from(text);
  let from = start;
  while (from > 0 && !isStop(points[from - 1])) from -= 1;
  let to = Math.max(end, start);
  const withId = WITH_IDS.has(category);
  const ends = (/** @type {number} */ at) =>
    isStop(points[at]) &&
    !(withId && points[at] === "." && /^\w\.\w$/.test(points.slice(at - 1, at + 2).join("")));
  // A span that ends with its own stop keeps to it.
  if (!isStop(points[to - 1] ?? "")) while (to < points.length && !ends(to)) to += 1;
  if (withId) {
    const [id = ""] = ID_BEHIND.exec(points.slice(to).join("")) ?? [];
    to += Array.from(id).length;
  }
  const rest = points.slice(to).join("");
  const before = points.slice(0, from).join("");
  const safe = /[\p{L}\p{N}]/u.test(before) ? rewrite.replace(GREETING, "") : rewrite;
  const words = rest && isStop(points[to]) ? safe.replace(/[，,。.；;]+$/u, "") : safe;
  return {
    before,
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
