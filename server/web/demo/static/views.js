/**
 * What the demo draws: the list of conversations, a thread of bubbles.
 * @typedef {import("/static/demo/chats.js").Chat} Chat
 */

import { clockFace } from "/assets/extension/src/panel/clock.js";
import { nodeMaker } from "/assets/extension/src/panel/dom.js";
import { waitingSince } from "/static/demo/chats.js";

const h = nodeMaker(document);

/** @param {number} at_ms */
const timeOf = (at_ms) => new Date(at_ms).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" });

/**
 * Adds the lines that are not drawn yet; draws anew for another chat.
 * @param {HTMLElement} node
 * @param {Chat | undefined} chat
 * @param {"shopper" | "agent"} me whose bubbles stand on the right
 */
export function drawThread(node, chat, me) {
  const id = chat?.id ?? "";
  if (node.dataset.chat !== id) node.replaceChildren();
  node.dataset.chat = id;
  const fresh = chat?.lines.slice(node.childElementCount) ?? [];
  for (const { id: line_id, from, text, at_ms, image } of fresh) {
    // The data attributes are what the extension's adapter for this page reads.
    const sent_at = new Date(at_ms).toISOString();
    const attrs = { "data-message-id": line_id, "data-from": from, "data-sent-at": sent_at };
    const words = h("span", { class: image && "unseen", text, attrs: { "data-message-text": "" } });
    const picture = image && h("img", { attrs: { src: image, alt: text } });
    const bubble = h("p", { class: "bubble" }, words, picture);
    const time = h("time", { text: timeOf(at_ms), attrs: { datetime: sent_at } });
    node.append(h("div", { class: from === me ? "line mine" : "line", attrs }, bubble, time));
  }
  if (fresh.length > 0) node.scrollTop = node.scrollHeight;
}

/**
 * Longest waiting first, then the latest.
 * @param {Chat[]} chats
 * @returns {Chat[]}
 */
function inOrder(chats) {
  const rank = (/** @type {Chat} */ chat) => waitingSince(chat) ?? Number.POSITIVE_INFINITY;
  const last = (/** @type {Chat} */ chat) => chat.lines.at(-1)?.at_ms ?? 0;
  return [...chats].sort((a, b) => {
    const waits = [rank(a), rank(b)];
    return waits[0] === waits[1] ? last(b) - last(a) : waits[0] - waits[1];
  });
}

/**
 * Keeps the rows' nodes: a click must find the row that it was aimed at.
 * @param {HTMLElement} node
 * @param {Chat[]} chats
 * @param {{here: string, timers: import("/assets/extension/src/protocol.js").Welcome["timers"],
 *   onPick: (id: string) => void}} options
 */
export function drawList(node, chats, { here, timers, onPick }) {
  const known = new Map(
    [...node.children].map((row) => [/** @type {HTMLElement} */ (row).dataset.chat, row]),
  );
  const rows = inOrder(chats).map((chat) => {
    const row = /** @type {HTMLElement} */ (known.get(chat.id) ?? newRow(chat, onPick));
    const [button] = row.children;
    button.setAttribute("aria-current", String(chat.id === here));
    const [, clock, preview, unread] = /** @type {HTMLElement[]} */ ([...button.children]);
    const since_ms = waitingSince(chat);
    clock.hidden = since_ms === null;
    if (since_ms !== null) {
      const first = !chat.lines.some(({ from }) => from === "agent");
      const face = clockFace(
        { conversation_id: chat.id, name: chat.name, since_ms, first },
        Date.now(),
        timers,
      );
      clock.textContent = face.text;
      clock.dataset.stage = face.stage;
    }
    preview.textContent = chat.lines.at(-1)?.text ?? "";
    unread.hidden = chat.unread === 0;
    unread.textContent = String(chat.unread);
    return row;
  });
  const same = rows.length === node.childElementCount && rows.every((row, at) => row === node.children[at]);
  if (!same) node.append(...rows);
}

/** @param {Chat} chat @param {(id: string) => void} onPick */
function newRow(chat, onPick) {
  const button = h(
    "button",
    { attrs: { type: "button" } },
    h("span", { class: "who", text: chat.name }),
    h("span", { class: "clock" }),
    h("span", { class: "preview" }),
    h("span", { class: "unread" }),
  );
  button.addEventListener("click", () => onPick(chat.id));
  const row = h("li", {}, button);
  row.dataset.chat = chat.id;
  return row;
}
