/**
 * The search at the caret: words, pinyin or initials, Enter takes the first; what a reply lacks is filled
 * in there. Escape leaves what was typed to the box, and so does a sign that begins no search.
 * @typedef {import("../protocol.js").Suggestion} Suggestion
 */

import { caretPlace } from "../page/caret.js";
import { listeners } from "../signals.js";
import { loadText } from "../text.js";
import { replyActions } from "./actions.js";
import { childSignal, nodeMaker, onTrusted } from "./dom.js";
import { holes } from "./holes.js";
import { isPlainPress } from "./keys.js";
import { replyView } from "./reply.js";
import { makeShell } from "./shell.js";

const PAUSE_MS = 100;
const TOP = 6;
const WIDTH = 340;
const EDGE = 8;

/**
 * Whether what was typed can be a search. Words are looked for, so a sign or a blank in front means an
 * emoji's code, an address, a path.
 * @param {string} typed
 */
export const maySearch = (typed) => typed === "" || /^[\p{L}\p{N}]/u.test(typed);

/**
 * @param {object} options
 * @param {Document} options.document
 * @param {HTMLElement} options.box
 * @param {string} options.conversation_id
 * @param {Pick<import("./context.js").Context, "link" | "composer" | "site" | "platform" | "memory">} options.parts
 * @param {{page: import("../types.js").PageContext, values: Record<string, string>}} options.known
 * @param {{locale: string, theme: "auto" | "light" | "dark"}} options.looks
 * @param {() => boolean} options.mayFill
 * @param {AbortSignal} options.signal takes it away
 * @param {(back: boolean) => void} options.onClose `back`: the keyboard goes back to the box
 * @param {(typed: string) => void} options.onLeave what was typed was meant for the box
 */
