/**
 * Who the shopper is to the shop: one line that says new or returning, level, orders and spending;
 * the rest (last order, what is open, groups, notes, what was asked last time) on a click.
 * @typedef {import("./context.js").Context} Context
 * @typedef {import("../protocol.js").ShopperCard} ShopperCard
 * @typedef {import("./threads.js").Thread} Thread
 */

import { button, childSignal, onTrusted } from "./dom.js";
import { isPlainPress } from "./keys.js";

const LONGEST_NOTE = 500;
/** Where an open after-sales request may stand. */
const STATIONS = new Set(["talked", "returning", "received", "checked", "solved"]);
/** Of the conversations on the agent's desk; the oldest go first. */
const MOST_CARDS = 50;

/** Whether the page names anybody. @param {Thread | null} thread */
const isNamed = (thread) => Boolean(thread?.conversation.shopper?.id || thread?.conversation.page?.order_id);

/** @param {Context} ctx */
export function shopperView(ctx) {
  const { h, t, link, signal } = ctx;
  const line = h("summary", { class: "line-of" });
  const rest = h("div", { class: "rest" });
  const details = h("details", {}, line, rest);
  const node = h("section", { class: "shopper-card", attrs: { "aria-label": t("shopper_card") } }, details);
  node.hidden = true;
  /** @type {Map<string, ShopperCard>} */
  const cards = new Map();
  /** The message that the card was asked for. */
  let askedFor = "";
  /** @type {Thread | null} */
  let drawnFor = null;
  let life = childSignal(signal);

  /** @param {string} id @param {ShopperCard} card */
  const keep = (id, card) => {
    cards.delete(id);
    cards.set(id, card);
    if (cards.size > MOST_CARDS) cards.delete(cards.keys().next().value ?? "");
  };

  /** @param {Thread} thread @param {Record<string, unknown>} [fields] */
  const ask = (thread, fields = {}) => {
    const { conversation_id, shopper, page } = thread.conversation;
    const named = { ...(shopper && { shopper }), ...(page && { page }) };
    return link.request("shopper", { conversation_id, ...named, platform: ctx.platform, ...fields });
  };

  /** @param {Thread} thread */
  const refresh = async (thread) => {
    const id = thread.conversation.conversation_id;
    try {
      keep(id, await ask(thread));
    } catch (/** @type {any} */ error) {
      // A server from before the card; else the line is away, and the next message asks again.
      if (error.code !== "unknown_type" && !cards.has(id)) say(thread, t("card_away"));
      return;
    }
    if (ctx.current() === thread) ctx.calm.when("shopper", () => draw(thread));
  };

  /** @param {Thread} thread @param {string} words */
  const say = (thread, words) => {
    if (ctx.current() === thread) line.replaceChildren(h("span", { class: "why", text: words }));
  };

  /** What is being typed into the note is not taken away by an answer. */
  const isTyping = () => {
    const input = rest.querySelector("input");
    return Boolean(input?.value) && ctx.root.activeElement === input;
  };

  /** @param {Thread} thread */
  const draw = (thread) => {
    const card = cards.get(thread.conversation.conversation_id);
    line.replaceChildren(
      ...(card ? lineOf(ctx, card) : [h("span", { class: "why", text: t("card_reading") })]),
    );
    if (isTyping() && drawnFor === thread) return;
    drawnFor = thread;
    life.abort();
    life = childSignal(signal);
    rest.replaceChildren(...(card ? rowsOf(ctx, card) : []));
    if (card?.known) rest.append(notesOf(thread, card));
  };

  /** @param {Thread} thread @param {ShopperCard} card */
  const notesOf = (thread, card) => {
    /** @param {Record<string, unknown>} fields */
    const change = async (fields) => {
      try {
        keep(thread.conversation.conversation_id, await ask(thread, fields));
        input.value = "";
        if (ctx.current() === thread) draw(thread);
      } catch (/** @type {any} */ error) {
        ctx.say(error.code === "away" ? t("card_note_away") : error.message, "wrong");
      }
    };
    const input = h("input", {
      class: "note-text",
      attrs: {
        type: "text",
        maxlength: LONGEST_NOTE,
        placeholder: t("card_note_new"),
        "aria-label": t("card_note_new"),
      },
    });
    const save = () => input.value.trim() && change({ action: "note", text: input.value.trim() });
    onTrusted(
      input,
      "keydown",
      (event) => {
        if (event.key !== "Enter" || !isPlainPress(event)) return;
        event.preventDefault();
        save();
      },
      life.signal,
    );
    const list = card.notes.map(({ note_id, text, author, at, own }) =>
      h(
        "li",
        {},
        h("p", { text }),
        h("p", { class: "why", text: author ? [author, moment(ctx, at)].join(" · ") : t("card_from_list") }),
        own &&
          button(h, {
            text: t("card_note_remove"),
            label: t("card_note_remove_one", { text }),
            signal: life.signal,
            onClick: () => change({ action: "remove_note", note_id }),
          }),
      ),
    );
    return h(
      "div",
      { class: "notes" },
      h("p", { class: "of", text: t("card_notes") }),
      h("ul", {}, ...list),
      h(
        "div",
        { class: "note-new" },
        input,
        button(h, { text: t("save"), class: "plain", signal: life.signal, onClick: save }),
      ),
    );
  };

  /** @param {Thread | null} thread */
  const show = (thread) => {
    // What is known stays while the next message is asked for, lest the replies below move.
    const known = cards.has(thread?.conversation.conversation_id ?? "");
    node.hidden = !isNamed(thread) || !(known || thread?.answer);
    if (!thread || node.hidden) return;
    draw(thread);
    if (!thread.answer) return;
    const { conversation_id } = thread.conversation;
    const key = `${conversation_id} ${thread.message?.message_id} ${JSON.stringify(thread.conversation.page ?? {})}`;
    if (key === askedFor) return;
    askedFor = key;
    refresh(thread);
  };

  return { node, show };
}

