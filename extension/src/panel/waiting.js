/**
 * Clocks: how long the shopper on screen waits, and who else does, longest first.
 * @typedef {import("./context.js").Context} Context
 * @typedef {import("../types.js").Waiting} Waiting
 */

import { chime } from "./chime.js";
import { allWaiting, clockFace } from "./clock.js";
import { button } from "./dom.js";

const TICK_MS = 1000;
const SHOWN = 6;
/** The server forgets a list that is not told again for a while. */
const TELL_AGAIN_MS = 50_000;

/**
 * @param {Context} ctx
 * @param {Pick<import("../types.js").PanelOptions, "onPick" | "onPoint" | "onWaiting">} options
 */
export function waitingView(ctx, { onPick, onPoint, onWaiting }) {
  const { h, t, signal } = ctx;
  const clock = h("span", { class: "clock" });
  const list = h("ol", { attrs: { "aria-label": t("waiting") } });
  const sound = chime(ctx);
  const node = h("div", { class: "waiting" }, list, sound.toggle);
  node.hidden = true;
  /** By the page's list of conversations. @type {Waiting[]} */
  let listed = [];
  /** Those whose rows stand there, in order. @type {Waiting[]} */
  let drawn = [];
  let drawnKey = "";
  /** Who was rung for: once a wait. @type {Set<string>} */
  let rung = new Set();
  /** @type {any} */
  let timer = 0;

  const hereId = () => ctx.current()?.conversation.conversation_id ?? "";
  const all = () => allWaiting(ctx.threads.waiting(), listed, hereId());
  const timers = () => ctx.link.state.welcome?.timers;
  const go = onPick ?? onPoint;

  /** @param {HTMLElement} target @param {Waiting} waiting @param {number} now */
  const face = (target, waiting, now) => {
    const { text, stage, left_s } = clockFace(waiting, now, timers());
    target.textContent = text;
    target.dataset.stage = stage;
    target.title = t(`clock_${stage}`, { s: Math.max(0, Math.ceil(left_s)) });
  };

  const tick = () => {
    const waiting = all();
    const now = Date.now();
    const here = hereId();
    const mine = waiting.find(({ conversation_id }) => conversation_id === here);
    clock.hidden = !mine;
    if (mine) face(clock, mine, now);
    const others = waiting.filter(({ conversation_id }) => conversation_id !== here);
    const key = JSON.stringify(others.map(({ conversation_id, name }) => [conversation_id, name]));
    if (key !== drawnKey) ctx.calm.when("waiting", () => drawRows(others, key));
    drawFaces(waiting, now);
    ring(waiting, now);
    onWaiting?.(waiting);
    tellServer(waiting, now);
    schedule(waiting.length > 0);
  };

  /** @param {Waiting[]} waiting @param {number} now */
  const drawFaces = (waiting, now) => {
    drawn.forEach(({ conversation_id }, at) => {
      const one = waiting.find((it) => it.conversation_id === conversation_id);
      const target = /** @type {HTMLElement | null | undefined} */ (
        list.children[at]?.querySelector(".clock")
      );
      if (one && target) face(target, one, now);
    });
  };

  /** @param {Waiting[]} others @param {string} key */
  const drawRows = (others, key) => {
    drawnKey = key;
    drawn = others.slice(0, SHOWN);
    node.hidden = others.length === 0;
    list.replaceChildren(
      ...drawn.map(({ conversation_id, name }) => {
        const who = name || t("shopper");
        const words = go
          ? button(h, {
              text: who,
              class: "chip",
              title: t(onPick ? "open_talk" : "show_row"),
              signal,
              onClick: () => goTo(conversation_id),
            })
          : h("span", { class: "who", text: who });
        return h("li", {}, words, h("span", { class: "clock" }));
      }),
    );
    const more = others.length - drawn.length;
    if (more > 0) list.append(h("li", { class: "why", text: t("more_waiting", { n: more }) }));
    drawFaces(others, Date.now());
  };

  /** A page's own click stays the person's: there the row is only shown. @param {string} conversation_id */
  const goTo = async (conversation_id) => {
    if (onPick) onPick(conversation_id);
    else if (!(await onPoint?.(conversation_id))) ctx.say(t("row_not_there"), "wrong");
  };

  /** Once for each shopper whose time at the platform runs out. @param {Waiting[]} waiting @param {number} now */
  const ring = (waiting, now) => {
    const late = waiting.filter((one) => /soon|over/.test(clockFace(one, now, timers()).stage));
    const ids = new Set(late.map(({ conversation_id, since_ms }) => `${conversation_id} ${since_ms}`));
    if ([...ids].some((id) => !rung.has(id))) sound.ring();
    rung = ids;
  };

  let toldKey = "";
  let told_ms = 0;
  /** For the wall: those whose conversation nobody opened are known nowhere else. @param {Waiting[]} waiting @param {number} now */
  const tellServer = (waiting, now) => {
    const key = JSON.stringify(waiting.map(({ conversation_id, since_ms }) => [conversation_id, since_ms]));
    const again = waiting.length > 0 && now - told_ms > TELL_AGAIN_MS;
    if ((key === toldKey && !again) || ctx.link.state.status !== "ready") return;
    if (toldKey === "" && waiting.length === 0) return;
    toldKey = key;
    told_ms = now;
    const list = waiting.map(({ conversation_id, name, since_ms }) => ({
      conversation_id,
      name,
      since: new Date(since_ms).toISOString(),
    }));
    // One that is lost is told again within the minute.
    ctx.link.request("waiting", { platform: ctx.platform, waiting: list }, { signal }).catch(() => {});
  };

  /** @param {boolean} busy */
  const schedule = (busy) => {
    clearTimeout(timer);
    timer = busy && !signal.aborted ? setTimeout(tick, TICK_MS) : 0;
  };
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });

  return {
    node,
    clock,
    sound,
    /** @param {Waiting[]} [waiting] by the page's list */
    show: (waiting = listed) => {
      listed = waiting;
      tick();
    },
    /** Goes to who waits longest besides the one on screen. @returns {boolean} the key was for us */
    next: () => {
      const here = hereId();
      const other = all().find(({ conversation_id }) => conversation_id !== here);
      if (!other) ctx.say(t("nobody_waits"));
      else if (go) goTo(other.conversation_id);
      else ctx.say(t("waits_longest", { name: other.name || t("shopper") }));
      return true;
    },
  };
}
