/**
 * Watches what stands in the reply box and shows what is wrong with it while it can still be
 * changed. A check is asked for when typing pauses; a newer draft takes the older one's place.
 * @typedef {import("./context.js").Context} Context
 * @typedef {import("../protocol.js").Warning} Warning
 */

import { childSignal } from "./dom.js";
import { rewritten } from "./spans.js";
import { markedText, warningList } from "./warnings.js";

const PAUSE_MS = 200;
/** Around the first doubtful place; a draft can be long and the panel is not. */
const EXCERPT = 60;

/**
 * @param {Context} ctx
 */
export function draftView(ctx) {
  const { h, t, composer, signal } = ctx;
  const node = h("section", { class: "draft", attrs: { "aria-label": t("draft_warnings") } });
  node.hidden = true;
  let life = childSignal(signal);
  /** @type {any} */
  let timer;
  /** Rules that this agent called a false alarm for this very text. */
  let checked = "";

  const clear = () => {
    node.hidden = true;
    node.replaceChildren();
  };

  /** @param {string} text @param {Warning[]} warnings @param {AbortSignal} shown */
  const show = (text, warnings, shown) => {
    if (warnings.length === 0) {
      clear();
      return;
    }
    const points = Array.from(text);
    const first = Math.min(...warnings.map(({ start }) => start));
    const from = points.length > EXCERPT ? Math.max(0, first - EXCERPT / 3) : 0;
    const excerpt = points.slice(from, from + EXCERPT).join("");
    const moved = warnings.map((warning) => ({
      ...warning,
      start: warning.start - from,
      end: warning.end - from,
    }));
    const quote = h("blockquote", {}, from > 0 && "…");
    quote.append(...markedText(ctx, excerpt, moved), from + EXCERPT < points.length ? "…" : "");
    const list = warningList(ctx, {
      text,
      warnings,
      direction: "outgoing",
      signal: shown,
      onRewrite:
        composer?.replaceDraft && ctx.actions.canFill() ? (warning) => rewrite(text, warning) : undefined,
      onGone: () => list.childElementCount === 0 && clear(),
    });
    node.replaceChildren(h("h3", { text: t("draft_warnings") }), quote, list);
    node.hidden = false;
  };

  /** @param {string} text @param {Warning} warning */
  const rewrite = async (text, warning) => {
    if (composer?.draft() !== text) {
      ctx.say(t("draft_changed"), "wrong");
      return;
    }
    const done = await composer.replaceDraft?.(rewritten(text, warning));
    ctx.say(t(done?.ok ? "rewritten" : `refused_${done?.reason || "no_box"}`), done?.ok ? "plain" : "wrong");
  };

  /** @param {string} text */
  const ask = async (text) => {
    life.abort();
    life = childSignal(signal);
    const { signal: mine } = life;
    try {
      const warnings = await ctx.actions.check(text, { signal: mine });
      if (!mine.aborted) show(text, warnings, mine);
    } catch {
      // Away or overtaken: the state line tells of the first, the newer draft replaces the second.
      if (!mine.aborted) clear();
    }
  };

  composer?.onDraft(
    (text) => {
      clearTimeout(timer);
      if (text === checked) return;
      checked = text;
      if (text.trim() === "") {
        life.abort();
        clear();
      } else timer = setTimeout(() => ask(text), PAUSE_MS);
    },
    { signal },
  );
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  return { node };
}
