/**
 * The shopper's message that is being answered, with what is doubtful in it.
 * @typedef {import("./context.js").Context} Context
 */

import { childSignal } from "./dom.js";
import { markedText, warningList } from "./warnings.js";
import { useWords } from "./words.js";

/** @param {string} text @param {number} at in code points @returns {[string, string]} */
function splitAt(text, at) {
  const points = Array.from(text);
  return [points.slice(0, at).join(""), points.slice(at).join("")];
}

/**
 * @param {Context} ctx
 */
export function incomingView(ctx) {
  const { h, t } = ctx;
  const node = h("section", { class: "incoming", attrs: { "aria-label": t("shopper_says") } });
  let life = childSignal(ctx.signal);

  /** @param {import("./threads.js").Thread | null} thread */
  const show = (thread) => {
    life.abort();
    life = childSignal(ctx.signal);
    const text = thread?.message?.text ?? "";
    const warnings = thread?.answer?.warnings ?? [];
    node.hidden = text === "";
    node.replaceChildren(quoteOf(text, warnings));
    if (!thread || warnings.length === 0) return;
    node.append(
      warningList(ctx, {
        text,
        warnings,
        direction: "incoming",
        signal: life.signal,
        rewriteWord: t(ctx.actions.canFill() ? "insert" : "copy"),
        onRewrite: ({ rewrite = "" }) => useWords(ctx, thread, rewrite),
      }),
    );
  };
  /**
   * The newest line is the one to answer: it is shown, those before it give way.
   * @param {string} text @param {import("../protocol.js").Warning[]} warnings
   */
  const quoteOf = (text, warnings) => {
    const quote = h("blockquote", { attrs: { title: text } });
    const earlier = h("p", { class: "earlier" });
    const newest = h("p", { class: "newest" });
    // Code points, as the offsets of warnings.
    const cut = Array.from(text.trimEnd()).lastIndexOf("\n") + 1;
    const [before, last] = splitAt(text, cut);
    const moved = warnings.map((one) => ({ ...one, start: one.start - cut, end: one.end - cut }));
    earlier.append(...markedText(ctx, before.trimEnd(), warnings));
    newest.append(...markedText(ctx, last, moved));
    if (before.trim()) quote.append(earlier);
    quote.append(newest);
    return quote;
  };

  return { node, show };
}