export async function quickDialog(options) {
  const { document, box, conversation_id, parts, known, looks, mayFill, signal, onClose, onLeave } = options;
  const place = caretPlace(box);
  const shell = makeShell({ document, theme: looks.theme, signal });
  const { host } = shell;
  /** Said once the texts are there. @type {import("../text.js").Translate} */
  let t = () => "";
  const ready = Promise.all([loadText(looks.locale), shell.dressed]).then(([text]) => {
    t = text;
  });
  const h = nodeMaker(document);
  const input = h("input", { class: "search", attrs: { type: "search", autocomplete: "off" } });
  const list = h("ol", { class: "picks", attrs: { role: "listbox" } });
  const gaps = h("div", { class: "gaps" });
  const said = h("p", { class: "said", attrs: { role: "status" } });
  const dialog = h("div", { class: "panel quick", attrs: { role: "dialog" } }, list, gaps, said, input);
  shell.root.append(dialog);
  stand(host, place);
  // Who types on means the search from the first letter: before it is drawn, too, lest letters and Enter
  // reach the page. What is hidden takes no keys.
  Object.assign(host.style, { visibility: "", opacity: "0", position: "fixed" });

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
  let asking = childSignal(signal);
  let filling = childSignal(signal);

  const ctx = /** @type {any} */ ({
    ...parts,
    document,
    h,
    t: (/** @type {Parameters<typeof t>} */ ...args) => t(...args),
    root: shell.root,
    health: { state: mayFill() ? "ok" : "read_only" },
    news: listeners(),
    say: (/** @type {string} */ words) => (said.textContent = words),
    current: () => ({ conversation: { conversation_id } }),
    language: () => (looks.locale === "en" ? "en" : "zh"),
  });
  const actions = replyActions(ctx);
  const thread = /** @type {import("./threads.js").Thread} */ (
    /** @type {unknown} */ ({ conversation: { conversation_id }, used: null, values: { ...known.values } })
  );

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
    list.children[chosen]?.scrollIntoView({ block: "nearest" });
  };

  /** @param {string} query */
  const ask = async (query) => {
    asking.abort();
    asking = childSignal(signal);
    const mine = asking.signal;
    const { page } = known;
    const fields = { query, top: TOP, conversation_id, page, platform: parts.platform };
    try {
      const asked = { ...fields, language: ctx.language() };
      const { suggestions } = await parts.link.request("search", asked, { signal: mine });
      if (mine.aborted) return;
      found = suggestions.slice(0, TOP);
      chosen = 0;
      answered = query;
      said.textContent = found.length > 0 ? "" : t("quick_nothing", { typed: query });
      draw();
      if (wanted && found.length > 0) take(0);
      wanted = false;
    } catch (/** @type {any} */ error) {
      if (!mine.aborted) said.textContent = t(error.code === "away" ? "search_away" : "search_failed");
    }
  };

  /** @param {number} at */
  const take = (at) => {
    const suggestion = found[at];
    if (!suggestion) return;
    if (suggestion.missing.length > 0 || holes(suggestion.text).length > 0) fillIn(suggestion);
    else use(suggestion, suggestion.text);
  };

  /** @param {Suggestion} suggestion @param {string} text */
  const use = async (suggestion, text) => {
    const result = await (mayFill() ? actions.insert : actions.copy)({
      suggestion,
      thread,
      text,
      message_id: "",
      sure,
    });
    if (result.outcome === "holes") said.textContent = t("hole_left", { names: result.names.join("、") });
    else if (result.outcome === "ask") {
      sure = true;
      said.textContent = t("enter_anyway", { message: result.warnings[0].message });
    } else if (result.outcome === "refused") said.textContent = t(`refused_${result.reason || "no_box"}`);
    else onClose(result.outcome === "copied");
  };

  /** The reply alone, with fields for what it lacks. @param {Suggestion} suggestion */
  const fillIn = async (suggestion) => {
    await ready;
    if (signal.aborted) return;
    const { text, missing, values } = suggestion;
    filling = childSignal(signal);
    const life = filling.signal;
    const enter = () => reply.askFirstHole() || use(suggestion, reply.text());
    const reply = replyView(ctx, { text, missing, values, thread, signal: life, onEnter: enter });
    gaps.replaceChildren(reply.node);
    onTrusted(gaps, "input", () => (sure = false), life);
    for (const part of [list, input]) part.hidden = true;
    said.textContent = t(mayFill() ? "quick_fill" : "quick_fill_copy");
    if (!reply.askFirstHole()) /** @type {HTMLElement | null} */ (gaps.querySelector("input"))?.focus();
  };

  const backToList = () => {
    filling.abort();
    gaps.replaceChildren();
    for (const part of [list, input]) part.hidden = false;
    said.textContent = "";
    input.focus();
  };

  const typed = () => {
    if (!maySearch(input.value)) return onLeave(input.value);
    clearTimeout(timer);
    wanted = false;
    sure = false;
    timer = setTimeout(() => ask(input.value.trim()), PAUSE_MS);
  };
  onTrusted(input, "input", (event) => /** @type {InputEvent} */ (event).isComposing || typed(), signal);
  onTrusted(input, "compositionend", typed, signal);

  const enter = () => {
    if (answered === input.value.trim()) return take(chosen);
    clearTimeout(timer);
    wanted = true;
    ask(input.value.trim());
  };

  onTrusted(
    input,
    "keydown",
    (event) => {
      if (!isPlainPress(event)) return;
      const down = { ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0;
      if (down) {
        chosen = Math.max(0, Math.min(found.length - 1, chosen + down));
        draw();
      } else if (event.key === "Escape") onLeave(input.value);
      else if (event.key === "Backspace" && input.value === "") onClose(true);
      else if (event.key === "Enter") enter();
      else return;
      event.preventDefault();
    },
    signal,
  );
  onTrusted(
    gaps,
    "keydown",
    (event) => {
      if (event.key !== "Escape" || !isPlainPress(event)) return;
      event.preventDefault();
      backToList();
    },
    signal,
  );
  /** Words that found nothing were no search; else the person went on to something else. */
  const goElsewhere = () => {
    const unfound = input.value !== "" && !(answered === input.value.trim() && found.length > 0);
    if (unfound) onLeave(input.value);
    else onClose(false);
  };
  onTrusted(document, "pointerdown", ({ target }) => target !== host && goElsewhere(), signal, {
    capture: true,
  });
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  input.focus({ preventScroll: true });

  await ready;
  if (signal.aborted) return;
  for (const part of [dialog, list, input]) part.setAttribute("aria-label", t("search"));
  input.setAttribute("placeholder", t("quick_placeholder"));
  host.style.removeProperty("opacity");
  if (answered === null && !input.value) ask("");
}

/**
 * Above the caret, so that what is typed below it stays in sight.
 * @param {HTMLElement} host @param {{left: number, top: number, bottom: number}} place
 */
function stand(host, { left, top, bottom }) {
  const { innerHeight, innerWidth } = /** @type {Window} */ (host.ownerDocument.defaultView);
  const above = top > innerHeight / 3;
  host.style.width = `${Math.min(WIDTH, innerWidth - 2 * EDGE)}px`;
  host.style.left = `${Math.max(EDGE, Math.min(left, innerWidth - WIDTH - EDGE))}px`;
  if (above) host.style.bottom = `${innerHeight - top + EDGE / 2}px`;
  else host.style.top = `${bottom + EDGE / 2}px`;
}
