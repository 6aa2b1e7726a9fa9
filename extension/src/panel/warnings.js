/**
 * Warnings about a text: the text with its spans underlined, and a line for each with the clause,
 * a safe wording and "false alarm". They never stand in the way of anything.
 * @typedef {import("./context.js").Context} Context
 * @typedef {import("../protocol.js").Warning} Warning
 */

import { button } from "./dom.js";
import { byWeight, markedRuns } from "./spans.js";

/**
 * `text` with the spans of `warnings` underlined.
 * @param {Context} ctx
 * @param {string} text
 * @param {Warning[]} warnings
 * @returns {Node[]}
 */
export function markedText(ctx, text, warnings) {
  const { h, t } = ctx;
  return markedRuns(text, warnings).map(({ text: run, severity }) =>
    severity
      ? h("mark", { class: severity, text: run, attrs: { title: t(`severity_${severity}`) } })
      : ctx.document.createTextNode(run),
  );
}

/**
 * @param {Context} ctx
 * @param {object} options
 * @param {string} options.text what the warnings are about
 * @param {Warning[]} options.warnings
 * @param {"incoming" | "outgoing"} options.direction
 * @param {AbortSignal} options.signal
 * @param {((warning: Warning) => void)} [options.onRewrite] puts the safe wording to use
 * @param {string} [options.rewriteWord] what the button for that says
 * @param {() => void} [options.onGone] one was called a false alarm
 * @returns {HTMLElement}
 */
export function warningList(ctx, { text, warnings, direction, signal, onRewrite, rewriteWord, onGone }) {
  const { h, t } = ctx;
  const list = h("ul", { class: "warnings", attrs: { "aria-label": t(`warnings_${direction}`) } });
  for (const warning of byWeight(warnings)) {
    const { severity, message, clause, matched, rewrite, rule } = warning;
    const falseAlarm = () => {
      const conversation_id = ctx.current()?.conversation.conversation_id ?? "";
      ctx.actions.report("false_alarm", { conversation_id, rule, text, matched, direction });
      ctx.say(t("noted_false_alarm"));
      item.remove();
      onGone?.();
    };
    const words = h(
      "p",
      {},
      h("strong", { text: t(`severity_${severity}`) }),
      ` ${message}`,
      clause && h("span", { class: "clause", text: clause }),
    );
    const no = button(h, {
      text: t("false_alarm"),
      label: t("false_alarm_of", { matched }),
      signal,
      onClick: falseAlarm,
    });
    const item = h("li", { class: severity }, h("div", { class: "row" }, words, no));
    if (rewrite) {
      const row = h("div", { class: "row rewrite" }, h("p", { text: rewrite }));
      if (onRewrite) {
        row.append(
          button(h, {
            text: rewriteWord ?? t("rewrite"),
            class: "plain",
            signal,
            onClick: () => onRewrite(warning),
          }),
        );
      }
      item.append(row);
    }
    list.append(item);
  }
  return list;
}
