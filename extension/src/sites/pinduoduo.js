import { ORDER_PAID, ORDER_STATE, UNDER_THE_THREAD, UNREAD_NUMBER } from "./fallbacks.js";

/**
 * 拼多多商家工作台. Vue 2; the list node is replaced on a switch of conversation; names are masked
 * and collide, but a shopper's items carry the shopper's id. The page ignores synthetic clicks.
 * As seen in public sources of 2026-09.
 * @type {import("./schema.js").Site}
 */
export const pinduoduo = {
  schema: 1,
  id: "pinduoduo",
  version: 3,
  name_zh: "拼多多",
  name_en: "Pinduoduo",
  platform: "pinduoduo",
  matches: ["https://mms.pinduoduo.com/chat-merchant/*"],
  list: [
    "#msgListContainer ul.msg-list",
    "#msgListContainer ul",
    "#msgListContainer",
    "ul.msg-list",
    '[class*="msg-list"]',
  ],
  item: ['[id^="middlePanel_list_" i]', "li.onemsg", "li:has([currentuid])", ":scope > li"],
  from: [
    {
      is: "system",
      css: '.system-msg-31, .msg-system, [class*=" system-msg"], [class^="system-msg"], .notify-card',
    },
    { is: "robot", css: ".cs-item.callback, .robot-text" },
    { is: "agent", css: ".cs-item" },
    { is: "shopper", css: ".buyer-item" },
    { side: ".msg-content-box, .msg-content" },
    { side: "[currentuid] p" },
  ],
  text: [".msg-content p.msg-content-box", ".msg-content-box", ".msg-content", "[currentuid] p"],
  drop: [".message-time", ".read-status"],
  item_id: [{ attr: "id", pattern: "(?:middlePanel_list_|middlePanel_List_)(.+)" }, { attr: "data-id" }],
  sent_at: [{ css: ".message-time" }],
  conversation: {
    of_item: [{ css: "[currentuid]", attr: "currentuid" }],
    id: [
      { css: "li.chat-item .chat-item-box.active", attr: "data-random", pattern: "^(.+?)-\\d+-" },
      { css: ".chat-item-box[class*=active]", attr: "data-random", pattern: "^(.+?)-\\d+-" },
    ],
    name: [
      { css: ".chatWindowHeader .base-info .name" },
      { css: '[class*="chatWindowHeader"] [class*="name"]' },
    ],
    masked: true,
  },
  conversation_list: {
    row: ["li.chat-item", "li:has(> [data-random])", "[data-random]"],
    id: [{ css: "[data-random]", attr: "data-random", pattern: "^(.+?)-\\d+-" }],
    name: [{ css: ".nickname-span" }, { css: ".chat-nickname" }, { css: '[class*="nickname"]' }],
    text: [".chat-message-content"],
    waits: [{ css: ".chat-unreply-over-time" }, UNREAD_NUMBER],
    open: ".chat-item-box.active",
    at: [{ css: ".item-note" }],
  },
  cards: [
    {
      label: "商品卡片",
      css: ".good-card, a.good-detail",
      read: [{ css: ".good-info" }, { css: ".good-price" }],
      product: [{ css: ".good-info" }],
    },
    { label: "卡片", css: ".commonCard", read: [{ css: ".title" }] },
    { label: "图片", css: ".image-msg img, .msg-content img" },
    { label: "视频", css: ".video-msg, .msg-content video" },
  ],
  box: ["textarea#replyTextarea", ".reply-box textarea", ...UNDER_THE_THREAD],
  send: [".reply-box .send-btn", ".send-btn"],
  page: {
    product: [{ css: ".right-panel-container .good-info" }],
    order_id: [{ css: ".right-panel-container .order-sn", pattern: "(\\d{6}-\\d{6,})" }],
    order_status: [{ css: ".right-panel-container :has(> .order-sn)", pattern: ORDER_STATE }],
    amount: [{ css: ".right-panel-container :has(> .order-sn)", pattern: ORDER_PAID }],
  },
  noise: {
    text: [
      "^转移会话",
      "^“?未读”?表示对方尚未阅读",
      "^您好像还没有配置消费者问到的",
      "-自动回复\\]?$",
      "^严禁与消费者交换手机号",
      "机器人套餐已用完",
      "^已停止自动回复",
      "^邀请(关注|下单)",
      "^小额打款$",
      "^店铺待支付订单不再提供聊天催付",
      "^智能快捷回复助手",
      "^以上为历史消息",
      "^当前用户来自",
    ],
  },
  quirks: { keys: ["ArrowUp", "ArrowDown"] },
};
