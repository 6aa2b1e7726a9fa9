/**
 * What the panel knows of each conversation: the message that stands to be answered, what the
 * server said to it, what was put in and sent. Plain values, no nodes.
 * @typedef {import("../types.js").Conversation} Conversation
 * @typedef {import("../types.js").ShopperMessage} ShopperMessage
 * @typedef {import("../types.js").Waiting} Waiting
 * @typedef {import("../protocol.js").Suggestions} Suggestions
 */

/**
 * @typedef {object} Thread
 * @property {Conversation} conversation
 * @property {ShopperMessage | null} message
 * @property {"idle" | "asking" | "answered" | "failed"} stage
 * @property {Suggestions | null} answer
 * @property {Suggestions | null} earlier the answer to the message before, shown until the new one stands
 * @property {Set<string>} said texts that this shopper was sent
 * @property {Record<string, string>} values variables that the agent typed in
 * @property {{suggestion_id: string, script_id: string, text: string} | null} used put in or copied, not yet sent
 * @property {Map<string, number>} parts_done how many parts of a script were put in, by script id
 * @property {number | null} waiting_since_ms
 * @property {boolean} greeted an agent has said something
 * @property {Set<string>} hidden suggestion ids that the agent put aside
 */

/**
 * A thread as it goes to another panel: plain JSON.
 * @typedef {Omit<Thread, "said" | "parts_done" | "hidden">
 *   & {said: string[], parts_done: [string, number][], hidden: string[]}} KeptThread
 */

/** Of so many conversations all is handed on; of older ones what clocks and wordings need. */
const WHOLE = 20;
/** @type {Pick<Thread, "message" | "answer" | "earlier" | "stage">} */
const SLIM = Object.freeze({ message: null, answer: null, earlier: null, stage: "idle" });

/** A day of busy chats; the oldest go first, so memory stays flat. */
const MAX_THREADS = 200;

/**
 * @returns {{of: (conversation: Conversation) => Thread, peek: (conversation_id: string) => Thread | undefined, unanswered: () => Thread[],
 *   dump: () => KeptThread[], load: (kept: KeptThread[]) => void,
 *   rest: (conversation_id: string) => void, withdraw: (conversation_id: string) => Thread | undefined, waiting: () => Waiting[], restore: (waiting: Waiting) => void,
 *   onWaiting: (fn: () => void) => void, hear: (message: ShopperMessage, now_ms: number) => Thread,
 *   said: (conversation_id: string, text: string) => Thread["used"]}}
 */
export function threadBook() {
  /** @type {Map<string, Thread>} */
  const threads = new Map();
  let waitingChanged = () => {};

  /** @param {Conversation} conversation */
  const of = (conversation) => {
    const id = conversation.conversation_id;
    const thread = threads.get(id) ?? newThread(conversation);
    thread.conversation = { ...thread.conversation, ...conversation };
    threads.delete(id);
    threads.set(id, thread);
    if (threads.size > MAX_THREADS) threads.delete(threads.keys().next().value ?? "");
    return thread;
  };

  return {
    of,
    peek: (conversation_id) => threads.get(conversation_id),
    /** Messages that the server did not answer, oldest first. */
    unanswered: () => [...threads.values()].filter(({ stage }) => stage === "failed"),
    dump: () =>
      [...threads.values()].map(({ said, parts_done, hidden, ...rest }, at) => ({
        ...rest,
        ...(at < threads.size - WHOLE && SLIM),
        said: [...said],
        parts_done: [...parts_done],
        hidden: [...hidden],
      })),
    load: (kept) => {
      for (const { said, parts_done, hidden, ...rest } of kept) {
        // Its question went with the panel that asked it.
        const stage = rest.stage === "asking" ? "failed" : rest.stage;
        threads.set(rest.conversation.conversation_id, {
          ...rest,
          stage,
          said: new Set(said),
          parts_done: new Map(parts_done),
          hidden: new Set(hidden),
        });
      }
    },
    hear: (message, now_ms) => {
      const { conversation_id, shopper, page } = message;
      const known = threads.get(conversation_id)?.conversation;
      const thread = of({ conversation_id, shopper: shopper ?? known?.shopper, page: page ?? known?.page });
      thread.message = message;
      thread.earlier = thread.answer ?? thread.earlier;
      thread.answer = null;
      thread.stage = "asking";
      thread.used = null;
      thread.hidden = new Set();
      thread.parts_done = new Map();
      for (const turn of message.history ?? []) {
        if (turn.from === "agent") thread.said.add(turn.text);
      }
      thread.greeted ||= thread.said.size > 0;
      if (message.answered) thread.waiting_since_ms = null;
      else thread.waiting_since_ms ??= Math.min(message.since_ms ?? now_ms, sentAt(message, now_ms));
      waitingChanged();
      return thread;
    },
    said: (conversation_id, text) => {
      const thread = threads.get(conversation_id);
      if (!thread) return null;
      const { used } = thread;
      thread.said.add(text);
      thread.greeted = true;
      thread.waiting_since_ms = null;
      thread.used = null;
      waitingChanged();
      return used;
    },
    /** Somebody answered elsewhere: no clock runs. */
    rest: (conversation_id) => {
      const thread = threads.get(conversation_id);
      if (!thread) return;
      thread.waiting_since_ms = null;
      waitingChanged();
    },
    /**
     * A clock from before the page was loaded. What the page said since then counts more, but for
     * when the wait began.
     */
    restore: ({ conversation_id, name, since_ms, first }) => {
      const known = threads.get(conversation_id);
      if (known?.message && known.waiting_since_ms === null) return;
      const thread = known ?? of({ conversation_id, ...(name && { shopper: { name } }) });
      thread.waiting_since_ms = Math.min(since_ms, thread.waiting_since_ms ?? since_ms);
      thread.greeted ||= !first;
    },
    onWaiting: (fn) => {
      waitingChanged = fn;
    },
    /** What stood to be answered is gone from the page. */
    withdraw: (conversation_id) => {
      const thread = threads.get(conversation_id);
      if (thread)
        Object.assign(thread, { message: null, answer: null, stage: "idle", waiting_since_ms: null });
      return thread;
    },
    waiting: () =>
      [...threads.values()].flatMap(({ conversation, waiting_since_ms, greeted }) =>
        waiting_since_ms === null
          ? []
          : [
              {
                conversation_id: conversation.conversation_id,
                name: conversation.shopper?.name ?? "",
                since_ms: waiting_since_ms,
                first: !greeted,
              },
            ],
      ),
  };
}

/** @param {Conversation} conversation @returns {Thread} */
const newThread = (conversation) => ({
  conversation,
  message: null,
  stage: "idle",
  answer: null,
  earlier: null,
  said: new Set(),
  values: {},
  used: null,
  parts_done: new Map(),
  waiting_since_ms: null,
  greeted: false,
  hidden: new Set(),
});

/**
 * The page's own time of the message where it gave a believable one: shop pages show minutes
 * without a date, and a clock that is wrong is worse than one that starts now.
 * @param {ShopperMessage} message
 * @param {number} now_ms
 */
function sentAt({ sent_at }, now_ms) {
  const at = sent_at ? Date.parse(sent_at) : Number.NaN;
  return Number.isFinite(at) && at <= now_ms && now_ms - at < 24 * 3600_000 ? at : now_ms;
}
