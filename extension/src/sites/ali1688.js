import { ORDER_PAID, ORDER_STATE, UNDER_THE_THREAD, UNREAD_NUMBER } from "./fallbacks.js";

/**
 * 1688 旺旺. The outer page loads the chat in an iframe: only that frame is worked on.
 * @type {import("./schema.js").Site}
 */
export const ali1688 = {
  schema: 1,
  id: "1688",
  version: 3,
  name_zh: "1688 旺旺",
  name_en: "1688 Wangwang",
  platform: "1688",
  matches: ["https://air.1688.com/app/ocms-fusion-components-1688/*"],
  all_frames: true,
  frames: ["def_cbu_web_im_core"],
  list: [".message-list", '[class*="message-list"]', ":is(div, ul):has(> .message-item)"],
  item: [".message-item", '[class*="message-item"]'],
  from: [
    { is: "system", css: '.system-tip, [class*="system"]' },
    { is: "agent", css: ".message-item.self, [class*=message-item][class*=self]" },
    { side: ".content, [class*=content], pre" },
    { is: "shopper", css: ".message-item" },
  ],
  text: [".content", '[class*="content"]', "pre"],
  drop: [".nick", ".time", "[class*=read]"],
  item_id: [{ attr: "data-message-id" }, { attr: "id" }],
  sent_at: [{ css: ".time" }],
  conversation: {
    id: [{ css: ".conversation-item.active", attr: "data-id" }],
    name: [
      { css: ".conversation-item.active .nick" },
      { css: ".conversation-item[class*=active] [class*=nick]" },
    ],
  },
  conversation_list: {
    row: [".conversation-item", '[class*="conversation-item"]'],
    id: [{ attr: "data-id" }],
    name: [{ css: ".nick" }, { css: "[class*=nick]" }],
    text: [".desc", "[class*=summary]", "[class*=last]"],
    waits: [UNREAD_NUMBER],
    open: ".conversation-item.active",
    at: [{ css: ".time" }],
  },
  cards: [
    {
      label: "商品卡片",
      css: ".offer-card-wrap",
      read: [{ css: ".title" }, { css: ".price" }],
      product: [{ css: ".title" }],
    },
    {
      label: "订单卡片",
      css: ".od-wrap, .text-od-wrap",
      read: [{ css: ".title" }],
      order_id: [{ pattern: "(\\d{12,})" }],
      order_status: [{ pattern: ORDER_STATE }],
      amount: [{ pattern: ORDER_PAID }],
    },
    { label: "图片", css: ".message-item img.image" },
  ],
  box: ['pre.edit[contenteditable="true"]', '[class*="edit"][contenteditable="true"]', ...UNDER_THE_THREAD],
  send: ["button.send-btn", '[class*="send-btn"]'],
  noise: { text: ["^您尚未选择联系人", "^(已读|未读)$"] },
};
