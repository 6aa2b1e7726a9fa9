/**
 * A page with a reply box and a panel whose server is a table: the tests say what it answers, and
 * read what it was asked.
 */

import { linkError } from "/assets/extension/src/link.js";
import { mountPanel } from "/assets/extension/src/panel/panel.js";
import { listeners } from "/assets/extension/src/signals.js";

const WELCOME = {
  protocol: 1,
  agent: "小晴",
  role: "agent",
  shop: "shop-a",
  server: "0.1.0",
  timers: { greeting_s: 15, answer_s: 20, platform_s: 180 },
  settings: {},
  library: {
    scripts: 3,
    version: "1",
    categories: [
      { name: "发货", scripts: 2 },
      { name: "发票", scripts: 1 },
    ],
  },
};

const box = document.querySelector("#box");
const heard = listeners();
/** What was asked: {type, ...fields}. */
const asked = [];
/** Answers by request type; an Error rejects, null never answers. */
const answers = {
  message: { suggestions: [], shown: 0, warnings: [], took_ms: 1 },
  draft: { warnings: [] },
  search: { suggestions: [] },
  event: {},
  shopper: {
    known: "",
    standing: "",
    level: "",
    level_by_hand: false,
    groups: [],
    orders: 0,
    settled: 0,
    spend_fen: 0,
    last_order: null,
    requests: [],
    promises: [],
    notes: [],
    last_asked: "",
    last_asked_at: "",
  },
};
let state = { status: "ready", welcome: WELCOME };

const link = {
  get state() {
    return state;
  },
  request: (type, fields, { signal } = {}) =>
    new Promise((resolve, reject) => {
      asked.push({ type, ...fields });
      const answer = answers[type];
      signal?.addEventListener("abort", () => reject(linkError("aborted")));
      if (answer instanceof Error) reject(answer);
      else if (answer) resolve({ ...fields, ...structuredClone(answer) });
    }),
  on: (type, fn, { signal }) => {
    heard.on(type, fn, signal);
    if (type === "state") fn(state);
  },
};

let refusal = "";
const composer = {
  canInsert: () => ({ ok: refusal === "", reason: refusal }),
  insert: async (text) => {
    if (refusal) return { ok: false, how: "", reason: refusal };
    box.focus();
    document.execCommand("insertText", false, text);
    return { ok: true, how: "exec" };
  },
  insertImage: async (image, binding) => {
    if (refusal) return { ok: false, how: "", reason: refusal };
    stage.pasted.push([image, binding]);
    return { ok: true, how: "paste" };
  },
  draft: () => box.value,
  replaceDraft: async (text) => {
    box.focus();
    box.select();
    document.execCommand("insertText", false, text);
    return { ok: true, how: "exec" };
  },
  onDraft: (fn, { signal }) => box.addEventListener("input", () => fn(box.value), { signal }),
  onSent: (fn, { signal }) => heard.on("sent", fn, signal),
};

const stage = {
  asked,
  answers,
  panel: null,
  pasted: [],
  mount: (options = {}) => {
    stage.panel?.destroy();
    const container = options.docked ? document.querySelector("#dock") : undefined;
    stage.panel = mountPanel({
      document,
      link,
      composer: options.copyOnly ? null : composer,
      locale: "zh_CN",
      site: "stage",
      platform: "快手",
      onSide: () => {},
      keepClear: () => ({ box: [box.getBoundingClientRect()], lines: [] }),
      ...options,
      container,
    });
    stage.host = stage.panel.host;
  },
  setState: (change) => {
    state = { ...state, ...change };
    heard.emit("state", state);
  },
  away: () => linkError("away"),
  refuse: (reason) => {
    refusal = reason;
  },
  sent: (sent) => heard.emit("sent", sent),
};
globalThis.stage = stage;
