/**
 * The Lounge, a web IRC client: a private message is a shopper's conversation. Read from a
 * running 4.5.2; its items appear whole, in one mutation.
 * @type {import("./schema.js").Site}
 */
export const thelounge = {
  schema: 1,
  id: "thelounge",
  version: 2,
  name_zh: "The Lounge",
  name_en: "The Lounge",
  platform: "thelounge",
  matches: ["http://127.0.0.1/*", "http://localhost/*"],
  list: [
    '#chat .chat-view[data-type="query"] .messages',
    ".chat-view .messages[role=log]",
    "#chat .messages",
  ],
  item: ['.msg[data-type="message"]', '.msg[id^="msg-"]'],
  from: [
    // The lobby holds what the server says, no shopper's words.
    { is: "system", css: '.msg:not([data-type="message"]), .chat-view[data-type="lobby"] .msg' },
    { is: "agent", css: ".self" },
    { is: "shopper" },
  ],
  text: [".content"],
  drop: [".preview", ".toggle-container"],
  item_id: [{ attr: "id" }],
  conversation: {
    id: [{ css: ".channel-list-item.active", attr: "data-name" }],
    name: [{ css: ".chat-view .header .title" }, { css: ".channel-list-item.active", attr: "data-name" }],
    witness: [{ css: ".channel-list-item.active", attr: "data-name" }],
  },
  conversation_list: {
    row: ['.channel-list-item[data-type="query"]'],
    id: [{ attr: "data-name" }],
    name: [{ attr: "data-name" }],
    waits: [{ css: ".badge", pattern: "[1-9]" }],
    open: ".active",
  },
  shopper: { id: [{ css: ".from .user", attr: "data-name" }, { attr: "data-from" }] },
  box: ["textarea#input", "#form textarea"],
  send: ["#submit"],
};
