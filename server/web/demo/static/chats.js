/**
 * The conversations of the demo: what shoppers and the agent have said. Values only.
 */

/**
 * @typedef {{id: string, from: "shopper" | "agent", text: string, at_ms: number, image?: string}} Line
 * @typedef {{id: string, name: string, product: string, lines: Line[], unread: number}} Chat
 */

import { newId } from "/assets/extension/src/protocol.js";

/** A shopper's lines that come this close together are one question. */
const BURST_MS = 20_000;

export function chatBook() {
  /** @type {Map<string, Chat>} */
  const chats = new Map();

  /** @param {string} id @param {string} name @param {string} [product] */
  const open = (id, name, product = "") => {
    const chat = chats.get(id) ?? { id, name, product: "", lines: [], unread: 0 };
    if (product) chat.product = product;
    chats.set(id, chat);
    return chat;
  };

  /** @param {Chat} chat @param {"shopper" | "agent"} from @param {string} text @param {string} [image] */
  const say = (chat, from, text, image) => {
    const line = { id: newId(), from, text, at_ms: Date.now(), image };
    chat.lines.push(line);
    return line;
  };

  return { open, say, get: (/** @type {string} */ id) => chats.get(id), all: () => [...chats.values()] };
}

/**
 * The shopper's last lines that belong together, oldest first; empty when the agent spoke last.
 * @param {Chat} chat
 * @returns {Line[]}
 */
export function burst({ lines }) {
  const open = lines.slice(lines.findLastIndex(({ from }) => from === "agent") + 1);
  const cut = open.findLastIndex((line, at) => at > 0 && line.at_ms - open[at - 1].at_ms > BURST_MS);
  return open.slice(Math.max(0, cut));
}

/**
 * When the oldest unanswered line came; null when nobody waits.
 * @param {Chat} chat
 */
export function waitingSince({ lines }) {
  return lines[lines.findLastIndex(({ from }) => from === "agent") + 1]?.at_ms ?? null;
}

/**
 * A chat's question as the panel takes it.
 * @param {Chat} chat
 * @returns {import("/assets/extension/src/types.js").ShopperMessage | null}
 */
export function questionOf(chat) {
  const asked = burst(chat);
  const last = asked.at(-1);
  if (!last) return null;
  const earlier = chat.lines.slice(0, chat.lines.indexOf(asked[0]));
  return {
    conversation_id: chat.id,
    message_id: last.id,
    text: asked.map(({ text }) => text).join("\n"),
    shopper: { id: chat.id, name: chat.name },
    sent_at: new Date(asked[0].at_ms).toISOString(),
    page: chat.product ? { product: chat.product } : {},
    history: earlier.slice(-10).map(({ from, text }) => ({ from, text })),
  };
}
