/**
 * Clocks: how long the shopper on screen waits, and who else does, longest first.
 * @typedef {import("./context.js").Context} Context
 * @typedef {import("../types.js").Waiting} Waiting
 */

import { allWaiting, clockFace } from "./clock.js";
import { button } from "./dom.js";

const TICK_MS = 1000;
const SHOWN = 6;

/**
 * @param {Context} ctx
 * @param {{onPick?: (conversation_id: string) => void}} options
 */
export function waitingView(ctx, { onPick }) {
  const { h, t, signal } = ctx;
  const clock = h("span", { class: "clock" });
  const node = h("ol", { class: "waiting", attrs: { "aria-label": t("waiting") } });
  /** By the page's list of conversations. @type {Waiting[]} */
  let listed = [];
  /** @type {any} */
  let timer = 0;
  let drawn = "";

  const hereId = () => ctx.current()?.conversation.conversation_id ?? "";
  const list = () => allWaiting(ctx.threads.waiting(), listed, hereId());
  const timers = () => ctx.link.state.welcome?.timers;

  /** @param {HTMLElement} target @param {Waiting} waiting @param {number} now */
  const face = (target, waiting, now) => {
    const { text, stage, left_s } = clockFace(waiting, now, timers());
    target.textContent = text;
    target.dataset.stage = stage;
    target.title = t(`clock_${stage}`, { s: Math.max(0, Math.ceil(left_s)) });
  };

  const tick = () => {
    const waiting = list();
    const now = Date.now();
    const here = hereId();
    const mine = waiting.find(({ conversation_id }) => conversation_id === here);
    clock.hidden = !mine;
    if (mine) face(clock, mine, now);
    const others = waiting.filter(({ conversation_id }) => conversation_id !== here);
    node.hidden = others.length === 0;
    drawRows(others.slice(0, SHOWN), others.length);
    others.slice(0, SHOWN).forEach((one, at) => {
      const target = node.children[at]?.querySelector(".clock");
      if (target) face(/** @type {HTMLElement} */ (target), one, now);
    });
    schedule(waiting.length > 0);
  };

  /** @param {Waiting[]} rows @param {number} total */
  const drawRows = (rows, total) => {
    const key = JSON.stringify([rows.map(({ conversation_id, name }) => [conversation_id, name]), total]);
    if (key === drawn) return;
    drawn = key;
    node.replaceChildren(
      ...rows.map(({ conversation_id, name }) => {
        const who = name || t("shopper");
        const words = onPick
          ? button(h, { text: who, class: "chip", signal, onClick: () => onPick(conversation_id) })
          : h("span", { class: "who", text: who });
        return h("li", {}, words, h("span", { class: "clock" }));
      }),
    );
    if (total > rows.length)
      node.append(h("li", { class: "why", text: t("more_waiting", { n: total - rows.length }) }));
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
    /** @param {Waiting[]} [waiting] by the page's list */
    show: (waiting = listed) => {
      listed = waiting;
      tick();
    },
  };
}
