/**
 * Runs the page side of the extension on a replay page, in an isolated world as Chrome runs a
 * content script, with a panel and a server that only write down what they are told.
 */
import { attach } from "/ext/src/attach.js";
import { allWaiting } from "/ext/src/panel/clock.js";
import { threadBook } from "/ext/src/panel/threads.js";
import { sites } from "/ext/src/sites/registry.js";

// A test can let time pass without waiting: `skew_ms` is added to every clock of this world, which
// stands still from `stopped_ms` on.
const realNow = Date.now;
globalThis.skew_ms = 0;
globalThis.stopped_ms = 0;
globalThis.found = [];
Date.now = () => (globalThis.stopped_ms || realNow()) + globalThis.skew_ms;

/** @param {string} id @param {Record<string, unknown>} [changes] parts of the adapter to replace */
export function start(id, changes = {}) {
  const site = { ...sites.find((one) => one.id === id), ...changes };
  const life = new AbortController();
  const book = threadBook();
  let here = "";
  const log = {
    waiting: [],
    messages: [],
    conversations: [],
    health: [],
    sent: [],
    drafts: [],
    reports: [],
    withdrawn: [],
    delays: [],
    asked: [],
    looks: 0,
  };
  const panel = {
    showConversation: (conversation) => {
      here = conversation.conversation_id;
      book.of(conversation);
      log.conversations.push(conversation);
    },
    showMessage: (message) => {
      book.hear(message, Date.now());
      log.messages.push(message);
    },
    withdraw: (id) => {
      book.withdraw(id);
      log.withdrawn.push(id);
    },
    setWaiting: (waiting, answered) => {
      for (const id of answered) book.rest(id);
      log.waiting.push(waiting);
    },
    setHealth: (health) => log.health.push(health),
    setLooks: () => {},
    known: () => null,
    lookAgain: () => {
      log.looks += 1;
    },
    host: document.createElement("div"),
    destroy: () => {},
  };
  // What the search at the caret finds; the test says what.
  const link = {
    state: { status: "away" },
    request: async (type, fields) => {
      log.asked.push({ type, ...fields });
      return { suggestions: type === "search" ? globalThis.found : [] };
    },
  };
  const made = attach({
    document,
    site,
    link,
    panel: { memory: { get: async () => undefined, set: async () => {} } },
    locale: "zh_CN",
    signal: life.signal,
    read_only: changes.by_choice ?? false,
    reportHealth: (fields) => log.reports.push(fields),
    mountPanel: ({ composer }) => {
      composer?.onSent(
        (sent) => {
          book.said(sent.conversation_id, sent.text);
          log.sent.push(sent);
        },
        { signal: life.signal },
      );
      composer?.onDraft((text) => log.drafts.push(text), { signal: life.signal });
      return panel;
    },
  });
  globalThis.bangda = {
    siteId: site.id,
    ...made,
    log,
    stop: () => life.abort(),
    /** The clocks as the panel shows them, longest first; `s` seconds. */
    clocks: () =>
      allWaiting(book.waiting(), log.waiting.at(-1) ?? [], here).map((one) => ({
        id: one.conversation_id,
        name: one.name,
        s: Math.round((Date.now() - one.since_ms) / 1000),
      })),
    /** What a suggestion that was made now would be bound to. */
    binding: () => ({ site: id, ...made.watcher.now() }),
  };
}
