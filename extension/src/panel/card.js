/**
 * One suggested reply: its words, why it is there, and what can be done with it.
 * @typedef {import("./context.js").Context} Context
 * @typedef {import("../protocol.js").Suggestion} Suggestion
 * @typedef {import("./threads.js").Thread} Thread
 */

import { moreOf } from "./card_more.js";
import { button, childSignal } from "./dom.js";
import { feedbackRow } from "./feedback.js";
import { fillHoles } from "./holes.js";
import { imageRow } from "./images.js";
import { replyView } from "./reply.js";
import { clauseHere } from "./warnings.js";

/**
 * @typedef {object} CardOptions
 * @property {Suggestion} suggestion
 * @property {Thread} thread
 * @property {string} message_id "" where it was searched for
 * @property {number} place 1 to 9; 0 without a number key
 * @property {boolean} [weak] under the threshold
 * @property {AbortSignal} signal
 * @property {(script_id: string, title: string) => void} onFollow
 * @property {() => void} onGone put aside
 * @property {{change: () => void, remove: () => void}} [own] for one of the agent's own phrases
 */

/**
 * @typedef {object} Card
 * @property {HTMLElement} node
 * @property {(how?: "insert" | "copy") => Promise<boolean>} use whether it was put in or copied
 * @property {Suggestion} suggestion
 */

/** @type {WeakMap<Element, Card>} */
const cards = new WeakMap();

/**
 * The card that a node stands for: a key press on it must not go through a click, which would not
 * be a person's.
 * @param {Element | null} node
 */
export const cardOf = (node) => (node ? cards.get(node) : undefined);

/**
 * @param {number} confidence 0 to 1
 * @returns {"trust_high" | "trust_middle" | "trust_low"}
 */
const trustWord = (confidence) =>
  confidence >= 0.75 ? "trust_high" : confidence >= 0.45 ? "trust_middle" : "trust_low";

/**
 * @param {Context} ctx
 * @param {CardOptions} options
 * @returns {Card}
 */
