import { ORDER_PAID, ORDER_STATE, UNDER_THE_THREAD, UNREAD_NUMBER } from "./fallbacks.js";

/**
 * 抖店飞鸽. React with hashed classes, all of which were renamed in 2026-06; `data-qa-id` stayed
 * ("warpper" is its own spelling). The unsent draft is mirrored into the row of the conversation,
 * so only the thread is read.
 * @type {import("./schema.js").Site}
 */
export const feige = {
  schema: 1,
  id: "feige",
  version: 3,
  name_zh: "抖店飞鸽",
  name_en: "Doudian Feige",
  platform: "douyin",
  matches: ["https://im.jinritemai.com/pc_seller_v2/main/workspace*", "https://pigeon.jinritemai.com/*"],
  list: [".messageList", '[class*="messageList"]', ':is(div, ul):has(> [data-qa-id="qa-message-warpper"])'],
  item: ['[data-qa-id="qa-message-warpper"]', ".msgItemWrap", '[class*="msgItemWrap"]'],
  from: [
    { is: "system", css: '[data-id^="transfer_staff_"], .pigeon-dynamic-card-system-container-new' },
    { is: "agent", css: '.messageIsMe, [class*="messageIsMe"]' },
    { is: "shopper", css: '.messageNotMe, [class*="messageNotMe"]' },
    { style: "flexDirection", css: '[style*="flex-direction"]', shopper: "row", agent: "row-reverse" },
    { side: "pre" },
  ],
  text: [
    ":is(.messageIsMe, .messageNotMe) > pre > span",
    ":is([class*=messageIsMe], [class*=messageNotMe]) pre",
    "pre",
  ],
  drop: ['[data-qa-id="qa-message-read-mark"]'],
  item_id: [
    { css: "[data-id]", attr: "data-id" },
    { css: "[data-qa-message-id]", attr: "data-qa-message-id" },
  ],
  conversation: {
    id: [
      {
        css: '[data-kora="conversation"][class*="selected"]:not([class*="selectedNew"])',
        attr: "data-conversation-id",
      },
    ],
    name: [{ css: "#topbar-left-info [class*=name]" }, { css: "#topbar-left-info" }],
    witness: [
      {
        css: 'textarea[data-qa-id="qa-send-message-textarea"]',
        attr: "placeholder",
        pattern: "发送给\\s*(.+?)[，,]\\s*使用",
      },
    ],
    masked: true,
  },
  // The tab of recent conversations has rows of the same names.
  conversation_list: {
    row: [
      '[data-qa-id="qa-conversation-chat-item"][data-btm-id$=".current"]',
      '.pigeonChatNotScrollBox [data-kora="conversation"]',
      '[class*="ChatNotScrollBox"] [data-kora="conversation"]',
    ],
    id: [{ attr: "data-conversation-id" }],
    name: [{ css: "[class*=NameContent]" }, { css: "[class*=nameLine-][title]", attr: "title" }],
    text: ["[class*=msgContent]"],
    waits: [
      { css: "sup[class*=badge-count][title]", attr: "title", pattern: "[1-9]" },
      { css: "[class*=needReply-]" },
      UNREAD_NUMBER,
    ],
    open: '[class*="selected"]:not([class*="selectedNew"])',
  },
  cards: [
    {
      label: "商品卡片",
      css: ".chatd-card",
      read: [{ css: ".pigeon-card-place-holder-text .content", last: true }, { css: ".chatd-price-inter" }],
      product: [{ css: ".pigeon-card-place-holder-text .content", last: true }],
    },
    { label: "图片", css: 'img[alt="图片"]' },
  ],
  box: [
    'textarea[data-qa-id="qa-send-message-textarea"]',
    "#im-input-box",
    { css: 'textarea[placeholder*="发送"]', visible: true },
    ...UNDER_THE_THREAD,
  ],
  send: ['[data-qa-id="qa-send-message-button"]'],
  page: {
    product: [{ css: "#workStation .pigeon-card-place-holder-text .content" }],
    order_id: [{ css: "#workStation .ecom-collapse-header", pattern: "(\\d{15,})" }],
    order_status: [{ css: "#workStation .ecom-collapse-header", pattern: ORDER_STATE }],
    amount: [{ css: "#workStation .ecom-collapse-header", pattern: ORDER_PAID }],
  },
  noise: {
    css: [".pigeon-dynamic-card-system-container-new"],
    text: [
      "^当前会话已长时间未回复",
      "平台可能主动介入处理",
      "^现在是人工客服为您服务",
      "^客服.{1,20}的小店接入",
      "^已读$",
      "^系统(消息|提醒)",
      "^平台已介入",
      "^以上为历史消息",
      "^组件渲染中",
    ],
  },
  quirks: { keys: ["Ctrl+F", "Alt+F", "Ctrl+R", "Alt+R", "Ctrl+Alt+X"] },
};
