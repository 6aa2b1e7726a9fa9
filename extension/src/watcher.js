/**
 * Watches the page's open thread and says what happens in it: a conversation comes on screen,
 * a shopper writes, an agent's line appears, others wait in the list of conversations. It reacts to
 * mutations, not to timers: agents keep chat tabs in the background, where timers stand still.
 * @typedef {import("./sites/schema.js").Site} Site
 * @typedef {import("./types.js").ShopperMessage} ShopperMessage
 * @typedef {import("./types.js").Conversation} Conversation
 * @typedef {import("./types.js").Waiting} Waiting
 * @typedef {import("./page/thread.js").Snapshot} Snapshot
 * @typedef {import("./page/seen.js").Known} Known
 * @typedef {import("./page/conversations.js").Talk} Talk
 */
import { createAutomatic } from "./page/automatic.js";
import { createBurst } from "./page/burst.js";
import { changeOf } from "./page/changes.js";
import { createConversationList } from "./page/conversation_list.js";
import { createConversations } from "./page/conversations.js";
import { findOne, findRoot, readOne } from "./page/find.js";
import { identityOf } from "./page/identity.js";
import { createQueue } from "./page/queue.js";
import { createReader } from "./page/reader.js";
import { idOf, lastSpeaker, messagesOf, unanswered } from "./page/requests.js";
import { toldOf } from "./page/told.js";

/** A thread that was shown anew counts as complete when it stood still for this long ... */
const SETTLE_MS = 60;

/** ... or when it has been on screen for this long, however much still moves. */
const SETTLE_AT_MOST_MS = 600;

/** A page that contradicts itself is looked at again, though nothing moves. */
const DOUBT_MS = 1000;

/**
 * @typedef {object} Sent
 * @property {string} conversation_id
 * @property {string} text
 */

/**
 * What the page is like now, for health.
 * @typedef {object} Look
 * @property {Document | ShadowRoot} root
 * @property {Snapshot} thread
 * @property {Element | null} box
 * @property {number} box_rung
 * @property {boolean} doubtful parts of the page name different shoppers
 * @property {Talk | null} talk
 * @property {boolean} answered an agent spoke last in it
 * @property {Element | null} rows what holds the list of conversations
 */

/**
 * @param {object} options
 * @param {Site} options.site
 * @param {Document} options.document
 * @param {AbortSignal} options.signal
 * @param {(message: ShopperMessage) => void} options.onMessage
 * @param {(conversation: Conversation) => void} options.onConversation
 * @param {(sent: Sent) => void} options.onSent
 * @param {(conversation_id: string) => void} [options.onWithdrawn] what stood to be answered was taken back
 * @param {(waiting: Waiting[], answered: string[]) => void} [options.onWaiting] who waits in the page's
 *   list besides the conversation on screen, and which conversations were answered elsewhere; told
 *   once for each change
 * @param {(look: Look) => void} [options.onLook] after every reading
 * @param {() => number} [options.now] epoch milliseconds
 */