export function replyCard(
  ctx,
  { suggestion, thread, message_id, place, weak, signal, onFollow, onGone, own },
) {
  const { h, t } = ctx;
  const { parts = [], variants = [], images = [], missing, values } = suggestion;
  const wordings = [suggestion.text, ...variants.filter((text) => text !== suggestion.text)];
  let wording = Math.max(
    0,
    wordings.findIndex((text) => !thread.said.has(text)),
  );
  let life = childSignal(signal);
  /** @type {ReturnType<typeof replyView>} */
  let view;

  const inParts = parts.length > 1;
  const partsDone = () => Math.min(thread.parts_done.get(suggestion.script_id) ?? 0, parts.length - 1);
  const slot = h("div", { class: "words" });
  const aside = h("div", { class: "aside" });

  const showWords = () => {
    life.abort();
    life = childSignal(signal);
    const text = inParts ? parts[partsDone()] : wordings[wording];
    view = replyView(ctx, { text, missing, values, thread, signal: life.signal, onEnter: () => use() });
    slot.replaceChildren(
      ...(inParts ? partRows() : [view.node]),
      ...(thread.said.has(view.text()) ? [h("span", { class: "tag", text: t("said_before") })] : []),
    );
  };

  const partRows = () =>
    parts.map((part, at) => {
      const now = at === partsDone();
      const words = now ? view.node : h("p", { class: "reply", text: part });
      const mark = h("span", { class: "part-no", text: `${at + 1}/${parts.length}` });
      return h(
        "div",
        { class: now ? "part now" : "part", attrs: { "aria-current": now && "step" } },
        mark,
        words,
      );
    });

  /**
   * Uses the card's own words, or those of one of its steps.
   * @param {"insert" | "copy"} how
   * @param {{sure?: boolean, step?: string}} [options]
   * @returns {Promise<boolean>} whether it was put in or copied
   */
  const act = async (how, { sure = false, step } = {}) => {
    if (step === undefined && view.askFirstHole()) {
      ctx.say(t("fill_first"), "wrong");
      return false;
    }
    aside.replaceChildren();
    const text = step === undefined ? view.text() : fillHoles(step, thread.values);
    const result = await ctx.actions[how]({ suggestion, thread, text, message_id, sure });
    if (result.outcome === "ask") askOnce(how, result.warnings, step);
    else if (result.outcome === "refused") refuse(result.reason, step);
    else if (result.outcome === "holes") {
      ctx.say(t("hole_left", { names: result.names.join("、") }), "wrong");
    } else {
      used(result.outcome, step !== undefined);
      return true;
    }
    return false;
  };

  /** @param {"inserted" | "copied"} outcome @param {boolean} wasStep */
  const used = (outcome, wasStep) => {
    if (inParts && !wasStep) thread.parts_done.set(suggestion.script_id, partsDone() + 1);
    const left = inParts && (thread.parts_done.get(suggestion.script_id) ?? 0) < parts.length;
    ctx.say(t(left && !wasStep ? `${outcome}_part` : `${outcome}_now`));
    if (!wasStep) showWords();
  };

  /** @param {"insert" | "copy"} how @param {import("../protocol.js").Warning[]} warnings @param {string} [step] */
  const askOnce = (how, warnings, step) => {
    const [first] = warnings;
    const go = button(h, {
      text: t("use_anyway"),
      class: "plain",
      signal: life.signal,
      onClick: () => act(how, { sure: true, step }),
    });
    const stop = button(h, {
      text: t("leave_it"),
      signal: life.signal,
      onClick: () => aside.replaceChildren(),
    });
    const line = h("p", {
      text: t("ask_high", { message: first.message, clause: clauseHere(ctx, first.clause) }),
    });
    aside.replaceChildren(
      h("div", { class: "asks high", attrs: { role: "alert" } }, line, h("div", { class: "acts" }, go, stop)),
    );
    stop.focus();
  };

  /** @param {string} reason @param {string} [step] */
  const refuse = (reason, step) => {
    const copy = button(h, {
      text: t("copy"),
      class: "plain",
      signal: life.signal,
      onClick: () => act("copy", { step }),
    });
    const line = h("p", { text: t(`refused_${reason || "no_box"}`) });
    aside.replaceChildren(
      h("div", { class: "asks", attrs: { role: "alert" } }, line, reason !== "clipboard" && copy),
    );
  };

  /** @param {"insert" | "copy"} [how] */
  const use = (how = ctx.actions.canFill() ? "insert" : "copy") => act(how);

  const node = h("li", {
    class: weak ? "card weak" : "card",
    style: { "--trust": suggestion.confidence.toFixed(2) },
    attrs: {
      tabindex: 0,
      "aria-label": cardLabel(ctx, suggestion, place),
      "data-script": suggestion.script_id,
    },
  });
  const nextWording = () => {
    wording = (wording + 1) % wordings.length;
    showWords();
    more.setWording(wording);
  };
  const more = moreOf(ctx, {
    suggestion,
    thread,
    wordings: inParts ? 1 : wordings.length,
    signal,
    onFollow,
    nextWording,
    useStep: (step) => act(ctx.actions.canFill() ? "insert" : "copy", { step }),
  });
  more.setWording(wording);
  const feedback = feedbackRow(ctx, { suggestion, thread, signal, onGone });
  const fills = ctx.actions.canFill();
  const why = [
    suggestion.own && !own ? t("tab_own") : "",
    suggestion.title,
    ...countsOf(ctx, suggestion),
    suggestion.why,
  ]
    .filter(Boolean)
    .join(" · ");
  const line = h(
    "div",
    { class: "line" },
    h("p", { class: "why", text: why, attrs: { title: why } }),
    fills && button(h, { text: t("insert"), class: "main", signal, onClick: () => act("insert") }),
    button(h, { text: t("copy"), class: fills ? "plain" : "main", signal, onClick: () => act("copy") }),
  );
  const tools = own
    ? [
        button(h, { text: t("own_change"), signal, onClick: own.change }),
        button(h, { text: t("own_remove"), signal, onClick: own.remove }),
      ]
    : [more.wordingButton, ...(suggestion.script_id ? [more.favourite, feedback.toggle] : [])];
  const pictures = images.length > 0 && imageRow(ctx, { images, thread, message_id, signal });
  const extras = h("div", { class: "extras" }, ...tools);
  node.append(
    h("span", { class: "place", text: place ? String(place) : "", attrs: { "aria-hidden": "true" } }),
    h("span", {
      class: "trust",
      attrs: { title: t(trustWord(suggestion.confidence)), "aria-hidden": "true" },
    }),
    h("div", { class: "body" }, slot, pictures, line, aside, extras, feedback.node, more.node),
  );
  showWords();
  const card = { node, use, suggestion };
  cards.set(node, card);
  return card;
}

/** @param {Context} ctx @param {Suggestion} suggestion @returns {string[]} how many parts and steps there are */
const countsOf = ({ t }, { parts = [], steps = [] }) => [
  parts.length > 1 ? t("in_parts", { n: parts.length }) : "",
  steps.length > 0 ? t("in_steps", { n: steps.length }) : "",
];

/** @param {Context} ctx @param {Suggestion} suggestion @param {number} place */
const cardLabel = ({ t }, { title, confidence }, place) =>
  [place ? t("card_place", { n: place }) : "", title, t(trustWord(confidence))].filter(Boolean).join("，");
