/**
 * Content scripts run only where a site is switched on and its host was granted: nothing is in
 * the manifest, all of it is registered here.
 */

import { allSites, readSettings, siteSwitch } from "./settings.js";

/**
 * What should be registered.
 * @param {import("./settings.js").Settings} settings
 * @returns {chrome.scripting.RegisteredContentScript[]}
 */
function wantedScripts(settings) {
  return allSites(settings)
    .filter((entry) => siteSwitch(entry, settings).on)
    .map((entry) => ({
      id: `site-${entry.id}`,
      matches: entry.matches,
      js: ["src/loader.js"],
      allFrames: entry.all_frames === true,
      runAt: "document_idle",
      persistAcrossSessions: true,
    }));
}

// One run at a time: two at once would both see a script missing and register it twice.
let running = Promise.resolve();

/**
 * Brings the registered scripts in line with the settings. Pages that are open already get theirs
 * at once: an agent in the middle of a chat need not load it again.
 * @returns {Promise<void>}
 */
export function syncRegistration() {
  running = running.then(sync, sync);
  return running;
}

async function sync() {
  const settings = await readSettings();
  const wanted = [];
  for (const script of wantedScripts(settings)) {
    if (await chrome.permissions.contains({ origins: script.matches })) wanted.push(script);
  }
  const known = await chrome.scripting.getRegisteredContentScripts();
  const keep = new Set(wanted.map(({ id }) => id));
  const gone = known.filter(({ id }) => !keep.has(id)).map(({ id }) => id);
  if (gone.length > 0) await chrome.scripting.unregisterContentScripts({ ids: gone });
  const registered = new Set(known.map(({ id }) => id));
  const fresh = wanted.filter(({ id }) => !registered.has(id));
  const changed = wanted.filter(({ id }) => registered.has(id));
  if (fresh.length > 0) {
    await chrome.scripting.registerContentScripts(fresh);
    await Promise.all(fresh.map(startInOpenTabs));
  }
  if (changed.length > 0) await chrome.scripting.updateContentScripts(changed);
}

/** @param {chrome.scripting.RegisteredContentScript} script */
async function startInOpenTabs({ matches = [], js = [], allFrames }) {
  const tabs = await chrome.tabs.query({ url: matches });
  await Promise.all(
    tabs.map(({ id = -1 }) =>
      chrome.scripting.executeScript({ target: { tabId: id, allFrames }, files: js }).catch((error) => {
        // A tab that is asleep, crashed or shows an error page has no document to start in; it gets
        // the script when it is loaded.
        if (!/frame|error page|No tab/i.test(error.message)) throw error;
      }),
    ),
  );
}
