/**
 * What click-to-teach says.
 */

const zh = {
  shopper: "请点一条买家发来的消息。",
  agent: "请点一条您自己发出的消息。",
  box: "请点回复框。",
  name: "请点聊天上方的买家名字，换会话时靠它认人。",
  skip: "没有名字",
  not_box: "这里不能打字。",
  not_name: "名字要在聊天内容的上方。",
  keep: "用这个",
  cancel: "取消",
  unsaved: "没有存上，请再点一次“用这个”。",
  same: "两次点到了同一处，请重来。",
  no_list: "没看出消息列表，请点消息的文字，重来一次。",
  failed: "这样还读不出来，请重来一次，点消息的文字。",
  /** @param {number} shopper @param {number} agent @param {string} example */
  result: (shopper, agent, example) =>
    `读到买家 ${shopper} 条、客服 ${agent} 条。买家最后一条是“${example.slice(0, 40)}”，对吗？`,
};

/** @type {typeof zh} */
const en = {
  shopper: "Click a message from a shopper.",
  agent: "Click a message of your own.",
  box: "Click the reply box.",
  name: "Click the shopper's name above the chat; it tells conversations apart.",
  skip: "No name there",
  not_box: "Nothing can be typed there.",
  not_name: "The name stands above the messages.",
  keep: "Use this",
  cancel: "Cancel",
  unsaved: "It was not saved; click “Use this” again.",
  same: "Both clicks met the same place; start again.",
  no_list: "No list of messages was found; click the words of a message.",
  failed: "It cannot be read this way; start again and click the words of a message.",
  result: (shopper, agent, example) =>
    `Read ${shopper} from shoppers, ${agent} of yours. The shopper's last: “${example.slice(0, 40)}”. Right?`,
};

/** @param {string} locale */
export const words = (locale) => (locale.startsWith("zh") ? zh : en);
