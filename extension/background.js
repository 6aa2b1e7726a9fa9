/**
 * The service worker: owns the socket to the local server. (From a public page the browser blocks
 * ws://127.0.0.1 for pages and content scripts alike; the worker is exempt.) It may be stopped at
 * any moment: what must outlive it is in `chrome.storage`.
 */

import { linkError, socketLink } from "./src/link.js";
import { pair, socketUrl } from "./src/worker/pairing.js";
import { pagePorts } from "./src/worker/ports.js";
import { syncRegistration } from "./src/worker/registration.js";
import { readSettings, writeSettings } from "./src/worker/settings.js";
import { hasSidePanel, SIDE_PORT } from "./src/worker/side.js";
import { takeAdapters } from "./src/worker/updates.js";

const OUTBOX = "outbox";
const RETRY_ALARM = "outbox";

const link = socketLink({
  lazy: true,
  hello: async () => {
    const { server } = await readSettings();
    if (!server.token) return null;
    const client = `bangda-extension/${chrome.runtime.getManifest().version}`;
    return { url: socketUrl(server.address), token: server.token, client, shop: server.shop };
  },
  store: {
    load: async () => /** @type {any} */ ((await chrome.storage.session.get(OUTBOX))[OUTBOX] ?? {}),
    save: (events) => chrome.storage.session.set({ [OUTBOX]: events }),
  },
});
const ports = pagePorts(link);

// The token is none of a page's business, nor of a content script's: both live in the renderer.
chrome.storage.local.setAccessLevel({ accessLevel: "TRUSTED_CONTEXTS" });

/** Connected while a page needs it or an event waits; otherwise the worker may sleep. */
function connectIfNeeded() {
  if (ports.size() > 0 || !link.idle()) link.connect();
  else link.disconnect();
}

chrome.runtime.onConnect.addListener((port) => {
  if ((port.name !== "bangda" && port.name !== SIDE_PORT) || port.sender?.id !== chrome.runtime.id) return;
  ports.serve(port);
  link.connect();
  port.onDisconnect.addListener(connectIfNeeded);
});

/** The last welcome that was looked at for newer adapters. @type {unknown} */
let welcomed = null;

link.on(
  "state",
  ({ pending_events, status, welcome }) => {
    if (status === "ready" && welcome !== welcomed) takeAdapters(welcome?.adapters);
    welcomed = welcome;
    // Should this worker be stopped while events wait, the alarm starts the next one.
    if (pending_events) chrome.alarms.create(RETRY_ALARM, { periodInMinutes: 0.5 });
    else chrome.alarms.clear(RETRY_ALARM);
  },
  { signal: new AbortController().signal },
);

chrome.alarms.onAlarm.addListener(({ name }) => {
  if (name === RETRY_ALARM) link.connect();
});

chrome.storage.onChanged.addListener((changes, area) => {
  if (area !== "local") return;
  if (changes.server) link.reconnect();
  if (changes.prefs) readDock();
  if (changes.sites || changes.adapters || changes.pages) syncRegistration();
  if (changes.sites || changes.adapters || changes.prefs) ports.tellSettings();
});

chrome.permissions.onAdded.addListener(() => syncRegistration());
chrome.permissions.onRemoved.addListener(() => syncRegistration());

chrome.runtime.onInstalled.addListener(({ reason }) => {
  syncRegistration();
  if (reason === "install") chrome.runtime.openOptionsPage();
});

chrome.action.onClicked.addListener(async (tab) => {
  const { windowId } = tab;
  if (hasSidePanel() && dockedAside) {
    // At once: a side panel opens for a click, and not for what comes of one.
    chrome.sidePanel.open({ windowId });
    if (tab.url) chrome.storage.session.set({ clicked: { tab: tab.id, url: tab.url } });
    return;
  }
  const from = tab.url && /^https?:/.test(tab.url) ? `?from=${encodeURIComponent(tab.url)}` : "";
  chrome.tabs.create({ url: chrome.runtime.getURL(`options.html${from}`) });
});

/** @type {Record<string, (message: any) => unknown>} */
const optionRequests = {
  state: () => link.state,
  pair: async ({ address, code, name }) => {
    const server = await pair(address, code, name);
    await writeSettings({ server });
    return { agent: server.agent, role: server.role, shop: server.shop };
  },
  reconnect: () => link.reconnect(),
  event: ({ fields }) => {
    link.connect();
    return link.request("event", fields);
  },
};

/** Known before a click asks for it. */
let dockedAside = true;
const readDock = async () => {
  dockedAside = (await readSettings()).prefs.dock === "side";
};
readDock();

// Only the extension's own pages: a content script has the port. But for a click in a page that wants
// the side panel: browsers count it as the person's through a message alone.
chrome.runtime.onMessage.addListener((message, sender, answer) => {
  if (message?.kind === "open_side" && sender.id === chrome.runtime.id && sender.tab && hasSidePanel()) {
    chrome.sidePanel.open({ windowId: sender.tab.windowId });
    return false;
  }
  const own = sender.id === chrome.runtime.id && sender.url?.startsWith(chrome.runtime.getURL(""));
  const handler = own ? optionRequests[message?.kind] : undefined;
  if (!handler) return false;
  Promise.resolve()
    .then(() => handler(message))
    .then(
      (value) => answer({ value }),
      (error) => answer({ error: { code: error.code ?? linkError("refused").code, message: error.message } }),
    );
  return true;
});
