/**
 * What the agent promised and has not kept yet: one line at the foot, a list behind it. It rings
 * before a promise is late; a message that keeps it takes it away by itself.
 * @typedef {import("./context.js").Context} Context
 * @typedef {object} OpenPromise
 * @property {number} promise_id
 * @property {string} kind
 * @property {string} words the clause that was sent
 * @property {string} due_at
 * @property {string} rings_at
 * @property {string} conversation_id
 * @property {string} shopper
 */

import { button } from "./dom.js";
import { followUpRows } from "./follow_ups.js";
import { spoken } from "./keys.js";
import { requestRows } from "./requests.js";

/** Colleagues and leads change promises, too. */
const LOOK_EVERY_MS = 120_000;
const DAY_MS = 86_400_000;

/**
 * How a list of promises stands. Pure.
 * @param {OpenPromise[]} promises
 * @param {number} now_ms by the server's clock
 * @returns {{late: number, due: OpenPromise[], next_ms: number}} how many are late, those whose bell
 *   has rung, and when the next thing happens (Infinity: never)
 */
export function standingOf(promises, now_ms) {
  const times = promises.flatMap(({ rings_at, due_at }) => [Date.parse(rings_at), Date.parse(due_at)]);
  return {
    late: promises.filter(({ due_at }) => Date.parse(due_at) <= now_ms).length,
    due: promises.filter(({ rings_at }) => Date.parse(rings_at) <= now_ms),
    next_ms: Math.min(...times.filter((at) => at > now_ms)),
  };
}

/**
 * A time as it is said on the day of `now_ms`, on this machine's clock; midnight is the end of the
 * day before.
 * @param {string} due_at
 * @param {number} now_ms
 * @param {import("../text.js").Translate} t
 */
