/**
 * The project's own demo page (`/demo`): a seller's chat page made to be read.
 * @type {import("./schema.js").Site}
 */
export const demo = {
  schema: 1,
  id: "demo",
  version: 3,
  name_zh: "演示页",
  name_en: "Demo page",
  platform: "demo",
  matches: ["http://127.0.0.1/demo*", "http://localhost/demo*"],
  list: ["[data-chat-thread]", "#chat-thread", "[role=log]"],
  item: ["[data-message-id]"],
  from: [
    { is: "system", css: '[data-from="system"]' },
    { is: "robot", css: '[data-from="robot"]' },
    { is: "agent", css: '[data-from="agent"]' },
    { is: "shopper", css: '[data-from="shopper"]' },
  ],
  text: ["[data-message-text]"],
  item_id: [{ attr: "data-message-id" }],
  sent_at: [{ attr: "data-sent-at" }],
  conversation: {
    id: [{ css: "[data-chat-thread]", attr: "data-conversation-id" }],
    name: [{ css: "[data-chat-thread]", attr: "data-shopper-name" }],
  },
  conversation_list: {
    row: ["#chats > [data-chat]"],
    id: [{ attr: "data-chat" }],
    name: [{ css: ".who" }],
    text: [".preview"],
    waits: [{ css: ".unread", pattern: "[1-9]" }],
    open: '[aria-current="true"]',
  },
  box: ["textarea[data-reply-box]", "textarea#reply"],
  image_preview: ["[data-image-preview] img"],
  send: ["[data-send]"],
  page: {
    product: [{ css: "[data-chat-thread]", attr: "data-product" }],
    order_id: [{ css: "[data-chat-thread]", attr: "data-order-id" }],
  },
};
