/**
 * Looking for a script by words, pinyin or initials, by category, among favourites or by use.
 * @typedef {import("./context.js").Context} Context
 * @typedef {import("../protocol.js").Suggestion} Suggestion
 */

import { replyCard } from "./card.js";
import { button, childSignal, onTrusted } from "./dom.js";
import { isPlainPress } from "./keys.js";

const PAUSE_MS = 120;
const TOP = 20;

/**
 * @param {Context} ctx
 */
export function findView(ctx) {
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
  const tabs = h("div", { class: "tabs", attrs: { role: "group", "aria-label": t("browse") } });
  const categories = h("div", {
    class: "tabs categories",
    attrs: { role: "group", "aria-label": t("tab_categories") },
  });
  const hint = h("p", { class: "hint" });
  const list = h("ol", { class: "cards" });
  const node = h(
    "section",
    { class: "find", attrs: { "aria-label": t("search") } },
    input,
    tabs,
    categories,
    hint,
    list,
  );
  hint.hidden = true;
  let life = childSignal(signal);
  /** @type {any} */
  let timer;
  let tab = "";

  const clear = () => {
    life.abort();
    list.replaceChildren();
    hint.hidden = true;
  };

  /** @param {Record<string, unknown>} fields @param {(found: Suggestion[]) => Suggestion[]} [pickOut] @param {string} [empty] */
  const ask = async (fields, pickOut = (found) => found, empty = "found_nothing") => {
    life.abort();
    life = childSignal(signal);
    const mine = life.signal;
    const thread = ctx.current() ?? ctx.threads.of({ conversation_id: "" });
    const { conversation_id } = thread.conversation;
    const page = thread.conversation.page ?? {};
    try {
      const request = { top: TOP, conversation_id, page, platform: ctx.platform, ...fields };
      const { suggestions } = await ctx.link.request("search", request, { signal: mine });
      if (!mine.aborted) show(pickOut(suggestions), thread, mine, empty);
    } catch (/** @type {any} */ error) {
      if (mine.aborted) return;
      list.replaceChildren();
      hint.hidden = false;
      hint.textContent = t(error.code === "away" ? "search_away" : "search_failed");
    }
  };

  /** @param {Suggestion[]} found @param {import("./threads.js").Thread} thread @param {AbortSignal} mine @param {string} empty */
  const show = (found, thread, mine, empty) => {
    const cards = found.map((suggestion) =>
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
    hint.hidden = found.length > 0;
    hint.textContent = found.length > 0 ? "" : t(empty);
  };

  /** @param {string} script_id @param {string} title */
  const openScript = (script_id, title) => {
    input.value = title;
    chooseTab("");
    ask({ query: title, script_ids: [script_id] }, (found) =>
      found.filter((one) => one.script_id === script_id),
    );
    node.scrollIntoView({ block: "nearest" });
  };

  /** Scripts that are remembered by id, in that order. @param {"favourites" | "recent"} key */
  const openKept = async (key) => {
    const kept = /** @type {{script_id: string, title: string}[]} */ ((await ctx.memory.get(key)) ?? []);
    const order = kept.map(({ script_id }) => script_id);
    if (order.length === 0) {
      clear();
      hint.hidden = false;
      hint.textContent = t(`no_${key}`);
      return;
    }
    // The server gives a search's results in the order of the ids; one that does not know the
    // field gives the most used, so what was not asked for is taken out.
    ask({ query: "", script_ids: order, top: order.length }, (found) =>
      found.filter((one) => order.includes(one.script_id)),
    );
  };

  /** @param {string} name */
  const chooseTab = (name) => {
    tab = name;
    for (const one of [...tabs.children, ...categories.children]) {
      one.setAttribute("aria-pressed", String(one.getAttribute("data-tab") === name));
    }
    if (!name.startsWith("categor")) categories.hidden = true;
  };

  /** @param {HTMLElement} row @param {string} name @param {string} label @param {() => void} open */
  const addTab = (row, name, label, open) => {
    const node = button(h, {
      text: label,
      class: "tab",
      pressed: false,
      signal,
      onClick: () => {
        input.value = "";
        chooseTab(tab === name ? "" : name);
        if (tab === name) open();
        else clear();
      },
    });
    node.dataset.tab = name;
    row.append(node);
  };

  const openCategories = () => {
    clear();
    categories.hidden = false;
  };

  const drawTabs = () => {
    const known = ctx.link.state.welcome?.library?.categories ?? [];
    const key = JSON.stringify(known);
    if (tabs.dataset.key === key) return;
    tabs.dataset.key = key;
    tabs.replaceChildren();
    categories.replaceChildren();
    addTab(tabs, "used", t("tab_used"), () => ask({ query: "" }));
    addTab(tabs, "recent", t("tab_recent"), () => openKept("recent"));
    addTab(tabs, "favourites", t("tab_favourites"), () => openKept("favourites"));
    if (known.length > 0) addTab(tabs, "categories", t("tab_categories"), openCategories);
    for (const { name } of known) {
      addTab(categories, `category:${name}`, name, () => ask({ query: "", category: name }));
    }
    categories.hidden = true;
  };

  onTrusted(
    input,
    "input",
    (event) => {
      if (/** @type {InputEvent} */ (event).isComposing) return;
      clearTimeout(timer);
      chooseTab("");
      const query = input.value.trim();
      if (query) timer = setTimeout(() => ask({ query }), PAUSE_MS);
      else clear();
    },
    signal,
  );
  // The end of a composition brings no input event in Chromium; what was composed counts now.
  onTrusted(input, "compositionend", () => ask({ query: input.value.trim() }), signal);
  onTrusted(
    input,
    "keydown",
    (event) => {
      if (!isPlainPress(event)) return;
      if (event.key === "ArrowDown") /** @type {HTMLElement | null} */ (list.querySelector(".card"))?.focus();
      else if (event.key === "Escape" && input.value) {
        input.value = "";
        clear();
        event.stopPropagation();
      } else return;
      event.preventDefault();
    },
    signal,
  );
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  drawTabs();
  return { node, drawTabs, openScript, focus: () => input.focus() };
}
