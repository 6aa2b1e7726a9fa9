/**
 * What is kept in `chrome.storage.local`: the pairing, which sites are on, adapter files that
 * differ from the shipped ones, preferences. Removing the extension removes all of it.
 * @typedef {import("../types.js").Prefs} Prefs
 * @typedef {import("../types.js").SiteEntry} SiteEntry
 * @typedef {import("../types.js").SiteSwitch} SiteSwitch
 */

import { DEFAULT_KEYS } from "../panel/keys.js";
import { entryOf, siteEntries } from "../sites/registry.js";

const DEFAULT_ADDRESS = "http://127.0.0.1:8765";

/**
 * @typedef {object} ServerPairing
 * @property {string} address origin of the server
 * @property {string} [token] absent until paired
 * @property {string} [agent]
 * @property {string} [role]
 * @property {string} [shop] the one that pages work for unless their site names another
 * @property {{id: string, name: string}[]} [shops] those that the account may work for
 */

/**
 * @typedef {object} Settings
 * @property {ServerPairing} server
 * @property {Record<string, {on: boolean, read_only?: boolean, shop?: string, consent?: {who: string, at: string, clause: string}}>} sites
 * @property {Record<string, Record<string, any>>} adapters by site id; the shipped file where absent
 * @property {Record<string, SiteEntry>} pages other pages that an agent added, taught or not
 * @property {Prefs} prefs
 */

/**
 * @returns {Promise<Settings>}
 */
export async function readSettings() {
  /** @type {any} */
  const kept = await chrome.storage.local.get(["server", "sites", "adapters", "pages", "prefs"]);
  return {
    server: { address: DEFAULT_ADDRESS, ...kept.server },
    sites: kept.sites ?? {},
    adapters: kept.adapters ?? {},
    pages: kept.pages ?? {},
    prefs: {
      locale: "auto",
      theme: "auto",
      dock: "side",
      ...kept.prefs,
      keys: { ...DEFAULT_KEYS, ...kept.prefs?.keys },
    },
  };
}

/**
 * Writes the parts that are given; the others stay.
 * @param {Partial<Settings>} change
 */
export const writeSettings = (change) => chrome.storage.local.set(change);

/**
 * Shipped sites first, then the pages that an agent added: taught ones name themselves in their
 * adapter, those not taught yet have only an address.
 * @param {Pick<Settings, "adapters" | "pages">} settings
 * @returns {SiteEntry[]}
 */
export function allSites({ adapters, pages }) {
  const shipped = new Set(siteEntries.map(({ id }) => id));
  const taught = Object.values(adapters)
    .filter(({ id, matches }) => !shipped.has(id) && Array.isArray(matches))
    .map((adapter) => ({ ...entryOf(/** @type {any} */ (adapter)), shipped: false }));
  const known = new Set([...shipped, ...taught.map(({ id }) => id)]);
  const untaught = Object.values(pages)
    .filter(({ id }) => !known.has(id))
    .map((page) => ({ ...page, shipped: false }));
  return [...siteEntries, ...taught, ...untaught];
}

/**
 * How a site stands. A site behind a notice is on only once somebody accepted it.
 * @param {SiteEntry} entry
 * @param {Settings} settings
 * @returns {SiteSwitch}
 */
export function siteSwitch(entry, { sites, adapters }) {
  const kept = sites[entry.id];
  const consent = kept?.consent ?? null;
  return {
    id: entry.id,
    on: kept?.on === true && (!entry.consent || consent !== null),
    read_only: kept?.read_only === true,
    adapter: adapters[entry.id] ?? null,
    consent,
  };
}

/**
 * The language that `auto` comes to.
 * @param {Prefs} prefs
 * @returns {"zh_CN" | "en"}
 */
export function localeOf({ locale }) {
  if (locale !== "auto") return locale;
  return chrome.i18n.getUILanguage().startsWith("zh") ? "zh_CN" : "en";
}