/**
 * The one line: what an agent needs at a glance.
 * @param {Context} ctx @param {ShopperCard} card
 */
function lineOf({ h, t, language }, card) {
  if (card.known === "") return [h("span", { class: "why", text: t("card_nobody") })];
  const open = card.requests.length + card.promises.length;
  const figures = [
    card.orders > 0 && t(card.orders === 1 ? "card_order_one" : "card_orders", { n: card.orders }),
    card.spend_fen > 0 && yuan(card.spend_fen, language()),
    card.orders === 0 && t("card_no_order"),
  ].filter(Boolean);
  return [
    card.standing !== "" && h("strong", { text: t(`card_is_${card.standing}`) }),
    card.level !== "" && h("span", { class: "level", text: card.level }),
    ...card.groups.map((name) => h("span", { class: "group", text: name })),
    h("span", { class: "why", text: figures.join(" · ") }),
    open > 0 && h("span", { class: "open", text: t("card_open", { n: open }) }),
    card.notes.length > 0 &&
      h("span", {
        class: "why",
        text: t(card.notes.length === 1 ? "card_note_one" : "card_note_count", { n: card.notes.length }),
      }),
  ].filter((one) => one !== false);
}

/** @param {Context} ctx @param {ShopperCard} card */
function rowsOf(ctx, card) {
  const { h, t, language } = ctx;
  /** @type {[string, string][]} */
  const rows = [];
  const { last_order: last } = card;
  if (last) {
    const paid = last.fen === null ? "" : yuan(last.fen, language());
    const words = [last.day, last.status, paid, [last.product, last.variant].filter(Boolean).join(" ")];
    rows.push([t("card_last_order"), [...words, last.order_id].filter(Boolean).join(" · ")]);
  }
  for (const { kind, text, due_at } of card.requests) {
    const station = STATIONS.has(kind) ? t(`card_station_${kind}`) : "";
    rows.push([t("card_request"), due(ctx, [station, text].filter(Boolean).join(" · "), due_at)]);
  }
  for (const { text, due_at } of card.promises) rows.push([t("card_promise"), due(ctx, text, due_at)]);
  if (card.last_asked) {
    rows.push([t("card_last_asked"), [card.last_asked, moment(ctx, card.last_asked_at)].join(" · ")]);
  }
  if (card.orders > card.settled && card.settled > 0) rows.push([t("card_settled"), String(card.settled)]);
  if (card.level_by_hand) rows.push([t("card_level"), t("card_by_hand", { level: card.level })]);
  if (card.known === "order") rows.push([t("card_note"), t("card_order_alone")]);
  if (card.known === "") rows.push([t("card_note"), t("card_why_nobody")]);
  const list = rows.flatMap(([name, text]) => [h("dt", { text: name }), h("dd", { text })]);
  return list.length > 0 ? [h("dl", {}, ...list)] : [];
}

/** @param {Context} ctx @param {string} text @param {string} due_at */
const due = (ctx, text, due_at) =>
  due_at ? [text, ctx.t("card_due", { at: moment(ctx, due_at) })].join(" · ") : text;

/** @param {number} fen @param {string} language */
const yuan = (fen, language) =>
  new Intl.NumberFormat(language === "en" ? "en" : "zh-CN", {
    style: "currency",
    currency: "CNY",
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: fen % 100 === 0 ? 0 : 2,
  }).format(fen / 100);

/** @param {Context} ctx @param {string} at UTC */
const moment = ({ language }, at) =>
  new Date(at).toLocaleString(language() === "en" ? "en" : "zh-CN", {
    month: "numeric",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
  });
