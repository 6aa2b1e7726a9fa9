/**
 * The suggestions for the message on screen: the ones that pass the threshold first, the doubtful
 * ones folded away behind a word.
 * @typedef {import("./context.js").Context} Context
 * @typedef {import("./card.js").Card} Card
 * @typedef {import("./threads.js").Thread} Thread
 */

import { replyCard } from "./card.js";
import { button, childSignal } from "./dom.js";
import { missingScript } from "./feedback.js";

const TOP = 3;

/**
 * @param {Context} ctx
 * @param {{onFollow: (script_id: string, title: string) => void, onRetry: () => void}} options
 */
export function repliesView(ctx, { onFollow, onRetry }) {
  const { h, t } = ctx;
  const list = h("ol", { class: "cards" });
  const rest = h("ol", { class: "cards rest" });
  const foot = h("div", { class: "foot" });
  const hint = h("p", { class: "hint" });
  const node = h(
    "section",
    { class: "replies", attrs: { "aria-label": t("replies") } },
    hint,
    list,
    rest,
    foot,
  );
  /** @type {Card[]} */
  let cards = [];
  let life = childSignal(ctx.signal);
  let unfolded = false;
  let sayFold = () => {};

  /** @param {boolean} open */
  const fold = (open) => {
    unfolded = open;
    rest.hidden = !open;
    sayFold();
  };

  /** @param {Thread} thread */
  const cardsOf = (thread) => {
    const { suggestions = [], shown = 0, message_id = "" } = thread.answer ?? {};
    return suggestions
      .map((suggestion, at) => ({ suggestion, weak: at >= shown }))
      .filter(({ suggestion }) => !thread.hidden.has(suggestion.suggestion_id))
      .slice(0, 9)
      .map(({ suggestion, weak }, at) =>
        replyCard(ctx, {
          suggestion,
          weak,
          thread,
          message_id,
          place: at + 1,
          signal: life.signal,
          onFollow,
          onGone: () => show(thread),
        }),
      );
  };

  /** @param {Thread} thread @param {number} first how many stand open */
  const drawFoot = (thread, first) => {
    const others = cards.length - first;
    foot.replaceChildren();
    if (others > 0) {
      const unfold = button(h, { text: "", signal: life.signal, onClick: () => fold(!unfolded) });
      // The same button says the other word: a new one would lose the focus.
      sayFold = () => {
        unfold.textContent = t(unfolded ? "fewer" : first === 0 ? "see_doubtful" : "see_more", { n: others });
        unfold.setAttribute("aria-expanded", String(unfolded));
      };
      foot.append(unfold);
    }
    foot.append(h("span", { class: "gap" }), missingScript(ctx, { thread, signal: life.signal }));
  };

  /** @param {Thread} thread */
  const drawAnswer = (thread) => {
    cards = cardsOf(thread);
    const sure = cards.filter(({ node: card }) => !card.classList.contains("weak")).length;
    const first = Math.min(sure, TOP);
    list.replaceChildren(...cards.slice(0, first).map((card) => card.node));
    rest.replaceChildren(...cards.slice(first).map((card) => card.node));
    hint.textContent = first > 0 ? "" : t("nothing_sure");
    drawFoot(thread, first);
    fold(false);
  };

  /** @param {Thread | null} thread */
  const show = (thread) => {
    life.abort();
    life = childSignal(ctx.signal);
    cards = [];
    node.setAttribute("aria-busy", String(thread?.stage === "asking"));
    if (thread?.stage === "answered") drawAnswer(thread);
    else {
      list.replaceChildren();
      rest.replaceChildren();
      foot.replaceChildren();
      const key =
        thread?.stage === "failed" ? "answer_failed" : thread?.stage === "asking" ? "asking" : "no_message";
      hint.textContent = t(key);
      if (thread?.stage === "failed") {
        foot.append(
          button(h, { text: t("ask_again"), class: "plain", signal: life.signal, onClick: onRetry }),
        );
      }
    }
    hint.hidden = hint.textContent === "";
  };

  return {
    node,
    show,
    /**
     * Nothing is used that is not on screen: a key for a folded reply unfolds it first.
     * @param {number} place from 1
     * @param {"insert" | "copy"} [how]
     * @returns {boolean} whether the key was for a card
     */
    pick: (place, how) => {
      const card = cards[place - 1];
      if (!card) return false;
      if (card.node.checkVisibility()) card.use(how);
      else if (node.checkVisibility()) fold(true);
      return true;
    },
    focusFirst: () => {
      const reachable = /** @type {HTMLElement[]} */ ([...node.querySelectorAll(".card, .foot button")]);
      reachable.find((one) => one.checkVisibility())?.focus();
    },
    count: () => cards.filter(({ node: card }) => !card.classList.contains("weak")).length,
  };
}
