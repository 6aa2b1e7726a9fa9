/**
 * 小红书, three different pages: 千帆客服, 私信通 and the private messages of the web page.
 */
import { ORDER_PAID, ORDER_STATE, UNDER_THE_THREAD, UNREAD_NUMBER } from "./fallbacks.js";

/**
 * 千帆客服 moved from Vue 2 to Vue 3 by 2026-08 and no source shows its thread: the adapter goes
 * by roles, readable class parts and sides, and health decides whether that is enough. Where it
 * is not, click-to-teach makes a better one.
 * @type {import("./schema.js").Site}
 */
export const qianfan = {
  schema: 1,
  id: "xiaohongshu-qianfan",
  version: 3,
  name_zh: "小红书千帆客服",
  name_en: "Xiaohongshu Qianfan",
  platform: "xiaohongshu",
  matches: ["https://walle.xiaohongshu.com/cstools/*"],
  list: [
    '[data-testid*="message-list"]',
    "[role=log]",
    '[class*="message-list"]',
    '[class*="msg-list"]',
    '[class*="chat-content"]',
  ],
  item: [
    "[data-message-id]",
    "[data-msg-id]",
    '[class*="message-item"]',
    '[class*="msg-item"]',
    ":scope > *",
  ],
  from: [
    { is: "system", css: '[class*="system"], [class*="notice"], [class*="tips"]' },
    { is: "robot", css: '[class*="robot"]' },
    { is: "agent", css: '[class*="self"], [class*="is-me"], [class*="right"]' },
    { is: "shopper", css: '[class*="other"], [class*="left"]' },
    { side: '[class*="text"]' },
    { side: '[class*="content"]' },
  ],
  text: ['[class*="text-message"]', '[class*="message-text"]', '[class*="text"]', '[class*="content"]'],
  drop: ['[class*="time"]', '[class*="name"]', '[class*="read"]'],
  item_id: [{ attr: "data-message-id" }, { attr: "data-msg-id" }, { attr: "data-key" }, { attr: "id" }],
  conversation: {
    id: [{ css: '[class*="contact"][class*="active"][data-key]', attr: "data-key" }],
    name: [{ css: '[class*="chat-header"] [class*="name"]' }, { css: '[class*="header"] [class*="nick"]' }],
    masked: true,
  },
  conversation_list: {
    row: ['[class*="contact-card"]', '[class*="contact-item"]', '[class*="session-item"]'],
    id: [{ attr: "data-key" }],
    name: [{ css: '[class*="nick"]' }, { css: '[class*="name"]' }],
    text: ['[class*="content"]', '[class*="desc"]'],
    waits: [UNREAD_NUMBER],
    open: '[class*="active"]',
  },
  cards: [{ label: "图片", css: '[class*="image"] img' }],
  box: [{ css: 'textarea[placeholder*="输入"]', visible: true }, ...UNDER_THE_THREAD],
  page: {
    order_id: [{ css: ".order-tool-content .order-card .order-card-title-id", pattern: "([A-Z]?\\d{8,})" }],
    order_status: [{ css: ".order-tool-content .order-card", pattern: ORDER_STATE }],
    amount: [{ css: ".order-tool-content .order-card", pattern: ORDER_PAID }],
  },
  noise: { text: ["^以上为历史消息", "^(已读|未读)$", "^会话(开始|结束)"] },
};

/**
 * 私信通. vue-recycle-scroller shows other messages in the same nodes: an item is what its
 * `data-key` says, never its element.
 * @type {import("./schema.js").Site}
 */
