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

/** @param {Card} card */
const isSure = ({ node }) => !node.classList.contains("weak");

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
  const title = h("h3");
  const again = button(h, { text: t("ask_again"), class: "plain", signal: ctx.signal, onClick: onRetry });
  const heading = h("div", { class: "of-what" }, title, again);
  const node = h(
    "section",
    { class: "replies", attrs: { "aria-label": t("replies") } },
    heading,
    hint,
    list,
    rest,
    foot,
  );
  /** @type {Card[]} */
  let cards = [];
  let life = childSignal(ctx.signal);
  let unfolded = false;
  /** Whose answer stands there. @type {import("./threads.js").Thread["answer"]} */
  let drawn = null;
  let sayFold = () => {};

  /** @param {boolean} open */
  const fold = (open) => {
    unfolded = open;
    rest.hidden = !open;
    sayFold();
  };

  /** @param {Thread} thread @param {Thread["answer"]} answer */
  const cardsOf = (thread, answer) => {
    const { suggestions = [], shown = 0, message_id = "" } = answer ?? {};
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

  /** @param {Thread} thread @param {Thread["answer"]} answer */
  const drawAnswer = (thread, answer) => {
    life.abort();
    life = childSignal(ctx.signal);
    drawn = answer;
    cards = cardsOf(thread, answer);
    const first = Math.min(cards.filter(isSure).length, TOP);
    list.replaceChildren(...cards.slice(0, first).map((card) => card.node));
    rest.replaceChildren(...cards.slice(first).map((card) => card.node));
    hint.textContent = first > 0 ? "" : t("nothing_sure");
    drawFoot(thread, first);
    fold(false);
  };

  const drawNothing = () => {
    life.abort();
    life = childSignal(ctx.signal);
    drawn = null;
    cards = [];
    list.replaceChildren();
    rest.replaceChildren();
    foot.replaceChildren();
  };

  /** The text where no reply stands. @param {Thread | null} thread */
  const wait = (thread) => {
    drawNothing();
    const { status } = ctx.link.state;
    // Without a pairing none will come; the foot says what to do.
    const nobody = status === "ready" || status === "connecting" ? "no_message" : "";
    const failed = thread?.stage === "failed" ? "" : `answer_${thread?.stage}`;
    const key = !thread?.message ? nobody : status !== "ready" ? "asking_away" : failed;
    hint.textContent = key ? t(key) : "";
  };

  /** The answer whose cards may stand there. @param {Thread | null} thread */
  const answerOf = (thread) => {
    if (!thread || thread.stage === "idle") return null;
    return thread.answer ?? (thread.earlier?.suggestions.length ? thread.earlier : null);
  };

  /** @param {Thread | null} thread */
  const show = (thread) => {
    const asking = thread?.stage === "asking";
    const answer = answerOf(thread);
    const old = answer !== null && answer !== thread?.answer;
    node.setAttribute("aria-busy", String(asking));
    node.classList.toggle("old", old);
    if (!thread || !answer) wait(thread);
    // What stands there stays where it is while the next answer is on its way.
    else if (!old || drawn !== answer) drawAnswer(thread, answer);
    const failed = thread?.stage === "failed" && ctx.link.state.status === "ready";
    const plain = cards.length > 0 ? t("replies") : failed ? t("answer_failed") : "";
    title.textContent = old ? t(oldTitle(thread)) : plain;
    again.hidden = !failed;
    heading.classList.toggle("telling", old || failed);
    heading.hidden = title.textContent === "";
    hint.hidden = hint.textContent === "";
  };

  /** @param {Thread | null} thread */
  const oldTitle = (thread) => {
    if (ctx.link.state.status !== "ready") return "old_away";
    return thread?.stage === "failed" ? "old_failed" : "old_asking";
  };

  return {
    node,
    show,
    /** Only words change with the line to the server; cards in use stay. @param {Thread | null} thread */
    tell: (thread) => {
      if (!thread?.message || thread.stage === "asking" || thread.stage === "failed") show(thread);
    },
    /**
     * Nothing is used that is not on screen: a key for a folded reply unfolds it first.
     * @param {number} place from 1
     * @param {"insert" | "copy"} [how]
     * @returns {boolean} whether the key was for a card
     */
    pick: (place, how) => {
      const card = cards[place - 1];
      if (!card) {
        const asking = node.getAttribute("aria-busy") === "true";
        if (asking) ctx.say(t("not_there_yet"), "wrong");
        return asking;
      }
      if (card.node.checkVisibility()) card.use(how);
      else if (node.checkVisibility()) fold(true);
      return true;
    },
    focusFirst: () => {
      const reachable = /** @type {HTMLElement[]} */ ([...node.querySelectorAll(".card, .foot button")]);
      reachable.find((one) => one.checkVisibility())?.focus();
    },
    count: () => (node.classList.contains("old") ? [] : cards).filter(isSure).length,
  };
}
