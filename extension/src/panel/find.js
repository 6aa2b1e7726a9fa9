/**
 * Looking for a script by words, pinyin or initials, by category, among favourites or by use. What
 * was found stands where the suggestions stand; Enter takes the first.
 * @typedef {import("./context.js").Context} Context
 * @typedef {import("../protocol.js").Suggestion} Suggestion
 * @typedef {import("./card.js").Card} Card
 */

import { replyCard } from "./card.js";
import { button, childSignal, onTrusted } from "./dom.js";
import { findTabs } from "./find_tabs.js";
import { isPlainPress } from "./keys.js";
import { asSuggestion, ownForm } from "./own.js";
import { wordShelf } from "./shelf.js";

const PAUSE_MS = 120;
const TOP = 20;

/**
 * @param {Context} ctx
 * @param {{onOpen: (open: boolean) => void}} options results take the place of the suggestions, or give it back
 */
export function findView(ctx, { onOpen }) {
  const { h, t, signal } = ctx;
  const input = h("input", {
    class: "search",
    attrs: {
      type: "search",
      placeholder: t("search_placeholder"),
      "aria-label": t("search"),
      autocomplete: "off",
    },
  });
  const hint = h("p", { class: "hint" });
  const count = h("h3");
  const list = h("ol", { class: "cards" });
  const back = button(h, { text: t("back_to_replies"), signal, onClick: () => close() });
  const node = h(
    "section",
    { class: "found", attrs: { "aria-label": t("search") } },
    h("div", { class: "of-what" }, count, h("span", { class: "gap" }), back),
    hint,
    list,
  );
  node.hidden = true;
  const shelf = wordShelf(ctx);
  let life = childSignal(signal);
  /** @type {any} */
  let timer;
  /** @type {Card[]} */
  let cards = [];
  /** What the cards were found for; null while that is on its way. @type {string | null} */
  let answered = null;
  let firstWanted = false;

  /** @param {boolean} open */
  const toggle = (open) => {
    node.hidden = !open;
    onOpen(open);
  };

  const close = () => {
    clearTimeout(timer);
    life.abort();
    firstWanted = false;
    answered = null;
    cards = [];
    list.replaceChildren();
    input.value = "";
    tabs.choose("");
    toggle(false);
  };

  /** @param {string} words where no card stands */
  const sayHint = (words) => {
    cards = [];
    list.replaceChildren();
    count.textContent = "";
    hint.textContent = words;
    hint.hidden = words === "";
    toggle(true);
  };

  /** @returns {import("./threads.js").Thread} */
  const threadHere = () => ctx.current() ?? ctx.threads.of({ conversation_id: "" });

  /**
   * @param {Record<string, unknown>} fields
   * @param {{pickOut?: (found: Suggestion[]) => Suggestion[], empty?: string}} [options]
   */
  const ask = async (fields, { pickOut = (found) => found, empty = "found_nothing" } = {}) => {
    clearTimeout(timer);
    life.abort();
    life = childSignal(signal);
    const mine = life.signal;
    answered = null;
    const thread = threadHere();
    const { conversation_id } = thread.conversation;
    const page = thread.conversation.page ?? {};
    try {
      const request = {
        top: TOP,
        conversation_id,
        page,
        platform: ctx.platform,
        language: ctx.language(),
        ...fields,
      };
      const { suggestions } = await ctx.link.request("search", request, { signal: mine });
      if (mine.aborted) return;
      answered = String(fields.query ?? "");
      show(pickOut(suggestions), thread, mine, empty);
    } catch (/** @type {any} */ error) {
      if (mine.aborted) return;
      firstWanted = false;
      sayHint(t(error.code === "away" ? "search_away" : "search_failed"));
    }
  };

  /** @param {Suggestion[]} found @param {import("./threads.js").Thread} thread @param {AbortSignal} mine @param {string} empty */
  const show = (found, thread, mine, empty) => {
    if (found.length === 0) {
      firstWanted = false;
      sayHint(t(empty));
      return;
    }
    cards = found.map((suggestion) =>
      replyCard(ctx, {
        suggestion,
        thread,
        message_id: "",
        place: 0,
        signal: mine,
        onFollow: openScript,
        onGone: () => list.querySelector(`[data-script="${CSS.escape(suggestion.script_id)}"]`)?.remove(),
      }),
    );
    list.replaceChildren(...cards.map((card) => card.node));
    hint.hidden = true;
    count.textContent = t(ctx.actions.canFill() ? "found_enter_fills" : "found_enter_copies", {
      n: found.length,
    });
    toggle(true);
    if (firstWanted) useFirst();
  };

  const useFirst = async () => {
    firstWanted = false;
    if (await cards[0]?.use()) close();
  };

  /** Enter before the answer is there means its first reply, not the one of the words before. */
  const takeFirst = () => {
    const query = input.value.trim();
    if (answered === query && cards.length > 0) {
      useFirst();
      return;
    }
    if (!query) return;
    firstWanted = true;
    ask({ query });
  };

  /** @param {string} script_id @param {string} title */
  const openScript = (script_id, title) => {
    input.value = title;
    tabs.choose("");
    ask(
      { query: title, script_ids: [script_id] },
      { pickOut: (found) => found.filter((one) => one.script_id === script_id) },
    );
  };

  /** Scripts that are remembered by id, in that order. @param {"favourites" | "recent"} key */
  const openKept = async (key) => {
    const order = (await shelf.kept(key)).map(({ script_id }) => script_id);
    if (order.length === 0) {
      sayHint(t(`no_${key}`));
      return;
    }
    if (ctx.link.state.status !== "ready") {
      life.abort();
      life = childSignal(signal);
      show(await shelf.words(order), threadHere(), life.signal, "search_away");
      return;
    }
    // The server gives a search's results in the order of the ids; one that does not know the
    // field gives the most used, so what was not asked for is taken out.
    ask(
      { query: "", script_ids: order, top: order.length },
      { pickOut: (found) => found.filter((one) => order.includes(one.script_id)) },
    );
  };

  /** The agent's own phrases, with the field for a new one. */
  const openOwn = async () => {
    life.abort();
    life = childSignal(signal);
    const mine = life.signal;
    /** @param {Record<string, unknown>} fields */
    const send = async (fields) => {
      const answer = await ctx.link.request(
        "phrase",
        { platform: ctx.platform, ...fields },
        { signal: mine },
      );
      if (!mine.aborted) draw(answer.phrases);
      return answer;
    };
    const form = ownForm(ctx, { signal: mine, send });
    /** @param {import("./own.js").OwnPhrase[]} phrases */
    const draw = (phrases) => {
      sayHint(phrases.length > 0 ? "" : t("no_own"));
      cards = phrases.map((phrase) =>
        replyCard(ctx, {
          suggestion: asSuggestion(phrase),
          thread: threadHere(),
          message_id: "",
          place: 0,
          signal: mine,
          onFollow: openScript,
          onGone: () => {},
          own: {
            change: () => form.change(phrase),
            remove: () => send({ action: "remove", phrase_id: phrase.phrase_id }),
          },
        }),
      );
      list.replaceChildren(h("li", {}, form.node), ...cards.map((card) => card.node));
    };
    try {
      await send({ action: "list" });
    } catch (/** @type {any} */ error) {
      if (!mine.aborted) sayHint(t(error.code === "away" ? "own_away" : "search_failed"));
    }
  };

  const tabs = findTabs(ctx, {
    onNone: close,
    onUsed: () => ask({ query: "" }),
    onKept: openKept,
    onOwn: openOwn,
    onCategory: (category) => ask({ query: "", category }),
    onPress: () => {
      input.value = "";
    },
  });

  onTrusted(
    input,
    "input",
    (event) => {
      if (/** @type {InputEvent} */ (event).isComposing) return;
      typed();
    },
    signal,
  );
  // The end of a composition brings no input event in Chromium; what was composed counts now.
  onTrusted(input, "compositionend", () => typed(), signal);
  const typed = () => {
    clearTimeout(timer);
    firstWanted = false;
    const query = input.value.trim();
    tabs.choose("");
    if (query) timer = setTimeout(() => ask({ query }), PAUSE_MS);
    else close();
  };
  onTrusted(
    input,
    "keydown",
    (event) => {
      if (!isPlainPress(event)) return;
      if (event.key === "ArrowDown") cards[0]?.node.focus();
      else if (event.key === "Enter") takeFirst();
      else if (event.key === "Escape" && !node.hidden) {
        close();
        event.stopPropagation();
      } else return;
      event.preventDefault();
    },
    signal,
  );
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  return {
    /** Stays in sight above whatever is shown. */
    bar: h("search", { class: "find" }, input, tabs.node, tabs.categories),
    node,
    drawTabs: tabs.draw,
    openScript,
    close,
    focus: () => input.focus(),
  };
}
