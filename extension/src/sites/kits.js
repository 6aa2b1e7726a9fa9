/**
 * Five published chat kits, as smaller shops build their chat pages with. Read from their published
 * packages. Their pages are anywhere: they are offered on this machine only, and as models.
 * @typedef {import("./schema.js").Site} Site
 */

/** @param {string} page path under which a page made of this kit is served */
const local = (page) => [`http://127.0.0.1/${page}*`, `http://localhost/${page}*`];

/** @type {Site} */
export const chatui = {
  schema: 1,
  id: "chatui",
  version: 1,
  name_zh: "ChatUI 组件",
  name_en: "ChatUI kit",
  matches: local("chatui"),
  list: [".MessageList", '[class*="MessageList"]', "[role=log]"],
  item: [".Message[data-id]", ".Message"],
  from: [
    { is: "system", css: ".SystemMessage, .Message.pop" },
    { is: "agent", css: ".Message.right" },
    { is: "shopper", css: ".Message.left" },
    { side: ".Bubble" },
  ],
  text: [".Bubble.text p", ".Bubble"],
  item_id: [{ attr: "data-id" }],
  conversation: { name: [{ css: ".Navbar-title" }] },
  shopper: { name: [{ css: ".Message-author" }] },
  box: ["textarea.Composer-input", ".Composer textarea"],
  image_preview: [".SendConfirm"],
  send: [".Composer-sendBtn"],
};

/** @type {Site} */
export const chatscope = {
  schema: 1,
  id: "chatscope",
  version: 1,
  name_zh: "chatscope 组件",
  name_en: "chatscope kit",
  matches: local("chatscope"),
  list: [".cs-message-list"],
  item: ["section.cs-message", ".cs-message"],
  from: [
    { is: "agent", css: ".cs-message--outgoing" },
    { is: "shopper", css: ".cs-message--incoming" },
    { side: ".cs-message__content" },
  ],
  text: [".cs-message__html-content", ".cs-message__content"],
  conversation: { name: [{ css: ".cs-conversation-header__user-name" }] },
  shopper: { name: [{ css: ".cs-message__sender-name" }] },
  box: [".cs-message-input__content-editor[contenteditable]"],
  send: [".cs-button--send"],
};

/** @type {Site} */
export const deepchat = {
  schema: 1,
  id: "deepchat",
  version: 1,
  name_zh: "deep-chat 组件",
  name_en: "deep-chat kit",
  matches: local("deepchat"),
  roots: [["deep-chat"]],
  list: ["#messages"],
  item: [".outer-message-container"],
  from: [
    { is: "agent", css: '[class*="outer-container-role-user"]' },
    { is: "shopper", css: '[class*="outer-container-role-"]' },
    { side: ".message-bubble" },
  ],
  text: [".message-bubble"],
  conversation: { name: [{ css: '[class*="role-ai"] .name' }] },
  box: ["#text-input[contenteditable]", "#text-input"],
  send: [".submit-button"],
};

/** @type {Site} */
export const vac = {
  schema: 1,
  id: "vue-advanced-chat",
  version: 2,
  name_zh: "vue-advanced-chat 组件",
  name_en: "vue-advanced-chat kit",
  matches: local("vac"),
  roots: [["vue-advanced-chat"]],
  list: [".vac-messages-container", ".vac-container-scroll"],
  item: [".vac-message-wrapper"],
  from: [
    { is: "system", css: ".vac-card-system, .vac-card-info:only-child" },
    { is: "agent", css: ".vac-offset-current" },
    { is: "shopper", css: ".vac-message-box" },
  ],
  text: [".vac-format-message-wrapper"],
  drop: [".vac-text-timestamp", ".vac-text-username"],
  item_id: [{ css: ".vac-message-box [id]", attr: "id" }],
  conversation: {
    name: [{ css: ".vac-room-header .vac-room-name" }, { css: ".vac-room-selected .vac-room-name" }],
  },
  conversation_list: {
    row: [".vac-room-item"],
    name: [{ css: ".vac-room-name" }],
    text: [".vac-text-last"],
    waits: [{ css: ".vac-room-badge", pattern: "[1-9]" }],
    open: ".vac-room-selected",
  },
  box: ["textarea#roomTextarea", "textarea.vac-textarea"],
  send: ["#vac-icon-send"],
};

/** @type {Site} */
export const botframework = {
  schema: 1,
  id: "botframework-webchat",
  version: 1,
  name_zh: "botframework-webchat 组件",
  name_en: "botframework-webchat kit",
  matches: local("botframework"),
  list: ["section.webchat__basic-transcript__transcript", '[class*="basic-transcript__transcript"]'],
  item: ["article.webchat__basic-transcript__activity", '[class*="basic-transcript__activity"]'],
  from: [
    { is: "agent", css: '[class*="bubble--from-user"]' },
    { is: "shopper", css: '[class*="bubble"]' },
  ],
  text: ['[class*="text-content"]'],
  item_id: [{ attr: "data-activity-id" }],
  conversation: {},
  box: ["input.webchat__send-box-text-box__input", '[class*="send-box-text-box__input"]'],
  send: [".webchat__send-button"],
};
