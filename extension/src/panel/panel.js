/**
 * The agent's panel. One call puts it into a document: beside a seller's chat page, or filling an
 * element of the browser's side panel, `/panel` and `/demo`. It asks the server, shows what comes
 * back, and hands a reply to the composer; the agent sends.
 * @typedef {import("../types.js").Panel} Panel
 * @typedef {import("../types.js").PanelOptions} PanelOptions
 * @typedef {import("./context.js").Context} Context
 */

import { listeners } from "../signals.js";
import { loadText } from "../text.js";
import { replyActions } from "./actions.js";
import { keepClocks } from "./clocks_kept.js";
import { childSignal, nodeMaker } from "./dom.js";
import { DEFAULT_KEYS } from "./keys.js";
import { makeShell } from "./shell.js";
import { shownConversation } from "./shown.js";
import { threadBook } from "./threads.js";
import { buildViews } from "./views.js";

/**
 * @param {PanelOptions} options
 * @returns {Panel}
 */
export function mountPanel(options) {
  const { document, link, composer, site, container, prefs } = options;
  const end = new AbortController();
  const { signal } = end;
  const shell = makeShell({ document, container, theme: prefs?.theme ?? "auto", signal });
  const threads = threadBook();
  let { locale } = options;
  const language = () => (locale === "en" ? "en" : "zh");
  const platform = options.platform ?? "";
  const shown = shownConversation({ link, threads, platform, language, signal });
  const ctx = /** @type {Context} */ (
    /** @type {unknown} */ ({
      document,
      root: shell.root,
      h: nodeMaker(document),
      signal,
      link,
      composer,
      memory: options.memory ?? pageMemory(),
      site,
      platform,
      language,
      health: { state: "ok" },
      keys: { ...DEFAULT_KEYS, ...prefs?.keys },
      threads,
      news: listeners(),
      say: () => {},
      calm: { when: (/** @type {string} */ _kind, /** @type {() => void} */ change) => change() },
      current: shown.current,
    })
  );
  ctx.actions = replyActions(ctx);

  /** What to do once the texts are there; calls that come before that are kept by `shown`. */
  let draw = () => {};
  /** @type {import("../types.js").Waiting[]} */
  let waiting = [];
  let drawWaiting = () => {};
  let lookAgain = () => {};
  /** @type {(key: import("./panel_keys.js").PanelKey) => void} */
  let press = () => {};
  /** Of the views: they are built anew in another language, over the same conversations. */
  let life = childSignal(signal);
  const known = () => ({ threads: threads.dump(), here: shown.here() });
  const tellKnown = seldom(() => options.onKnown?.(known()), signal);
  shown.onChange(() => {
    draw();
    if (options.onKnown) tellKnown();
  });
  if (options.known) {
    threads.load(options.known.threads);
    shown.begin(options.known.here);
  }

  const dress = async () => {
    const [t] = await Promise.all([loadText(locale), shell.dressed]);
    if (signal.aborted) return;
    life.abort();
    life = childSignal(signal);
    Object.assign(ctx, { t, signal: life.signal });
    const views = buildViews(ctx, { ...options, locale, host: shell.host, shown });
    draw = views.draw;
    drawWaiting = () => views.drawWaiting(waiting);
    lookAgain = views.lookAgain;
    press = views.press;
    draw();
    drawWaiting();
  };
  dress();
  keepClocks({ memory: ctx.memory, site, threads, signal, onRestored: () => draw() });

  composer?.onSent(
    ({ conversation_id, text, sent_at }) => {
      const used = threads.said(conversation_id, text);
      const about = used?.script_id ? { suggestion_id: used.suggestion_id, script_id: used.script_id } : {};
      ctx.actions.report("sent", { conversation_id, text, ...about, ...(sent_at && { at: sent_at }) });
      // "It is in, send it" has been followed.
      ctx.say("");
      draw();
    },
    { signal },
  );

  return {
    host: shell.host,
    showConversation: shown.open,
    showMessage: (message) => {
      shown.hear(message);
      if (!message.answered) ctx.news.emit("message", message);
    },
    withdraw: shown.withdraw,
    setWaiting: (list, answered = []) => {
      for (const id of answered) threads.rest(id);
      waiting = list;
      drawWaiting();
    },
    setHealth: (health) => {
      const wasOk = ctx.health.state === "ok";
      ctx.health = health;
      if (wasOk !== (health.state === "ok")) shown.redraw();
      else draw();
    },
    setLooks: (looks) => {
      shell.setTheme(looks.prefs.theme);
      Object.assign(ctx.keys, looks.prefs.keys);
      if (looks.locale === locale) return;
      locale = looks.locale;
      dress();
      // Reasons and warnings are the server's words.
      shown.askAgain();
    },
    lookAgain: () => lookAgain(),
    press: (key) => press(key),
    known,
    focusReplies: () => shown.wantFocus(),
    destroy: () => end.abort(),
  };
}

/** What is told this often at most, in milliseconds. */
const SELDOM_MS = 300;

/** @param {() => void} tell @param {AbortSignal} signal */
function seldom(tell, signal) {
  /** @type {any} */
  let timer = 0;
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  return () => {
    timer ||= setTimeout(() => {
      timer = 0;
      tell();
    }, SELDOM_MS);
  };
}

/** @returns {import("../types.js").Memory} */
function pageMemory() {
  const kept = new Map();
  return {
    get: async (key) => kept.get(key),
    set: async (key, value) => {
      kept.set(key, value);
    },
  };
}
