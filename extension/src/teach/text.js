/**
 * What click-to-teach says.
 */
import { firstOf } from "../page/cut.js";

/** @typedef {{shopper: number, agent: number, rows: number, example: string}} Result */

/** A message is shown up to this length. */
const SHOWN = 40;

const zh = {
  shopper: "请点一条买家发来的消息。",
  agent: "请点一条您自己发出的消息。",
  box: "请点回复框。",
  name: "请点聊天上方的买家名字，换会话时靠它认人。",
  skip: "没有名字",
  is_box: "那是回复框，记下了；还没发过消息的话，先发一条再来教。",
  not_box: "这里不能打字。",
  not_name: "名字要在聊天内容的上方。",
  keep: "用这个",
  other: "不对，我来点",
  cancel: "取消",
  unsaved: "没有存上，请再点一次“用这个”。",
  same: "两次点到了同一处，请重来。",
  no_list: "没看出消息列表，请点消息的文字，重来一次。",
  few: "屏幕上要有买家和您各一条消息，请换一个聊过的会话再教。",
  alike: "两边的消息看起来一样，分不清谁说的，这个页面先不用。",
  failed: "这样还读不出来，请重来一次，点消息的文字。",
  never: "还是读不出来：这个页面没有能长期认的标记，教不会。请在独立面板里粘贴买家的话，再复制回复。",
  /** @param {Result} result */
  result: ({ shopper, agent, rows, example }) =>
    `读到买家 ${shopper} 条、客服 ${agent} 条${rows > 1 ? `，会话列表 ${rows} 位` : ""}。买家最后一条是“${firstOf(example, SHOWN)}”，对吗？`,
};

/** @type {typeof zh} */
const en = {
  shopper: "Click a message from a shopper.",
  agent: "Click a message of your own.",
  box: "Click the reply box.",
  name: "Click the shopper's name above the chat; it tells conversations apart.",
  skip: "No name there",
  is_box: "That is the reply box, noted. If you have not written yet, send a message first and teach then.",
  not_box: "Nothing can be typed there.",
  not_name: "The name stands above the messages.",
  keep: "Use this",
  other: "No, let me click",
  cancel: "Cancel",
  unsaved: "It was not saved; click “Use this” again.",
  same: "Both clicks met the same place; start again.",
  no_list: "No list of messages was found; click the words of a message.",
  few: "A message of the shopper's and one of yours must be on screen; teach on a chat that has both.",
  alike: "The messages of both sides look the same, so this page cannot be used.",
  failed: "It cannot be read this way; start again and click the words of a message.",
  never:
    "Still not readable: this page bears no lasting marks and cannot be taught. Paste the shopper's words into the stand-alone panel and copy replies from there.",
  result: ({ shopper, agent, rows, example }) =>
    `Read ${shopper} from shoppers, ${agent} of yours${rows > 1 ? `, ${rows} in the list of chats` : ""}. The shopper's last: “${firstOf(example, SHOWN)}”. Right?`,
};

/** @param {string} locale */
export const words = (locale) => (locale.startsWith("zh") ? zh : en);
