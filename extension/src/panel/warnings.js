/**
 * Warnings about a text: the text with its spans underlined, and a line for each with the clause,
 * a safe wording and "false alarm". They never stand in the way of anything.
 * @typedef {import("./context.js").Context} Context
 * @typedef {import("../protocol.js").Warning} Warning
 */

import { button } from "./dom.js";
import { byWeight, changeOf, markedRuns } from "./spans.js";

/** Platforms with clauses of their own, as a clause names them in either language. */
const PLATFORM_CLAUSE =
  /^(快手|淘宝|天猫|拼多多|抖店|京东|小红书|闲鱼|微信小店|Kuaishou|Taobao|Tmall|Doudian|JD)(\s|$)/;

/** What stays around a change is shown for so many signs. */
const AROUND = 6;

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
 * A clause of one platform says nothing on a page that is nobody's known; that platforms have rules does.
 * @param {Pick<Context, "platform" | "t">} ctx
 * @param {string} clause
 */
export const clauseHere = ({ platform, t }, clause) =>
  platform === "" && PLATFORM_CLAUSE.test(clause) ? t("platform_rules") : clause;

/**
 * What a change takes out of a text and puts in, with a little of what stays.
 * @param {Context} ctx
 * @param {string} was
 * @param {string} now
 * @returns {Node[]}
 */
export function changeView({ h, document }, was, now) {
  const [old, fresh] = [Array.from(was), Array.from(now)];
  let head = 0;
  while (head < old.length && head < fresh.length && old[head] === fresh[head]) head += 1;
  let tail = 0;
  const most = Math.min(old.length, fresh.length) - head;
  while (tail < most && old[old.length - 1 - tail] === fresh[fresh.length - 1 - tail]) tail += 1;
  const before = old.slice(Math.max(0, head - AROUND), head).join("");
  const after = old.slice(old.length - tail, old.length - tail + AROUND).join("");
  return [
    document.createTextNode((head > AROUND ? "…" : "") + before),
    h("del", { text: old.slice(head, old.length - tail).join("") }),
    h("ins", { text: fresh.slice(head, fresh.length - tail).join("") }),
    document.createTextNode(after + (tail > AROUND ? "…" : "")),
  ];
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
  /** An answer as it is; in a draft, what would go and what would come. @param {Warning} warning */
  const wording = (warning) => {
    if (direction === "incoming" || !onRewrite) return [warning.rewrite ?? ""];
    const { out, in: words } = changeOf(text, warning);
    return [h("del", { text: out }), h("ins", { text: words })];
  };
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
      clause && h("span", { class: "clause", text: clauseHere(ctx, clause) }),
    );
    const no = button(h, {
      text: t("false_alarm"),
      label: t("false_alarm_of", { matched }),
      signal,
      onClick: falseAlarm,
    });
    const item = h("li", { class: severity }, h("div", { class: "row" }, words, no));
    if (rewrite) {
      const row = h("div", { class: "row rewrite" }, h("p", {}, ...wording(warning)));
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
