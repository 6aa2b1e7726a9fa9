/**
 * Runs the page side of the extension on a replay page, in an isolated world as Chrome runs a
 * content script, with a panel and a server that only write down what they are told.
 */
import { attach } from "/ext/src/attach.js";
import { sites } from "/ext/src/sites/registry.js";

// A test can let time pass without waiting: `skew_ms` is added to every clock of this world.
const realNow = Date.now;
globalThis.skew_ms = 0;
Date.now = () => realNow() + globalThis.skew_ms;

/** @param {string} id @param {Record<string, unknown>} [changes] parts of the adapter to replace */
export function start(id, changes = {}) {
  const site = { ...sites.find((one) => one.id === id), ...changes };
  const life = new AbortController();
  const log = { messages: [], conversations: [], health: [], sent: [], drafts: [], reports: [], delays: [] };
  const panel = {
    showConversation: (conversation) => log.conversations.push(conversation),
    showMessage: (message) => log.messages.push(message),
    setWaiting: () => {},
    setHealth: (health) => log.health.push(health),
    host: document.createElement("div"),
    destroy: () => {},
  };
  const made = attach({
    document,
    site,
    link: null,
    locale: "zh_CN",
    signal: life.signal,
    read_only: changes.by_choice ?? false,
    reportHealth: (fields) => log.reports.push(fields),
    mountPanel: ({ composer }) => {
      composer?.onSent((sent) => log.sent.push(sent), { signal: life.signal });
      composer?.onDraft((text) => log.drafts.push(text), { signal: life.signal });
      return panel;
    },
  });
  globalThis.bangda = {
    siteId: site.id,
    ...made,
    log,
    stop: () => life.abort(),
    /** What a suggestion that was made now would be bound to. */
    binding: () => ({ site: id, ...made.watcher.now() }),
  };
}
