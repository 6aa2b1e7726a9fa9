import { UNDER_THE_THREAD, UNREAD_NUMBER } from "./fallbacks.js";

/**
 * 闲鱼网页版. React; classes carry a hash behind a readable start.
 * @type {import("./schema.js").Site}
 */
export const xianyu = {
  schema: 1,
  id: "xianyu",
  version: 2,
  name_zh: "闲鱼",
  name_en: "Xianyu",
  platform: "xianyu",
  matches: ["https://www.goofish.com/im*"],
  list: ["#message-list-scrollable", '[class*="message-list"]', ':is(div, ul):has(> [class*="message-row"])'],
  item: ['[class*="message-row"]', "li:has([class*=message-text])"],
  from: [
    { is: "system", css: '[class*="message-tip"], [class*="system"]' },
    { is: "agent", css: '[class*="msg-text-right"], [class*="message-right"], [class*="is-self"]' },
    { is: "shopper", css: '[class*="msg-text-left"], [class*="message-left"]' },
    { side: '[class*="message-text"]' },
    { side: "" },
  ],
  text: ['[class*="message-text"]'],
  item_id: [{ attr: "data-message-id" }, { attr: "data-id" }],
  // `peerUserId` in the address is who the page was opened with, not who is on screen.
  conversation: { name: [{ css: '[class*="message-topbar"] [class*="text1"]' }] },
  conversation_list: {
    row: ['#conv-list-scrollable [class*="conversation-item"]', '[class*="conversation-item"]'],
    name: [{ css: '[class*="text1"]' }, { css: '[class*="nick"]' }, { css: '[class*="name"]' }],
    text: ['[class*="text2"]', '[class*="desc"]', '[class*="content"]'],
    waits: [UNREAD_NUMBER],
  },
  cards: [{ label: "图片", css: '[class*="message-image"], [class*="message-row"] [class*="image"] img' }],
  box: [{ css: 'textarea[placeholder*="消息"]', visible: true }, ...UNDER_THE_THREAD],
  page: { product: [{ css: '[class*="item-title"]' }] },
  noise: { text: ["^以上为历史消息", "^(已读|未读)$"] },
};
