/**
 * Which conversation is on screen, and asking the server once for each message.
 * @typedef {import("./threads.js").Thread} Thread
 * @typedef {import("../types.js").ShopperMessage} ShopperMessage
 */

/**
 * @param {{link: import("../types.js").Link, threads: ReturnType<typeof import("./threads.js").threadBook>,
 *   platform: string, language: () => string, signal: AbortSignal}} options
 */
export function shownConversation({ link, threads, platform, language, signal }) {
  let here = "";
  let wasReady = false;
  /** @type {Thread | null} */
  let drawn = null;
  let version = 0;
  let focusWanted = false;
  let changed = () => {};
  const current = () => threads.peek(here) ?? null;

  /** @param {Thread} thread */
  const ask = async (thread) => {
    const { message } = thread;
    if (!message) return;
    const { answered: _, since_ms: __, ...fields } = message;
    thread.stage = "asking";
    // Asked first, drawn second: the panel is drawn while the server works.
    const asked = link.request("message", { ...fields, platform, language: language() });
    touch(thread);
    try {
      const answer = await asked;
      // A newer message of the same conversation has its own answer on the way.
      if (thread.message !== message) return;
      thread.answer = answer;
      thread.earlier = null;
      thread.stage = "answered";
    } catch {
      if (thread.message !== message) return;
      thread.stage = "failed";
    }
    touch(thread);
  };

  /** @param {Thread} thread */
  const touch = (thread) => {
    if (thread === current()) version += 1;
    changed();
  };

  // The server is back: what came meanwhile is asked by itself.
  link.on(
    "state",
    ({ status }) => {
      const isReady = status === "ready";
      if (isReady && !wasReady) for (const thread of threads.unanswered()) ask(thread);
      wasReady = isReady;
    },
    { signal },
  );

  return {
    current,
    ask,
    here: () => here,
    /** Goes on where another panel was; what it had not been answered is asked again. @param {string} id */
    begin: (id) => {
      here = id;
      version += 1;
      for (const thread of threads.unanswered()) ask(thread);
    },
    /** Asks anew about the message on screen; the cards stay until then. */
    askAgain: () => {
      const thread = current();
      if (!thread?.message) return;
      thread.earlier = thread.answer ?? thread.earlier;
      thread.answer = null;
      ask(thread);
    },
    /** Counts what the reply list has to be drawn anew for. */
    version: () => version,
    redraw: () => {
      version += 1;
      changed();
    },
    wantFocus: () => {
      focusWanted = true;
      changed();
    },
    /** @returns {boolean} once, when the answer that the keyboard waits for is there */
    takeFocus: () => {
      const now = focusWanted && current()?.stage === "answered";
      if (now) focusWanted = false;
      return now;
    },
    onChange: (/** @type {() => void} */ fn) => {
      changed = fn;
    },
    /** @param {import("../types.js").Conversation} conversation */
    open: (conversation) => {
      here = conversation.conversation_id;
      const thread = threads.of(conversation);
      if (thread !== drawn) version += 1;
      drawn = thread;
      changed();
    },
    /** The shopper took it back: nothing stands to be answered. @param {string} conversation_id */
    withdraw: (conversation_id) => {
      const thread = threads.withdraw(conversation_id);
      if (thread) touch(thread);
    },
    /** @param {ShopperMessage} message */
    hear: (message) => {
      if (here === "") here = message.conversation_id;
      ask(threads.hear(message, Date.now()));
    },
  };
}
