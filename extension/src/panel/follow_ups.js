/**
 * Follow-ups after a purchase that are due to the conversation's shopper: the approved words, to be
 * put into the box, and a word that they were sent.
 * @typedef {import("./context.js").Context} Context
 * @typedef {object} DueFollowUp
 * @property {string} order_id
 * @property {"care" | "again"} kind
 * @property {string} product
 * @property {string} received_at
 * @property {string} words
 */

import { button } from "./dom.js";
import { useWords } from "./words.js";

/**
 * @param {Context} ctx
 * @param {(one: DueFollowUp) => void} wrote the agent says that it was sent
 */
export function followUpRows(ctx, wrote) {
  const { h, t, signal } = ctx;
  const node = h("ol", { class: "follow-ups" });
  node.hidden = true;

  /** @param {DueFollowUp} one */
  const row = (one) => {
    const { kind, product, order_id, words } = one;
    const about = product || order_id;
    const act = (/** @type {string} */ text, /** @type {() => void} */ onClick) =>
      button(h, { text, class: "plain", label: `${text}: ${about}`, signal, onClick });
    const use = () => {
      const thread = ctx.current();
      if (thread) useWords(ctx, thread, words);
    };
    return h(
      "li",
      {},
      h("p", { class: "why", text: `${t(`follow_up_${kind}`)} · ${about}` }),
      h("p", { class: words ? "" : "why", text: words || t("follow_up_none") }),
      h(
        "span",
        { class: "acts" },
        ...(words ? [act(t(ctx.actions.canFill() ? "insert" : "copy"), use)] : []),
        act(t("follow_up_wrote"), () => wrote(one)),
      ),
    );
  };

  /** @param {DueFollowUp[]} due */
  const show = (due) => {
    node.hidden = due.length === 0;
    node.replaceChildren(...due.map(row));
  };
  return { node, show };
}
