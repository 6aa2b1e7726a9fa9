/**
 * The chat sites that are known, and how a page finds its own.
 * @typedef {import("../types.js").SiteEntry} SiteEntry
 */

/** @type {SiteEntry[]} */
export const siteEntries = [
  { id: "thelounge", name_zh: "The Lounge", name_en: "The Lounge", matches: ["http://127.0.0.1/*"] },
];

/**
 * The entry whose match patterns hold for `url`, or null.
 * @param {string} url
 * @param {SiteEntry[]} [entries]
 * @returns {SiteEntry | null}
 */
export function siteFor(url, entries = siteEntries) {
  const host = new URL(url).hostname;
  return entries.find((entry) => entry.matches.some((pattern) => pattern.includes(`//${host}/`))) ?? null;
}

/**
 * Whether `value` is an adapter file; `errors` says what is wrong.
 * @param {unknown} value
 * @returns {{ok: boolean, errors: string[]}}
 */
export function validateAdapter(value) {
  const ok = typeof value === "object" && value !== null && "id" in value;
  return { ok, errors: ok ? [] : ["an adapter is an object with an id"] };
}
