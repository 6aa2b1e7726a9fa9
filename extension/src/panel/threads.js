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
 * @property {Set<string>} said texts that this shopper was sent
 * @property {Record<string, string>} values variables that the agent typed in
 * @property {{suggestion_id: string, script_id: string, text: string} | null} used put in or copied, not yet sent
 * @property {Map<string, number>} parts_done how many parts of a script were put in, by script id
 * @property {number | null} waiting_since_ms
 * @property {boolean} greeted an agent has said something
 * @property {Set<string>} hidden suggestion ids that the agent put aside
 */

/** A day of busy chats; the oldest go first, so memory stays flat. */
const MAX_THREADS = 200;

/**
 * @returns {{of: (conversation: Conversation) => Thread, peek: (conversation_id: string) => Thread | undefined,
 *   rest: (conversation_id: string) => void, waiting: () => Waiting[], hear: (message: ShopperMessage, now_ms: number) => Thread,
 *   said: (conversation_id: string, text: string) => Thread["used"]}}
 */
export function threadBook() {
  /** @type {Map<string, Thread>} */
  const threads = new Map();

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
    hear: (message, now_ms) => {
      const { conversation_id, shopper, page } = message;
      const known = threads.get(conversation_id)?.conversation;
      const thread = of({ conversation_id, shopper: shopper ?? known?.shopper, page: page ?? known?.page });
      thread.message = message;
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
      return used;
    },
    /** Somebody answered elsewhere: no clock runs. */
    rest: (conversation_id) => {
      const thread = threads.get(conversation_id);
      if (thread) thread.waiting_since_ms = null;
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
