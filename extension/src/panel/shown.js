/**
 * Which conversation is on screen, and asking the server once for each message.
 * @typedef {import("./threads.js").Thread} Thread
 * @typedef {import("../types.js").ShopperMessage} ShopperMessage
 */

/**
 * @param {{link: import("../types.js").Link, threads: ReturnType<typeof import("./threads.js").threadBook>, platform: string}} options
 */
export function shownConversation({ link, threads, platform }) {
  let here = "";
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
    const asked = link.request("message", { ...fields, platform });
    touch(thread);
    try {
      const answer = await asked;
      // A newer message of the same conversation has its own answer on the way.
      if (thread.message !== message) return;
      thread.answer = answer;
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

  return {
    current,
    ask,
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
    /** @param {ShopperMessage} message */
    hear: (message) => {
      if (here === "") here = message.conversation_id;
      ask(threads.hear(message, Date.now()));
    },
  };
}
