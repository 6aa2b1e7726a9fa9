/**
 * The agent's panel. One call puts it into a document: floating over a seller's chat page, or
 * filling an element of `/panel` and `/demo`. It asks the server, shows what comes back, and hands
 * a reply to the composer; the agent sends.
 * @typedef {import("../types.js").Panel} Panel
 * @typedef {import("../types.js").PanelOptions} PanelOptions
 * @typedef {import("./context.js").Context} Context
 */

import { listeners } from "../signals.js";
import { loadText } from "../text.js";
import { replyActions } from "./actions.js";
import { nodeMaker } from "./dom.js";
import { draftView } from "./draft.js";
import { findView } from "./find.js";
import { headBar } from "./head.js";
import { incomingView } from "./incoming.js";
import { DEFAULT_KEYS } from "./keys.js";
import { keepOneOpen } from "./open_card.js";
import { panelKeys } from "./panel_keys.js";
import { placeKeeper } from "./place.js";
import { repliesView } from "./replies.js";
import { makeShell } from "./shell.js";
import { shownConversation } from "./shown.js";
import { lamp, statusLine } from "./status.js";
import { threadBook } from "./threads.js";
import { waitingView } from "./waiting.js";

/**
 * @param {PanelOptions} options
 * @returns {Panel}
 */
export function mountPanel(options) {
  const { document, link, composer, locale, site, container, prefs } = options;
  const end = new AbortController();
  const { signal } = end;
  const shell = makeShell({ document, container, theme: prefs?.theme ?? "auto", signal });
  const threads = threadBook();
  const shown = shownConversation({ link, threads, platform: options.platform ?? "" });
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
      platform: options.platform ?? "",
      health: { state: "ok" },
      keys: { ...DEFAULT_KEYS, ...prefs?.keys },
      threads,
      news: listeners(),
      say: () => {},
      current: shown.current,
    })
  );
  ctx.actions = replyActions(ctx);

  /** What to do once the texts are there; calls that come before that are kept by `shown`. */
  let draw = () => {};
  /** @type {import("../types.js").Waiting[]} */
  let waiting = [];
  let drawWaiting = () => {};
  shown.onChange(() => draw());

  Promise.all([loadText(locale), shell.dressed]).then(([t]) => {
    if (signal.aborted) return;
    ctx.t = t;
    const views = build(ctx, options, shell.host, shown);
    draw = views.draw;
    drawWaiting = () => views.drawWaiting(waiting);
    draw();
    drawWaiting();
  });

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
    showMessage: shown.hear,
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
    focusReplies: () => shown.wantFocus(),
    destroy: () => end.abort(),
  };
}

/**
 * @param {Context} ctx
 * @param {PanelOptions} options
 * @param {HTMLElement} host
 * @param {ReturnType<typeof shownConversation>} shown
 */
function build(ctx, options, host, shown) {
  const { h, t, root, link, signal } = ctx;
  const floats = !options.container;
  const find = findView(ctx);
  /** @param {string} script_id @param {string} title */
  const onFollow = (script_id, title) => {
    if (place.mode() !== "full") place.setMode("full");
    find.openScript(script_id, title);
  };
  const onRetry = () => {
    const thread = ctx.current();
    if (thread) shown.ask(thread);
  };
  const replies = repliesView(ctx, { onFollow, onRetry });
  const incoming = incomingView(ctx);
  const draft = draftView(ctx);
  const waiting = waitingView(ctx, { onPick: options.onPick });
  const status = statusLine(ctx, options);
  const toMode = (/** @type {import("./place.js").Mode} */ mode) => place.setMode(mode);
  const openSearch = () => {
    if (place.mode() !== "full") place.setMode("full");
    find.focus();
  };
  const head = headBar(ctx, { clock: waiting.clock, floats, toMode, openSearch });
  const said = h("p", { class: "said", attrs: { role: "status" } });
  const scroll = h("div", { class: "scroll" }, waiting.node, incoming.node, replies.node, find.node);
  root.append(
    h(
      "div",
      {
        class: "panel",
        attrs: { role: "region", "aria-label": t("panel"), lang: options.locale === "en" ? "en" : "zh-CN" },
      },
      head.node,
      status.node,
      scroll,
      draft.node,
      said,
    ),
  );
  ctx.say = speaker(said, signal);
  const place = placeKeeper(ctx, {
    host,
    head: head.node,
    grip: head.grip,
    mode: options.mode ?? (floats ? "strip" : "full"),
    floats,
    anchor: options.anchor,
    onMode: head.setMode,
  });
  keepOneOpen(ctx);
  panelKeys(ctx, { host, replies, openSearch, place, floats });

  let drawnVersion = -1;
  const draw = () => {
    const thread = ctx.current();
    head.show({ lamp: lamp(link.state, ctx.health), thread, count: replies.count() });
    status.show(link.state, ctx.health);
    if (drawnVersion !== shown.version()) {
      drawnVersion = shown.version();
      incoming.show(thread);
      replies.show(thread);
      head.show({ lamp: lamp(link.state, ctx.health), thread, count: replies.count() });
    }
    waiting.show();
    if (shown.takeFocus()) replies.focusFirst();
  };
  link.on(
    "state",
    () => {
      find.drawTabs();
      draw();
    },
    { signal },
  );
  link.on("library_changed", () => find.drawTabs(), { signal });
  return { draw, drawWaiting: waiting.show };
}

/**
 * Says one line and takes it back after a while.
 * @param {HTMLElement} node
 * @param {AbortSignal} signal
 * @returns {Context["say"]}
 */
function speaker(node, signal) {
  const SHOWN_MS = 6000;
  /** @type {any} */
  let timer;
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  return (text, tone = "plain") => {
    clearTimeout(timer);
    node.textContent = text;
    node.dataset.tone = tone;
    timer = setTimeout(() => {
      node.textContent = "";
    }, SHOWN_MS);
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
