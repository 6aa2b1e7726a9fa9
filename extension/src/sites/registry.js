/**
 * The chat sites that are known, and how a page finds its own. No document is needed here:
 * the service worker imports it too.
 * @typedef {import("../types.js").SiteEntry} SiteEntry
 * @typedef {import("./schema.js").Site} Site
 */
import { ali1688 } from "./ali1688.js";
import { demo } from "./demo.js";
import { dongdong } from "./dongdong.js";
import { feige } from "./feige.js";
import { botframework, chatscope, chatui, deepchat, vac } from "./kits.js";
import { kuaishou } from "./kuaishou.js";
import { pinduoduo } from "./pinduoduo.js";
import { checkSite } from "./schema.js";
import { thelounge } from "./thelounge.js";
import { weixin } from "./weixin.js";
import { xianyu } from "./xianyu.js";
import { qianfan, sixintong, xhsweb } from "./xiaohongshu.js";

/** Those on this machine's own address stand last, the narrower pattern first. @type {Site[]} */
export const sites = [
  pinduoduo,
  feige,
  kuaishou,
  dongdong,
  ali1688,
  xianyu,
  qianfan,
  sixintong,
  xhsweb,
  weixin,
  demo,
  chatui,
  chatscope,
  deepchat,
  vac,
  botframework,
  thelounge,
];

/** @type {SiteEntry[]} */
export const siteEntries = sites.map(entryOf);

/**
 * What background and options page need to know of an adapter.
 * @param {Site} site
 * @returns {SiteEntry}
 */
export function entryOf(site) {
  return {
    id: site.id,
    name_zh: site.name_zh,
    name_en: site.name_en,
    matches: site.matches,
    all_frames: site.all_frames ?? false,
    consent: site.consent,
    platform: site.platform ?? "",
    version: String(site.version),
    adapter: /** @type {Record<string, any>} */ (site),
  };
}

/**
 * The entry whose match patterns hold for `url`, the one with the narrowest pattern of several;
 * or null.
 * @param {string} url
 * @param {SiteEntry[]} [entries]
 * @returns {SiteEntry | null}
 */
export function siteFor(url, entries = siteEntries) {
  /** @type {SiteEntry | null} */
  let best = null;
  let width = 0;
  for (const entry of entries) {
    for (const pattern of entry.matches) {
      if (pattern.length <= width || !matchesPattern(pattern, url)) continue;
      best = entry;
      width = pattern.length;
    }
  }
  return best;
}

/**
 * Chrome's match patterns: `scheme://host[:port]/path`, `*` in each part.
 * @param {string} pattern
 * @param {string} url
 */
function matchesPattern(pattern, url) {
  const parts = /^(\*|https?):\/\/([^/:]+)(?::(\d+|\*))?(\/.*)$/u.exec(pattern);
  if (!parts) return false;
  const [, scheme, host, port, path] = parts;
  const target = new URL(url);
  if (scheme === "*" ? !/^https?:$/u.test(target.protocol) : `${scheme}:` !== target.protocol) return false;
  if (port && port !== "*" && port !== target.port) return false;
  return sameHost(host, target.hostname) && wild(path).test(target.pathname + target.search);
}

/** @param {string} host @param {string} name */
function sameHost(host, name) {
  if (host === "*") return true;
  if (host.startsWith("*.")) return name === host.slice(2) || name.endsWith(host.slice(1));
  return host === name;
}

/** @param {string} path */
const wild = (path) =>
  new RegExp(`^${path.replace(/[.+?^${}()|[\]\\]/gu, "\\$&").replace(/\*/gu, ".*")}$`, "u");

/**
 * Whether `value` is an adapter file; `errors` says what is wrong.
 * @param {unknown} value
 * @returns {{ok: boolean, errors: string[]}}
 */
export function validateAdapter(value) {
  const errors = checkSite(value);
  return { ok: errors.length === 0, errors };
}

/**
 * The adapter for a page: the one that was taught, edited or updated, when it is sound and not
 * older than the shipped one; else the shipped one. An unsound one is named in `errors`.
 * @param {string} id
 * @param {unknown} stored
 * @returns {{site: Site | null, errors: string[]}}
 */
export function adapterFor(id, stored) {
  const shipped = sites.find((site) => site.id === id) ?? null;
  if (!stored) return { site: shipped, errors: [] };
  const { ok, errors } = validateAdapter(stored);
  const other = /** @type {Site} */ (stored);
  if (!ok) return { site: shipped, errors };
  return { site: shipped && shipped.version > other.version ? shipped : other, errors: [] };
}
