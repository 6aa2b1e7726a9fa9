import { UNDER_THE_THREAD, UNREAD_NUMBER } from "./fallbacks.js";

/**
 * 京东咚咚. Conversations in a virtual list, the box is contenteditable.
 * @type {import("./schema.js").Site}
 */
export const dongdong = {
  schema: 1,
  id: "dongdong",
  version: 2,
  name_zh: "京东咚咚",
  name_en: "JD Dongdong",
  platform: "jd",
  matches: ["https://dongdong.jd.com/*"],
  list: ["#t-chat-scroll", '[id*="chat-scroll"]', ":is(div, ul):has(> .message)"],
  item: [".message", '[class*="message_left"], [class*="message_right"]'],
  from: [
    { is: "system", css: '.message_center, [class*="message_system"], [class*="message_tip"]' },
    { is: "agent", css: '.message_right, [class*="message_right"]' },
    { is: "shopper", css: '.message_left, [class*="message_left"]' },
    { side: '[class*="content"]' },
  ],
  text: [".message__content", '[class*="message__content"]', '[class*="content"]'],
  drop: [".message__time_str", '[class*="time"]', '[class*="read"]'],
  item_id: [{ css: ".message_left[id], .message_right[id]", attr: "id" }, { attr: "id" }],
  sent_at: [{ css: ".message__time_str" }],
  conversation: {
    name: [{ css: ".chat-head-name > span" }, { css: '[class*="chat-head-name"]' }],
    masked: true,
  },
  // "breifdesc" is the page's own spelling.
  conversation_list: {
    row: [
      ".c_tabs-tabpane:not(.c_tabs-tab_inactive) .alluser-item",
      ".alluser-item",
      '#t-alluser-wrap [class*="alluser-item"]:has([class*="name"])',
    ],
    name: [{ css: ".alluser-item-name" }, { css: '[class*="item-name"]' }],
    text: [".alluser-item-breifdesc", '[class*="desc"]'],
    waits: [UNREAD_NUMBER],
    at: [{ css: ".alluser-item-date-w" }],
  },
  cards: [{ label: "图片", css: ".message__content img" }],
  box: [
    ".EditorContent[contenteditable=true]",
    '[class*="EditorContent"][contenteditable]',
    ...UNDER_THE_THREAD,
  ],
  send: [".SendButtonGroup > .send-button", '[class*="send-button"]'],
  noise: { text: ["^以上为历史消息", "^(已读|未读)$", "^客服.{1,20}为您服务$", "^顾客.{0,10}(进入|离开)"] },
};
