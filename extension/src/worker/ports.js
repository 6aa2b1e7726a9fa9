/**
 * The pages' end of the service worker: one port a frame, requests in, answers and news out.
 * The messages are described in `port_link.js`, their only other reader.
 * @typedef {import("../link.js").SocketLink} SocketLink
 */

import { siteFor, validateAdapter } from "../sites/registry.js";
import { allSites, localeOf, readSettings, siteSwitch, writeSettings } from "./settings.js";
import { hasSidePanel, SIDE_PORT, sideHub } from "./side.js";

/** What a page may read and write of the memory; never the pairing. */
const MEMORY_KEYS = /^((place|clocks):[\w.-]{1,80}|favourites|recent|shelf|sound)$/;

/** Who waits is nothing for the disk. @param {string} key */
const areaOf = (key) => (key.startsWith("clocks:") ? chrome.storage.session : chrome.storage.local);

/**
 * What a page at `url` is told about itself.
 * @param {string} url
 */
async function sessionFor(url) {
  const settings = await readSettings();
  const entry = siteFor(url, allSites(settings));
  const site = entry
    ? siteSwitch(entry, settings)
    : { id: "", on: false, read_only: false, adapter: null, consent: null };
  const shop = (entry && settings.sites[entry.id]?.shop) || "";
  return { site, prefs: settings.prefs, locale: localeOf(settings.prefs), shop };
}

/**
 * @param {SocketLink} link
 * @returns {{serve: (port: chrome.runtime.Port) => void, tellSettings: () => Promise<void>, size: () => number}}
 */
export function pagePorts(link) {
  /** @type {Set<chrome.runtime.Port>} */
  const ports = new Set();
  /**
   * Whom a page works for, where its site is set to another shop. A request waits for it: the first
   * port message after a stopped worker came back may be one, and must not go to the default shop.
   * @type {Map<chrome.runtime.Port, Promise<string>>}
   */
  const shops = new Map();

  /** @param {chrome.runtime.Port} port @param {any} message */
  const tell = (port, message) => {
    if (ports.has(port)) port.postMessage(message);
  };

  const hub = sideHub({ tell });

  /** @param {chrome.runtime.Port} port */
  const sessionOf = async (port) => {
    const read = sessionFor(port.sender?.url ?? "");
    shops.set(
      port,
      read.then(({ shop }) => shop),
    );
    const { shop: _, ...session } = await read;
    return { ...session, has_side: hasSidePanel() && session.prefs.dock === "side" };
  };

  /** @type {Record<string, (message: any, port: chrome.runtime.Port) => unknown>} */
  const handlers = {
    open: (_message, port) => sessionOf(port),
    request: async ({ n, type, fields, timeout_ms }, port) => {
      // The side panel asks for the page that it stands for.
      const asking = hub.pageOf(port) ?? port;
      if (!shops.has(asking)) sessionOf(asking);
      const shop = await shops.get(asking);
      return link.ask(type, n, { ...fields, ...(shop && { shop }) }, timeout_ms);
    },
    cancel: ({ of }) => link.cancel(of),
    memory_get: async ({ key }) => {
      if (!MEMORY_KEYS.test(key)) throw new RangeError(`a page may not read ${key}`);
      return (await areaOf(key).get(key))[key];
    },
    memory_set: async ({ key, value }) => {
      if (!MEMORY_KEYS.test(key)) throw new RangeError(`a page may not write ${key}`);
      await areaOf(key).set({ [key]: value });
    },
    save_adapter: async ({ adapter }) => {
      const { ok, errors } = validateAdapter(adapter);
      if (!ok) return { ok, errors };
      const { adapters } = await readSettings();
      await writeSettings({ adapters: { ...adapters, [adapter.id]: adapter } });
      return { ok, errors };
    },
    join: (_message, port) => hub.join(port),
    watch: ({ tab }, port) => hub.watch(port, tab),
    body: ({ body }, port) => hub.relay(port, body),
    options: () => chrome.runtime.openOptionsPage(),
  };

  /** @param {chrome.runtime.Port} port */
  const serve = (port) => {
    const gone = new AbortController();
    ports.add(port);
    port.onDisconnect.addListener(() => {
      ports.delete(port);
      shops.delete(port);
      hub.leave(port);
      gone.abort();
    });
    port.onMessage.addListener(async (message) => {
      const handler = handlers[message.kind];
      if (!handler) return;
      try {
        tell(port, { kind: "reply", n: message.n, value: await handler(message, port) });
      } catch (/** @type {any} */ error) {
        tell(port, {
          kind: "reply",
          n: message.n,
          error: { code: error.code ?? "refused", message: error.message },
        });
      }
    });
    link.on("state", (state) => tell(port, { kind: "state", state }), { signal: gone.signal });
    link.on("library_changed", (version) => tell(port, { kind: "library_changed", version }), {
      signal: gone.signal,
    });
  };

  const tellSettings = async () => {
    for (const port of ports)
      if (port.name !== SIDE_PORT) tell(port, { kind: "change", ...(await sessionOf(port)) });
  };

  return { serve, tellSettings, size: () => ports.size };
}