export const sixintong = {
  schema: 1,
  id: "xiaohongshu-sixintong",
  version: 2,
  name_zh: "小红书私信通",
  name_en: "Xiaohongshu Sixintong",
  platform: "xiaohongshu",
  matches: ["https://sxt.xiaohongshu.com/*"],
  list: [
    ".im-msg-list",
    ":is(div, ul):has(> .im-msg-item)",
    '[class*="vue-recycle-scroller"]:has([class*="im-msg-item"])',
    '[class*="im-msg"]',
  ],
  item: [".im-msg-item", '[class*="im-msg-item"]'],
  from: [
    { is: "system", css: '.im-msg-item.center, [class*="system"]' },
    { is: "agent", css: ".im-msg-item.right" },
    { is: "shopper", css: ".im-msg-item.left" },
    { side: ".text-message" },
    { side: '[class*="text"]' },
  ],
  text: [".text-message", '[class*="text-message"]'],
  item_id: [{ attr: "data-key" }, { attr: "data-id" }],
  conversation: {
    id: [
      { css: ".sx-contact-item.active", attr: "data-key" },
      { css: '.sx-contact-item[class*="select"]', attr: "data-key" },
    ],
    name: [{ css: ".sx-contact-item.active .nick-name" }, { css: '[class*="chat-header"] [class*="nick"]' }],
  },
  conversation_list: {
    row: [".sx-contact-item", '[class*="contact-item"][data-key]'],
    id: [{ attr: "data-key" }],
    name: [{ css: ".nick-name" }],
    text: [".content"],
    waits: [{ css: ".d-badge-dot" }, { css: ".content", pattern: "^\\[超时未回复\\]" }, UNREAD_NUMBER],
    open: ".sx-contact-item.active",
    at: [{ css: ".time" }],
  },
  cards: [
    { label: "图片", css: '[class*="image-message"]' },
    { label: "笔记卡片", css: '[class*="card-message"]', read: [{ css: "[class*=title]" }] },
  ],
  box: [
    "textarea#jarvis-reply-textarea",
    { css: 'textarea[id*="reply"]', visible: true },
    ...UNDER_THE_THREAD,
  ],
  send: [".send_btn"],
  noise: { text: ["^\\[超时未回复\\]", "^以上为历史消息"] },
  quirks: { recycled: true },
};

/**
 * Private messages of the web page.
 * @type {import("./schema.js").Site}
 */
export const xhsweb = {
  schema: 1,
  id: "xiaohongshu-web",
  version: 2,
  name_zh: "小红书网页私信",
  name_en: "Xiaohongshu messages",
  platform: "xiaohongshu",
  matches: ["https://www.xiaohongshu.com/chat*"],
  list: [".xhs-im-msg-list", '[class*="im-msg-list"]'],
  item: [".xhs-im-msg-item", '[class*="im-msg-item"]', ":scope > *"],
  from: [
    { is: "system", css: '[class*="system"], [class*="notice"]' },
    { is: "agent", css: '[class*="msg-item"][class*="self"], [class*="is-me"], [class*="msg-right"]' },
    { is: "shopper", css: '[class*="msg-item"][class*="other"], [class*="msg-left"]' },
    { side: '[class*="msg-text"], [class*="content"]' },
  ],
  text: [".xhs-im-msg-text", '[class*="msg-text"]', '[class*="content"]'],
  drop: ['[class*="time"]'],
  item_id: [{ attr: "data-msg-id" }, { attr: "data-id" }, { attr: "id" }],
  conversation: {
    id: [
      { css: ".xhs-im-conv-item.active", attr: "data-conv-id" },
      { css: '.xhs-im-conv-item[class*="active"]', attr: "data-conv-id" },
    ],
    name: [{ css: ".xhs-im-conv-item.active .name" }, { css: '[class*="im-header"] [class*="name"]' }],
  },
  conversation_list: {
    row: [".xhs-im-conv-item", '[class*="im-conv-item"]'],
    id: [{ attr: "data-conv-id" }],
    name: [{ css: ".name" }, { css: '[class*="name"]' }],
    text: ['[class*="content"]', '[class*="desc"]'],
    waits: [UNREAD_NUMBER],
    open: ".xhs-im-conv-item.active",
  },
  cards: [{ label: "图片", css: '[class*="msg-image"]' }],
  box: [
    ".xhs-im-input-bar-editor[contenteditable]",
    '[class*="input-bar-editor"][contenteditable]',
    ...UNDER_THE_THREAD,
  ],
  noise: { text: ["^以上为历史消息"] },
};
