/**
 * The side panel's end: mounts the same panel that stands over pages, for the chat page of the tab in
 * front, with the page's composer at the other end of a line.
 * @typedef {import("../types.js").Panel} Panel
 */

import { listeners } from "../signals.js";
import { unknownOf } from "./on_page.js";

/**
 * The page's composer, from afar.
 * @param {(deed: string, ...args: any[]) => Promise<any>} ask
 * @param {ReturnType<typeof listeners>} news draft and sent, as the page tells of them
 * @param {string} draft what stands in the box
 * @returns {import("../types.js").Composer}
 */
export function farComposer(ask, news, draft) {
  let text = draft;
  news.on("draft", (now) => (text = now), new AbortController().signal);
  const gone = { ok: false, how: "", reason: /** @type {const} */ ("page_changed") };
  return {
    canInsert: async (binding) => (await ask("canInsert", binding)) ?? gone,
    insert: async (words, binding) => (await ask("insert", words, binding)) ?? gone,
    insertImage: async (image, binding) => (await ask("insertImage", image, binding)) ?? gone,
    draft: () => text,
    replaceDraft: async (words) => (await ask("replaceDraft", words)) ?? gone,
    onDraft: (fn, { signal }) => news.on("draft", fn, signal),
    onSent: (fn, { signal }) => news.on("sent", fn, signal),
  };
}

/**
 * @param {object} parts
 * @param {Document} parts.document
 * @param {Element} parts.container
 * @param {import("../types.js").Link} parts.link
 * @param {import("../types.js").Memory} parts.memory
 * @param {(body: any) => void} parts.post to the page
 * @param {(options: import("../types.js").PanelOptions) => Panel} parts.mountPanel
 * @param {() => void} parts.onOptions
 * @param {() => void} parts.onNobody the page has gone
 */
export function sideStage({ document, container, link, memory, post, mountPanel, onOptions, onNobody }) {
  /** @type {Map<number, (value: any) => void>} */
  const asked = new Map();
  let count = 0;
  /** @type {Panel | null} */
  let panel = null;
  let news = listeners();

  /** @param {string} deed @param {...any} args */
  const ask = (deed, ...args) =>
    new Promise((resolve) => {
      count += 1;
      asked.set(count, resolve);
      post({ deed, args, n: count });
    });

  const leave = () => {
    panel?.destroy();
    panel = null;
    for (const resolve of asked.values()) resolve(undefined);
    asked.clear();
  };

  /** @param {any} body */
  const begin = ({ site, platform, prefs, locale, can, kept, told, newest, draft }) => {
    leave();
    news = listeners();
    panel = mountPanel({
      document,
      container,
      link,
      memory,
      site,
      platform,
      prefs,
      locale,
      composer: can.fill ? farComposer(ask, news, draft) : null,
      known: kept,
      onOptions,
      ...(can.teach && { onTeach: () => ask("teach") }),
      ...(can.point && { onPoint: (/** @type {string} */ id) => ask("point", id) }),
      onWaiting: (waiting) => post({ deed: "waiting", args: [waiting] }),
      onKnown: (state) => post({ deed: "keep", args: [state] }),
    });
    for (const [name, args] of Object.entries(told)) /** @type {any} */ (panel)[name](...args);
    if (newest) panel.showMessage(newest);
  };

  /** The line was down for a moment. @param {any} body */
  const resume = ({ told, newest }) => {
    if (!panel) {
      post({ deed: "begin", args: [] });
      return;
    }
    const missed = unknownOf(newest, panel.known());
    for (const [name, args] of Object.entries(told)) /** @type {any} */ (panel)[name](...args);
    if (missed) panel.showMessage(missed);
  };

  /** @type {Record<string, (body: any) => void>} */
  const hear = {
    begin,
    resume,
    call: ({ name, args }) => /** @type {any} */ (panel)?.[name](...args),
    draft: ({ text }) => news.emit("draft", text),
    sent: ({ sent }) => news.emit("sent", sent),
    key: ({ key }) => panel?.press(key),
    done: ({ n, value }) => {
      asked.get(n)?.(value);
      asked.delete(n);
    },
    end: () => {
      leave();
      onNobody();
    },
  };
  return {
    /** @param {any} body */
    hear: (body) => hear[body.kind]?.(body),
    leave,
  };
}
