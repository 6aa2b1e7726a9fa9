/**
 * Newer adapter files from the server: a shop page that was rebuilt overnight is read again without
 * a new extension. Data only, of the fixed schema; the greater version wins.
 */

import { siteEntries, validateAdapter } from "../sites/registry.js";
import { readSettings, writeSettings } from "./settings.js";

/**
 * Those of `offered` that are sound, for a site that is known here, and newer than what is in use.
 * A site cannot be moved to other hosts that way: what was granted was granted for these.
 * @param {unknown[]} offered
 * @param {Record<string, Record<string, any>>} stored by site id
 * @returns {Record<string, Record<string, any>>} by site id
 */
export function newerAdapters(offered, stored) {
  /** @type {Record<string, Record<string, any>>} */
  const newer = {};
  for (const adapter of /** @type {Record<string, any>[]} */ (offered)) {
    if (!validateAdapter(adapter).ok) continue;
    const shipped = siteEntries.find(({ id }) => id === adapter.id);
    if (!shipped || !adapter.matches.every((/** @type {string} */ match) => shipped.matches.includes(match)))
      continue;
    const inUse = Math.max(Number(shipped.version ?? 0), stored[adapter.id]?.version ?? 0);
    if (adapter.version > inUse) newer[adapter.id] = adapter;
  }
  return newer;
}

/**
 * Keeps what a `welcome` brought along.
 * @param {unknown} offered
 */
export async function takeAdapters(offered) {
  if (!Array.isArray(offered)) return;
  const { adapters } = await readSettings();
  const newer = newerAdapters(offered, adapters);
  if (Object.keys(newer).length > 0) await writeSettings({ adapters: { ...adapters, ...newer } });
}
