/**
 * The shopper's message that is being answered, with what is doubtful in it.
 * @typedef {import("./context.js").Context} Context
 */

import { childSignal } from "./dom.js";
import { markedText, warningList } from "./warnings.js";

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
    const quote = h("blockquote", { attrs: { title: text } });
    quote.append(...markedText(ctx, text, warnings));
    node.replaceChildren(quote);
    if (warnings.length > 0) {
      node.append(warningList(ctx, { text, warnings, direction: "incoming", signal: life.signal }));
    }
  };
  return { node, show };
}