export function dueText(due_at, now_ms, t) {
  const due = new Date(due_at);
  const midnight = due.getHours() === 0 && due.getMinutes() === 0;
  const day = new Date(midnight ? due.getTime() - 1 : due.getTime());
  const pad = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const time = midnight ? "24:00" : `${pad(due.getHours())}:${pad(due.getMinutes())}`;
  const dateOf = (/** @type {Date} */ at) => `${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
  if (dateOf(day) === dateOf(new Date(now_ms))) return t("todo_today", { time });
  if (dateOf(day) === dateOf(new Date(now_ms + DAY_MS))) return t("todo_tomorrow", { time });
  return `${dateOf(day)} ${time}`;
}

/**
 * @param {Context} ctx
 * @param {{ring: () => void}} options
 */
export function toDoView(ctx, { ring }) {
  const { h, t, signal, link } = ctx;
  const list = h("ol", { class: "promises", attrs: { "aria-label": t("todo") } });
  const line = button(h, {
    text: t("todo"),
    class: "line",
    pressed: false,
    signal,
    onClick: () => open(list.hidden === true),
  });
  /** @returns {boolean} whether there is a conversation to make one of */
  const openRequest = () => {
    if (!ctx.current()) return false;
    change({ action: "open" });
    return true;
  };
  const make = button(h, {
    text: t("request_open"),
    class: "quiet make",
    title: t("request_open_hint", { key: spoken(ctx.keys.request) }),
    signal,
    onClick: openRequest,
  });
  const requests = requestRows(ctx);
  const followUps = followUpRows(ctx, ({ order_id, kind }) => change({ action: "wrote", order_id, kind }));
  const node = h(
    "div",
    { class: "to-do" },
    h("div", { class: "top" }, line, make),
    requests.node,
    followUps.node,
    list,
  );
  node.hidden = true;
  line.hidden = true;
  list.hidden = true;
  /** @type {OpenPromise[]} */
  let promises = [];
  let skew_ms = 0;
  let drawn = "";
  /** Which were rung for, by time: one that was mended rings again. @type {Set<string>} */
  let rung = new Set();
  /** @type {any} */
  let timer = 0;

  const now = () => Date.now() + skew_ms;
  /** @param {boolean} on */
  const open = (on) => {
    list.hidden = !on;
    line.setAttribute("aria-pressed", String(on));
    if (on) look();
  };

  /** @param {Record<string, unknown>} fields */
  const ask = async (fields) => {
    const { conversation_id = "", page = {} } = ctx.current()?.conversation ?? {};
    const asked = { platform: ctx.platform, conversation_id, page, ...fields };
    const answer = await link.request("work", asked, { signal });
    ({ promises } = answer);
    const here = (ctx.current()?.conversation.conversation_id ?? "") === conversation_id;
    if (here) {
      requests.show(answer.requests ?? [], (/** @type {string} */ at) => dueText(at, now(), t));
      followUps.show(answer.follow_ups ?? []);
    }
    skew_ms = Date.parse(answer.now) - Date.now();
    draw();
  };
  const look = () => {
    // What is not answered now is asked for again within minutes.
    if (link.state.status === "ready")
      ask({ action: "list" }).catch(() => schedule(Number.POSITIVE_INFINITY));
  };
  /** @param {Record<string, unknown>} fields */
  const change = (fields) => ask(fields).catch((error) => ctx.say(error.message, "wrong"));

  const draw = () => {
    const at = now();
    const { late, due, next_ms } = standingOf(promises, at);
    const [first] = promises;
    make.hidden = !ctx.current();
    line.hidden = promises.length === 0;
    node.hidden = promises.length === 0 && make.hidden;
    node.dataset.stage = late > 0 ? "late" : due.length > 0 ? "soon" : "open";
    if (first) {
      const told = late
        ? t("todo_late", { n: late })
        : t("todo_next", { at: dueText(first.due_at, at, t), kind: t(`promise_${first.kind}`) });
      line.textContent = `${t("todo_count", { n: promises.length })} · ${told}`;
    }
    const key = JSON.stringify([promises, promises.map(({ due_at }) => dueText(due_at, at, t)), late]);
    if (key !== drawn) ctx.calm.when("to-do", () => drawRows(key, at));
    soundFor(due, at);
    schedule(next_ms);
  };

  /** @param {string} key @param {number} at */
  const drawRows = (key, at) => {
    drawn = key;
    list.replaceChildren(...promises.map((promise) => row(promise, at)));
  };

  /** @param {OpenPromise} promise @param {number} at */
  const row = (promise, at) => {
    const { promise_id, due_at, words, shopper, kind } = promise;
    const late = Date.parse(due_at) <= at;
    const field = h("input", {
      class: "line",
      attrs: { type: "datetime-local", value: localTime(due_at), "aria-label": t("todo_mend_to") },
    });
    const mend = () => {
      const due = new Date(field.value);
      if (!(due.getTime() > now())) return ctx.say(t("todo_past"), "wrong");
      change({ action: "mend", promise_id, due_at: due.toISOString() });
    };
    const act = (/** @type {string} */ text, /** @type {() => void} */ onClick) =>
      button(h, { text, class: "plain", label: `${text}: ${words}`, signal, onClick });
    const mending = h("span", { class: "acts" }, field, act(t("todo_mend"), mend));
    mending.hidden = true;
    return h(
      "li",
      { class: late ? "late" : "" },
      h(
        "p",
        { class: "why" },
        h("time", { text: dueText(due_at, at, t), attrs: { datetime: due_at } }),
        ` ${t(`promise_${kind}`)} · ${shopper || t("shopper")}`,
      ),
      h("p", { text: words }),
      h(
        "span",
        { class: "acts" },
        act(t("todo_keep"), () => change({ action: "keep", promise_id })),
        act(t("todo_mend"), () => {
          mending.hidden = !mending.hidden;
        }),
        act(t("todo_drop"), () => change({ action: "drop", promise_id })),
      ),
      mending,
    );
  };

  /** @param {OpenPromise[]} due @param {number} at */
  const soundFor = (due, at) => {
    const keys = new Set(due.map(({ promise_id, due_at }) => `${promise_id} ${due_at}`));
    const fresh = due.find(({ promise_id, due_at }) => !rung.has(`${promise_id} ${due_at}`));
    rung = keys;
    if (!fresh) return;
    ring();
    const key = Date.parse(fresh.due_at) <= at ? "todo_ring_late" : "todo_ring";
    ctx.say(t(key, { words: `${dueText(fresh.due_at, at, t)} ${fresh.words}` }), "wrong");
  };

  /** @param {number} next_ms */
  const schedule = (next_ms) => {
    clearTimeout(timer);
    if (signal.aborted) return;
    const until_ms = next_ms - now();
    const own = until_ms < LOOK_EVERY_MS;
    timer = setTimeout(own ? draw : look, Math.max(0, Math.min(until_ms + 50, LOOK_EVERY_MS)));
  };
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  ctx.news.on("recorded", ({ event }) => event === "sent" && look(), signal);
  return {
    node,
    look,
    openRequest,
    /** Another conversation is on screen. */
    turn: () => {
      requests.show([], String);
      followUps.show([]);
      draw();
      look();
    },
  };
}

/** As a field takes it. @param {string} at */
function localTime(at) {
  const date = new Date(at);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
