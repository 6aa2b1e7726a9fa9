/**
 * What an agent sees: the parts of the panel, put together and drawn from the conversation on screen.
 * @typedef {import("../types.js").PanelOptions} PanelOptions
 * @typedef {import("./context.js").Context} Context
 */

import { calmness } from "./calm.js";
import { draftView } from "./draft.js";
import { findView } from "./find.js";
import { goodsView } from "./goods.js";
import { headBar } from "./head.js";
import { incomingView } from "./incoming.js";
import { keepOneOpen } from "./open_card.js";
import { panelKeys } from "./panel_keys.js";
import { placeKeeper } from "./place.js";
import { repliesView } from "./replies.js";
import { shopperView } from "./shopper.js";
import { lamp, statusLine } from "./status.js";
import { toDoView } from "./to_do.js";
import { waitingView } from "./waiting.js";

/**
 * Takes the place of what an earlier call built.
 * @param {Context} ctx
 * @param {PanelOptions & {host: HTMLElement, shown: ReturnType<typeof import("./shown.js").shownConversation>}} options
 */
export function buildViews(ctx, options) {
  const { h, t, root, link, signal } = ctx;
  const { host, shown } = options;
  const floats = !options.container;
  const scroll = h("div", { class: "scroll" });
  const said = h("p", { class: "said", attrs: { role: "status" } });
  ctx.say = speaker(said, signal);
  const find = findView(ctx, {
    onOpen: (open) => {
      if (scroll.classList.contains("finding") === open) return;
      scroll.classList.toggle("finding", open);
      scroll.scrollTop = 0;
    },
  });
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
  const goods = goodsView(ctx);
  const shopper = shopperView(ctx);
  const draft = draftView(ctx);
  const waiting = waitingView(ctx, options);
  const toDo = toDoView(ctx, { ring: waiting.sound.ring });
  const status = statusLine(ctx, options);
  const toMode = (/** @type {import("./place.js").Mode} */ mode) => place.setMode(mode);
  const openSearch = () => {
    if (place.mode() !== "full") place.setMode("full");
    find.focus();
  };
  const head = headBar(ctx, { clock: waiting.clock, floats, toMode, openSearch, onSide: options.onSide });
  scroll.append(waiting.node, shopper.node, incoming.node, goods.node, replies.node, find.node);
  // What comes and goes stands at the foot: there it takes room from the list and moves nothing.
  const panel = h(
    "div",
    {
      class: "panel",
      attrs: { role: "region", "aria-label": t("panel"), lang: options.locale === "en" ? "en" : "zh-CN" },
    },
    head.node,
    find.bar,
    scroll,
    toDo.node,
    draft.node,
    status.node,
    said,
  );
  root.replaceChildren(panel);
  ctx.calm = calmness({
    area: scroll,
    signal,
    onUnread: () => ctx.say(t("just_changed"), "wrong"),
  });
  const place = placeKeeper(ctx, {
    host,
    head: head.node,
    grip: head.grip,
    mode: options.mode,
    floats,
    keepClear: options.keepClear,
    onMode: head.setMode,
  });
  keepOneOpen(ctx);
  const keys = panelKeys(ctx, {
    host,
    replies,
    openSearch,
    place,
    floats,
    nextWaiting: waiting.next,
    openRequest: toDo.openRequest,
  });

  let drawnVersion = -1;
  let drawnThread = ctx.current();
  const drawHead = () =>
    head.show({ lamp: lamp(link.state, ctx.health), thread: ctx.current(), count: replies.count() });
  const drawTalk = () => {
    drawnVersion = shown.version();
    const thread = ctx.current();
    // Words looked for in one conversation are not meant for the next.
    if (thread !== drawnThread) {
      find.close();
      toDo.turn();
    }
    drawnThread = thread;
    shopper.show(thread);
    incoming.show(thread);
    goods.show(thread);
    replies.show(thread);
    drawHead();
    if (shown.takeFocus()) replies.focusFirst();
  };
  const draw = () => {
    drawHead();
    ctx.calm.when("status", () => status.show(link.state, ctx.health));
    if (drawnVersion !== shown.version()) ctx.calm.when("talk", drawTalk);
    else if (shown.takeFocus()) replies.focusFirst();
    waiting.show();
  };
  link.on(
    "state",
    () => {
      find.drawTabs();
      ctx.calm.when("words", () => replies.tell(ctx.current()));
      toDo.look();
      draw();
    },
    { signal },
  );
  link.on("library_changed", () => find.drawTabs(), { signal });
  ctx.news.on("message", waiting.sound.arrived, signal);
  return { draw, drawWaiting: waiting.show, lookAgain: place.lookAgain, press: keys.press };
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
