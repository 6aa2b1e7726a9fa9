/**
 * The page's end of a panel that stands in the browser's side panel. While that is open the page has no
 * panel over it: what the page says goes there, what the agent does there comes back and is done by the
 * page's own composer, with its checks. When it is closed a panel over the page takes over, with all
 * that was known.
 * @typedef {import("../types.js").Panel} Panel
 * @typedef {import("../types.js").PanelOptions} PanelOptions
 * @typedef {import("../types.js").SideLine} SideLine
 */

import { onPageKeys } from "../panel/panel_keys.js";

/**
 * @param {object} parts
 * @param {SideLine} parts.side
 * @param {(options: PanelOptions) => Panel} parts.mountPanel
 * @returns {(options: PanelOptions) => Panel} takes the place of `mountPanel`
 */
export const sidePanelFirst =
  ({ side, mountPanel }) =>
  (options) => {
    const { document, composer } = options;
    const end = new AbortController();
    const { signal } = end;
    /** @type {Panel | null} */
    let over = null;
    let looks = { prefs: options.prefs, locale: options.locale };
    /** What a panel that begins now has to be told. @type {Record<string, any[]>} */
    const told = {};
    /** The newest message, should the line have lost it. @type {any} */
    let newest = null;
    /** What was known of the conversations when a panel was last told of. @type {any} */
    let kept = null;

    /** @type {Record<string, (...args: any[]) => unknown>} */
    const deeds = {
      canInsert: (binding) => composer?.canInsert(binding),
      insert: (text, binding) => composer?.insert(text, binding),
      insertImage: (image, binding) => composer?.insertImage?.(image, binding),
      replaceDraft: (text) => composer?.replaceDraft?.(text),
      point: (conversation_id) => options.onPoint?.(conversation_id) ?? false,
      waiting: (waiting) => options.onWaiting?.(waiting),
      begin: () => toSide(),
      teach: () => options.onTeach?.(),
      keep: (state) => {
        kept = state;
      },
    };

    const toSide = () => {
      kept = over?.known() ?? kept;
      over?.destroy();
      over = null;
      aside = true;
      const { site, platform, mode: _ } = options;
      const can = {
        fill: composer !== null,
        teach: options.onTeach !== undefined,
        point: options.onPoint !== undefined,
      };
      side.post({
        kind: "begin",
        site,
        platform,
        ...looks,
        can,
        kept,
        told,
        newest: unknownOf(newest, kept),
        draft: composer?.draft() ?? "",
      });
    };

    /** A worker that was stopped and comes back says so in between; that is no side panel that closed. */
    const CLOSED_MS = 500;
    let aside = false;
    /** @type {any} */
    let closing = 0;
    signal.addEventListener("abort", () => clearTimeout(closing), { once: true });

    /** @param {boolean} open */
    const follow = (open) => {
      clearTimeout(closing);
      if (!open) closing = setTimeout(toPage, over ? 0 : CLOSED_MS);
      // What was told while the line was down is told again.
      else if (aside) side.post({ kind: "resume", told, newest });
      else toSide();
    };

    const toPage = () => {
      aside = false;
      if (over) return;
      over = mountPanel({ ...options, .../** @type {any} */ (looks), known: kept });
      for (const [name, args] of Object.entries(told)) /** @type {any} */ (over)[name](...args);
      const missed = unknownOf(newest, kept);
      if (missed) over.showMessage(missed);
    };

    /** @param {any} body */
    const hear = async (body) => {
      const deed = deeds[body.deed];
      if (!deed) return;
      const value = await deed(...(body.args ?? []));
      if (body.n !== undefined) side.post({ kind: "done", n: body.n, value });
    };

    /** @param {string} name @param {any[]} args @param {boolean} [again] to be told to a panel that begins later */
    const tell = (name, args, again = true) => {
      if (again) told[name] = args;
      if (over) /** @type {any} */ (over)[name](...args);
      else side.post({ kind: "call", name, args });
    };

    side.on("open", follow, signal);
    side.on("body", hear, signal);
    composer?.onDraft((text) => over || side.post({ kind: "draft", text }), { signal });
    composer?.onSent((sent) => over || side.post({ kind: "sent", sent }), { signal });
    // Keys pressed in the page are the side panel's too: it cannot hear them.
    onPageKeys(
      document,
      () => ({ .../** @type {any} */ (looks.prefs?.keys) }),
      (key) => {
        if (!over) side.post({ kind: "key", key });
        return !over;
      },
      signal,
    );
    if (side.isOpen()) toSide();
    else toPage();

    return {
      get host() {
        return /** @type {any} */ (over?.host ?? null);
      },
      showConversation: (conversation) => tell("showConversation", [conversation]),
      showMessage: (message) => {
        newest = message;
        tell("showMessage", [message], false);
      },
      withdraw: (conversation_id) => {
        if (newest?.conversation_id === conversation_id) newest = null;
        tell("withdraw", [conversation_id], false);
      },
      setWaiting: (waiting, answered = []) => {
        told.setWaiting = [waiting];
        tell("setWaiting", [waiting, answered], false);
      },
      setHealth: (health) => tell("setHealth", [health]),
      setLooks: (next) => {
        looks = next;
        tell("setLooks", [next], false);
      },
      known: () => over?.known() ?? kept,
      press: (key) => tell("press", [key], false),
      lookAgain: () => over?.lookAgain(),
      focusReplies: () => tell("focusReplies", [], false),
      destroy: () => {
        end.abort();
        over?.destroy();
        side.post({ kind: "end" });
      },
    };
  };

/**
 * The message, when nothing of it is known.
 * @param {import("../types.js").ShopperMessage | null} message
 * @param {import("../types.js").Known | null} kept
 */
export function unknownOf(message, kept) {
  const thread = kept?.threads.find(
    ({ conversation }) => conversation.conversation_id === message?.conversation_id,
  );
  return message && thread?.message?.message_id !== message.message_id ? message : null;
}
