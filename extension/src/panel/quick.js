/**
 * `/` in the reply box, where a reply may begin, opens a search at the caret: words, pinyin or initials,
 * Enter takes the first. A page that uses the key itself keeps it.
 * @typedef {import("../protocol.js").Suggestion} Suggestion
 */

import { caretPlace, textBefore } from "../page/caret.js";
import { loadText } from "../text.js";
import { replyActions } from "./actions.js";
import { childSignal, nodeMaker, onTrusted } from "./dom.js";
import { isPlainPress } from "./keys.js";
import { makeShell } from "./shell.js";

const PAUSE_MS = 100;
const TOP = 6;
const WIDTH = 340;
const EDGE = 8;

/** Where a reply may begin: in an empty box, behind a blank or the end of a sentence. */
export const mayBegin = (/** @type {string} */ before) =>
  before === "" || /[\s。！？!?；;，,]$/u.test(before);

/**
 * @param {object} options
 * @param {Document} options.document
 * @param {() => {box: HTMLElement | null, conversation_id: string}} options.here
 * @param {Pick<import("./context.js").Context, "link" | "composer" | "site" | "platform" | "memory">} options.parts
 * @param {() => {locale: string, theme: "auto" | "light" | "dark"}} options.looks
 * @param {() => boolean} options.mayFill
 * @param {AbortSignal} options.signal
 */
