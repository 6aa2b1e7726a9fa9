/**
 * Last fallbacks that several adapters share: by place alone, when no name holds any more.
 * @typedef {import("./schema.js").Rung} Rung
 */

/**
 * A number in a part that calls itself unread or a badge, where no source names the page's own mark.
 * @type {import("./schema.js").Mark}
 */
export const UNREAD_NUMBER = { css: ':is([class*="unread" i], [class*="badge" i], sup)', pattern: "[1-9]" };

/** The state of an order, in the words that pages and exports share. */
export const ORDER_STATE =
  "(待付款|待支付|待成团|待发货|备货中|待揽收|部分发货|已发货|运输中|派送中|待收货|待签收|已签收|已收货|退款中|售后中|退款成功|已退款|交易成功|交易完成|已完成|交易关闭|已关闭|已取消)";

/** What an order came to. */
export const ORDER_PAID =
  "(?:实付款?|实收款?|合计|订单金额|支付金额)[^\\d]{0,6}(\\d[\\d,]*(?:\\.\\d{1,2})?)(?![\\d.]|\\s*[件个])";

/** What can be typed into and stands right under the thread; a note beside it is none. @type {Rung[]} */
export const UNDER_THE_THREAD = [
  { css: "textarea", visible: true, below_list: true },
  { css: '[contenteditable="true"]', visible: true, below_list: true },
];