export function createWatcher({
  site,
  document,
  signal,
  onMessage,
  onConversation,
  onSent,
  onWithdrawn,
  onWaiting,
  onLook,
  now = Date.now,
}) {
  const reader = createReader(site, now);
  const conversations = createConversations(site);
  const queue = createQueue(site, conversations.ofRow);
  const conversationList = createConversationList({
    site,
    queue,
    now,
    signal,
    observe: observeAttributes,
    onWaiting,
  });
  const automatic = createAutomatic();
  const burst = createBurst(document, onMessage, signal);
  const view = /** @type {Window & typeof globalThis} */ (document.defaultView);
  const attributeFilter = ["class", "id", "style", ...attributesOf(site)];
  /** @type {WeakSet<Node>} */
  const observed = new WeakSet();
  /** @type {Look} */
  let look;
  let announced = "";
  let timer = 0;

  const observer = new view.MutationObserver((records) => {
    if (records.some(matters)) flush(records);
  });
  signal.addEventListener("abort", () => {
    observer.disconnect();
    view.clearTimeout(timer);
  });
  // Before the page's own handlers empty the box.
  for (const type of ["input", "keydown", "pointerdown"])
    document.addEventListener(type, () => automatic.note(look?.box), { signal, capture: true });

  /** Typing in the reply box says nothing about the thread. @param {MutationRecord} record */
  const matters = (record) => !look.box?.isConnected || !look.box.contains(record.target);

  /** @param {MutationRecord[]} records @param {boolean} [complete] the thread stood still */
  function flush(records, complete = false) {
    for (const record of records) reader.touch(record.target);
    const before = look?.talk ?? null;
    look = readPage();
    automatic.note(look.box);
    const { bubbles, list } = look.thread;
    const who = identityOf(site, look.root, view.location.href, look.thread);
    look.talk = list ? conversations.resolve(who, bubbles, now()) : null;
    if (look.talk !== before) burst.flush();
    look.doubtful = list !== null && look.talk === null;
    if (look.talk) follow(look.talk, complete);
    else if (look.doubtful) later(DOUBT_MS);
    look.rows = conversationList.read(records, look);
    onLook?.(look);
  }

  /** @param {Talk} talk @param {boolean} complete */
  function follow(talk, complete) {
    announce(talk);
    const { bubbles } = look.thread;
    const spoken = bubbles.filter((bubble) => bubble.from !== "system" && bubble.from !== "unknown");
    const { fresh, news, known } = talk.seen.take(spoken, look.thread.atEnd);
    // A thread that is shown anew did not come before our eyes; its very first line did.
    const anew = fresh && !(talk.settled && known.length === 1);
    automatic.tell(talk, known, talk.settled && !anew ? news : [], now());
    look.answered = lastSpeaker(known) === "agent";
    const last = known.findLast((line) => line.from === "shopper");
    talk.last = last ? idOf(talk, last) : talk.last;
    talk.words = last?.text ?? talk.words;
    if (anew) begin(talk, news, known);
    if (!talk.settled && !complete && now() - talk.since_ms < SETTLE_AT_MOST_MS) return later(SETTLE_MS);
    const lines = talk.settled ? news.filter((line) => line.from === "shopper") : unanswered(known, bubbles);
    const own = talk.settled ? news.filter((line) => line.from === "agent") : [];
    const since_ms = talk.settled ? 0 : queue.sinceOf(talk);
    talk.settled = true;
    hand(talk, lines, known, since_ms);
    notice(talk, known);
    if (own.length) talk.waits = lastSpeaker(known) === "shopper";
    else if (talk.waits && lastSpeaker(known) === "agent") queue.rest(talk);
    if (own.length) burst.flush();
    for (const line of own) onSent({ conversation_id: talk.id, text: line.text });
  }

  /** What was asked is looked up on the page again: it may have been changed or taken back. @param {Talk} talk @param {Known[]} known */
  function notice(talk, known) {
    const { look_in_ms, message, withdrawn } = changeOf(talk, known, {
      now_ms: now(),
      atEnd: look.thread.atEnd,
    });
    if (look_in_ms) later(look_in_ms);
    if (message || withdrawn) burst.drop(talk.id);
    if (message) onMessage({ ...message, page: pageOf(known.filter(isShopper).slice(-1), known) });
    if (!withdrawn) return;
    talk.waits = false;
    onWithdrawn?.(talk.id);
  }

  /**
   * The thread is shown anew: until it stands still all of it is history. Lines that were here
   * before under another name are not asked for again.
   * @param {Talk} talk @param {Known[]} news @param {Known[]} known
   */
  function begin(talk, news, known) {
    talk.settled = false;
    talk.since_ms = now();
    for (const line of known) if (!news.includes(line)) talk.requested.add(line.key);
  }

  /**
   * @param {Talk} talk @param {Known[]} lines @param {Known[]} known
   * @param {number} since_ms since when the page's list shows this shopper waiting; 0 when it does not
   */
  function hand(talk, lines, known, since_ms) {
    if (!lines.length) return;
    const page = pageOf(lines, known);
    for (const { message, lines: keys, grown } of messagesOf(talk, lines, known, now())) {
      talk.waits = !message.answered;
      burst.take({ ...message, page, ...(since_ms && { since_ms }) }, keys, grown);
    }
  }

  /** @param {number} delay_ms */
  function later(delay_ms) {
    view.clearTimeout(timer);
    timer = view.setTimeout(() => flush(observer.takeRecords(), true), delay_ms);
  }

  /** @param {Talk} talk */
  function announce(talk) {
    const key = `${talk.id}\u241f${talk.name}`;
    if (key === announced) return;
    announced = key;
    onConversation({
      conversation_id: talk.id,
      shopper: talk.name ? { name: talk.name } : undefined,
      identity_unsure: talk.unsure || undefined,
      page: pageOf([], []),
    });
  }

  /** @param {Known[]} lines those of the message @param {Known[]} known the thread's */
  function pageOf(lines, known) {
    const reads = Object.entries(site.page ?? {});
    const beside = reads.map(([name, entry]) => [name, readOne(look.root, entry, view.location.href)]);
    return toldOf(Object.fromEntries(beside), lines, known);
  }

  /** @returns {Look} */
  function readPage() {
    const { root, hosts } = findRoot(document, site);
    const snapshot = reader.read(root, view.location.href);
    const box = findOne(root, site.box, snapshot.list);
    observe([document.body, ...hosts, ...shadowsOf(snapshot.bubbles)], snapshot.list);
    return {
      root,
      thread: snapshot,
      box: box?.element ?? snapshot.shape?.box ?? null,
      box_rung: box?.rung ?? -1,
      doubtful: false,
      talk: null,
      answered: false,
      rows: null,
    };
  }

  /**
   * An observer does not see into shadow roots: each on the way is observed by itself. Attributes
   * only count inside the list, where a node can come to hold another message.
   * @param {Node[]} scopes @param {Element | null} list
   */
  function observe(scopes, list) {
    for (const scope of scopes) {
      if (!observed.has(scope))
        observer.observe(scope, { childList: true, characterData: true, subtree: true });
      observed.add(scope);
    }
    observeAttributes(list, attributeFilter);
  }

  /** @param {Element | null} element @param {string[]} filter */
  function observeAttributes(element, filter) {
    if (!element || observed.has(element)) return;
    observed.add(element);
    observer.observe(element, {
      childList: true,
      characterData: true,
      subtree: true,
      attributeFilter: filter,
    });
  }

  flush([]);

  return {
    /** What the page is like at this moment, with what the observer has not delivered yet. */
    look() {
      flush(observer.takeRecords());
      return look;
    },
    /** The last reading, without a new one. */
    last: () => look,
    /** Where the page's list has a conversation; null where it is not in the document. @param {string} id */
    rowOf: (id) => queue.rowOf(id),
    /** The conversation on screen and the shopper's last line in it; null while that is not certain. */
    now() {
      flush(observer.takeRecords());
      return look.talk && { conversation_id: look.talk.id, message_id: look.talk.last };
    },
  };
}

/** Lines that are components draw themselves in shadow roots of their own. @param {import("./page/thread.js").Bubble[]} bubbles */
function shadowsOf(bubbles) {
  const parts = bubbles.flatMap(({ node }) => [node, ...node.children]);
  return parts.flatMap((part) => (part.localName.includes("-") && part.shadowRoot) || []);
}

/** @param {Known} line */
const isShopper = (line) => line.from === "shopper";

/** Attributes that the adapter reads in an item. @param {Site} site */
function attributesOf(site) {
  const reads = [...(site.item_id ?? []), ...(site.sent_at ?? []), ...(site.conversation.of_item ?? [])];
  return reads.map((read) => (typeof read === "string" ? "" : (read.attr ?? ""))).filter(Boolean);
}