export function quickSearch({ document, here, parts, looks, mayFill, signal }) {
  const view = /** @type {Window & typeof globalThis} */ (document.defaultView);
  /** @type {AbortController | null} */
  let open = null;

  const close = (back = true) => {
    open?.abort();
    open = null;
    if (back) here().box?.focus();
  };

  const show = async () => {
    const { box, conversation_id } = here();
    if (!box) return;
    close(false);
    open = childSignal(signal);
    const life = open.signal;
    const place = caretPlace(box);
    const { locale, theme } = looks();
    const shell = makeShell({ document, theme, signal: life });
    /** Said once the texts are there. @type {import("../text.js").Translate} */
    let t = () => "";
    const h = nodeMaker(document);
    const input = h("input", { class: "search", attrs: { type: "search", autocomplete: "off" } });
    const list = h("ol", { class: "picks", attrs: { role: "listbox" } });
    const said = h("p", { class: "said", attrs: { role: "status" } });
    const dialog = h("div", { class: "panel quick", attrs: { role: "dialog" } }, list, said, input);
    shell.root.append(dialog);
    stand(shell.host, place);
    // Who types on means the search from the first letter: before it is drawn, too, lest letters and Enter
    // reach the page. What is hidden takes no keys.
    Object.assign(shell.host.style, { visibility: "", opacity: "0", position: "fixed" });

    /** @type {Suggestion[]} */
    let found = [];
    let chosen = 0;
    /** What the list is for; what Enter waits for. @type {string | null} */
    let answered = null;
    let wanted = false;
    /** Asked about once more. */
    let sure = false;
    /** @type {any} */
    let timer = 0;
    let asking = childSignal(life);

    const ctx = /** @type {any} */ ({
      ...parts,
      document,
      root: shell.root,
      health: { state: mayFill() ? "ok" : "read_only" },
      news: { emit: () => {} },
      say: (/** @type {string} */ words) => (said.textContent = words),
      current: () => ({ conversation: { conversation_id } }),
      language: () => (locale === "en" ? "en" : "zh"),
    });
    const actions = replyActions(ctx);

    const draw = () => {
      list.replaceChildren(
        ...found.map((one, at) => {
          const row = h(
            "li",
            { attrs: { role: "option", "aria-selected": String(at === chosen) } },
            h("b", { text: one.own ? `${t("tab_own")} · ${one.title || one.text.slice(0, 12)}` : one.title }),
            h("span", { text: one.text }),
          );
          onTrusted(row, "click", () => take(at), asking.signal);
          return row;
        }),
      );
    };

    /** @param {string} query */
    const ask = async (query) => {
      asking.abort();
      asking = childSignal(life);
      const mine = asking.signal;
      try {
        const fields = {
          query,
          top: TOP,
          conversation_id,
          page: {},
          platform: parts.platform,
          language: ctx.language(),
        };
        const { suggestions } = await parts.link.request("search", fields, { signal: mine });
        if (mine.aborted) return;
        found = suggestions.slice(0, TOP);
        chosen = 0;
        answered = query;
        said.textContent = found.length > 0 ? "" : t("found_nothing");
        draw();
        if (wanted && found.length > 0) take(0);
        wanted = false;
      } catch (/** @type {any} */ error) {
        if (!mine.aborted) said.textContent = t(error.code === "away" ? "search_away" : "search_failed");
      }
    };

    /** @param {number} at */
    const take = async (at) => {
      const suggestion = found[at];
      if (!suggestion) return;
      const thread = /** @type {any} */ ({ conversation: { conversation_id }, used: null });
      const use = { suggestion, thread, text: suggestion.text, message_id: "", sure };
      const result = await (mayFill() ? actions.insert(use) : actions.copy(use));
      if (result.outcome === "holes") said.textContent = t("hole_left", { names: result.names.join("、") });
      else if (result.outcome === "ask") {
        sure = true;
        said.textContent = t("enter_anyway", { message: result.warnings[0].message });
      } else if (result.outcome === "refused") said.textContent = t(`refused_${result.reason || "no_box"}`);
      else close();
    };

    const typed = () => {
      clearTimeout(timer);
      wanted = false;
      sure = false;
      timer = setTimeout(() => ask(input.value.trim()), PAUSE_MS);
    };
    onTrusted(input, "input", (event) => /** @type {InputEvent} */ (event).isComposing || typed(), life);
    onTrusted(input, "compositionend", typed, life);
    onTrusted(
      input,
      "keydown",
      (event) => {
        if (!isPlainPress(event)) return;
        const down = { ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0;
        if (down) {
          chosen = Math.max(0, Math.min(found.length - 1, chosen + down));
          draw();
        } else if (event.key === "Escape" || (event.key === "Backspace" && input.value === "")) close();
        else if (event.key === "Enter") {
          if (answered === input.value.trim()) take(chosen);
          else {
            clearTimeout(timer);
            wanted = true;
            ask(input.value.trim());
          }
        } else return;
        event.preventDefault();
      },
      life,
    );
    onTrusted(document, "pointerdown", ({ target }) => target !== shell.host && close(false), life, {
      capture: true,
    });
    life.addEventListener("abort", () => clearTimeout(timer), { once: true });
    input.focus({ preventScroll: true });

    [t] = await Promise.all([loadText(locale), shell.dressed]);
    if (life.aborted) return;
    for (const part of [dialog, list, input]) part.setAttribute("aria-label", t("search"));
    input.setAttribute("placeholder", t("search_placeholder"));
    shell.host.style.removeProperty("opacity");
    if (answered === null && !input.value) ask("");
  };

  /** Above the caret, so that what is typed below it stays in sight. @param {HTMLElement} host @param {{left: number, top: number, bottom: number}} place */
  const stand = (host, { left, top, bottom }) => {
    const above = top > view.innerHeight / 3;
    host.style.width = `${Math.min(WIDTH, view.innerWidth - 2 * EDGE)}px`;
    host.style.left = `${Math.max(EDGE, Math.min(left, view.innerWidth - WIDTH - EDGE))}px`;
    if (above) host.style.bottom = `${view.innerHeight - top + EDGE / 2}px`;
    else host.style.top = `${bottom + EDGE / 2}px`;
  };

  // Last of all: a page that does something with the key has said so by now.
  onTrusted(
    view,
    "keydown",
    (event) => {
      const { box } = here();
      if (event.key !== "/" || event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.defaultPrevented || !isPlainPress(event) || !box || !event.composedPath().includes(box))
        return;
      const before = textBefore(box);
      if (before === null || !mayBegin(before)) return;
      event.preventDefault();
      show();
    },
    signal,
  );
}
