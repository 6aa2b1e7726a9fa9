import { ORDER_PAID, ORDER_STATE, UNDER_THE_THREAD, UNREAD_NUMBER } from "./fallbacks.js";

/**
 * 快手小店客服工作台. React and a Quill box. Rule 2.11 forbids plug-ins that the platform did not
 * allow: off until someone accepts the notice that quotes it.
 * @type {import("./schema.js").Site}
 */
export const kuaishou = {
  schema: 1,
  id: "kuaishou",
  version: 3,
  name_zh: "快手小店",
  name_en: "Kuaishou Shop",
  platform: "kuaishou",
  matches: ["https://im.kwaixiaodian.com/*", "https://s.kwaixiaodian.com/zone/settles/chat*"],
  consent: "kuaishou_2_11",
  list: [
    ".ChatMessageList-ContentWrap",
    '[class*="ChatMessageList"]',
    ':is(div, ul):has(> [id*="cs-common-message-list-item"])',
  ],
  item: ['[id*="cs-common-message-list-item"]', '[id^="0_"]', ':scope > div:has([class*="_lrWrapper"])'],
  from: [
    { is: "system", css: '[class*="LayoutMiddleWrapper"]' },
    { is: "agent", css: '[class*="__isMine"]' },
    { is: "shopper", css: '[class*="__notMe"]' },
    { side: '[class*="BizTextCard"]' },
    { side: '[class*="_msgBody"]' },
  ],
  text: [".kwaishop-cs-BizTextCard", '[class*="BizTextCard"]', '[class*="_msgBody"]'],
  drop: ['[class*="_beforeMsgBody"]'],
  item_id: [
    { css: '[id^="0_"]', attr: "id" },
    { css: '[id*="cs-common-message-list-item"]', attr: "id" },
  ],
  sent_at: [
    { css: '[class*="_beforeMsgBody"]', pattern: "(\\d{4}-\\d{1,2}-\\d{1,2} \\d{1,2}:\\d{2}:\\d{2})" },
  ],
  conversation: {
    of_item: [{ css: '[id^="0_"]', attr: "id", pattern: "^0_(\\d+)_" }],
    id: [{ css: ".SessionBaseCard.colorHighLight", attr: "data-uid" }],
    name: [
      { css: ".SessionBaseCard.colorHighLight .SessionBaseCard-Static-info-topHeadName" },
      { css: '[class*="colorHighLight"] [class*="topHeadName"]' },
    ],
  },
  conversation_list: {
    row: [".SessionBaseCard", '[class*="SessionBaseCard"][data-uid]'],
    id: [{ attr: "data-uid" }],
    name: [{ css: '[class*="topHeadName"]' }],
    text: ['[class*="lastMessage"]'],
    waits: [
      { css: '[class*="unread-rot"]' },
      { css: '[class*="topHeadTime"]', pattern: "超时" },
      UNREAD_NUMBER,
    ],
    open: '[class*="colorHighLight"]',
  },
  cards: [
    {
      label: "订单卡片",
      css: '[class*="BizOrderCard"]',
      read: [{ css: '[class*="title"]' }],
      order_id: [{ css: ".oid", pattern: "(\\d{8,})" }],
      order_status: [{ css: ".order-tag" }, { css: ".pay-tag" }, { pattern: ORDER_STATE }],
      amount: [{ pattern: ORDER_PAID }],
    },
    {
      label: "商品卡片",
      css: '[class*="bizBuyerFromCard"]',
      read: [{ css: '[class*="title"]' }],
      product: [{ css: '[class*="title"]' }],
    },
    { label: "通知", css: '[class*="BizNoticeCard"]', read: [{}] },
    { label: "图片", css: '[class*="_msgBody"] img' },
  ],
  box: [
    ".SendBox .SendBox-Editor .ql-editor",
    '[id^="esim-editor"] .ql-editor',
    '[class*="SendBox"] [contenteditable="true"]',
    { css: ".ql-editor", visible: true },
    ...UNDER_THE_THREAD,
  ],
  send: [".SendBox-buttonRight .ant-btn-primary"],
  page: {
    order_id: [{ css: ".OrderCard .oid", pattern: "(\\d{8,})" }],
    order_status: [{ css: ".OrderCard", pattern: ORDER_STATE }],
    amount: [{ css: ".OrderCard", pattern: ORDER_PAID }],
  },
  noise: {
    css: ['[class*="BizNoticeCard"]'],
    text: ["^\\[系统(自动回复)?消息\\]", "客服超时未回复会话关闭", "^【防诈贴士】", "^猜你想问", "^评价邀请"],
  },
};
