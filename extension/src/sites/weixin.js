import { ORDER_PAID, ORDER_STATE, UNDER_THE_THREAD } from "./fallbacks.js";

/**
 * 微信小店客服. A hidden debug dialog has a textarea too: the visible one is the box. Some back
 * offices mount the page in the open shadow root of `<wujie-app>`.
 * @type {import("./schema.js").Site}
 */
export const weixin = {
  schema: 1,
  id: "weixin",
  version: 3,
  name_zh: "微信小店",
  name_en: "WeChat Shop",
  platform: "weixin",
  matches: ["https://store.weixin.qq.com/shop/kf*"],
  roots: [["wujie-app"]],
  list: [".chat-message-list", '[class*="message-list"]', ":is(div, ul):has(> [data-type])"],
  item: ["[data-type][data-msgid]", ":scope > [data-type]", "div[data-type]"],
  from: [
    { is: "system", css: '[data-type="10000"], [class*="system"]' },
    { is: "agent", css: ".justify-end" },
    { is: "shopper", css: ".justify-start" },
    { side: ".text-content-wrap" },
    { is: "shopper", css: '[data-type="1"]' },
  ],
  text: [".text-content-wrap", '[class*="text-content"]', "p"],
  drop: ['[class*="time"]', '[class*="read"]'],
  item_id: [{ attr: "data-msgid" }, { attr: "data-id" }, { attr: "id" }],
  conversation: {
    id: [
      { css: "ul.session-list-container .active", attr: "data-id" },
      { css: "ul.session-list-container [class*=active]", attr: "data-id" },
    ],
    name: [
      { css: "ul.session-list-container .active .user-nickname" },
      { css: '[class*="chat-header"] [class*="nickname"]' },
    ],
    masked: true,
  },
  conversation_list: {
    row: ["ul.session-list-container > li", "ul.session-list-container > *"],
    id: [{ attr: "data-id" }],
    name: [{ css: ".user-nickname" }, { css: '[class*="nickname"]' }],
    text: [".text-content-wrap"],
    waits: [{ css: ".unread-badge" }, { css: ".waiting-time", pattern: "\\d" }],
    open: ".active",
    waited: [{ css: ".waiting-time" }],
  },
  cards: [
    { label: "图片", css: '[data-type="3"] img' },
    {
      label: "商品卡片",
      css: '[class*="product-card"]',
      read: [{ css: "[class*=title]" }, { css: "[class*=price]" }],
      product: [{ css: "[class*=title]" }],
    },
  ],
  box: [
    { css: "textarea.text-area", visible: true },
    { css: 'textarea[class*="text-area"]', visible: true },
    ...UNDER_THE_THREAD,
  ],
  page: {
    order_id: [{ css: '[class*="order-id"]', pattern: "(\\d{10,})" }],
    order_status: [{ css: ':has(> [class*="order-id"])', pattern: ORDER_STATE }],
    amount: [{ css: ':has(> [class*="order-id"])', pattern: ORDER_PAID }],
  },
  noise: { text: ["^以上为历史消息", "^(已读|未读)$"] },
};
