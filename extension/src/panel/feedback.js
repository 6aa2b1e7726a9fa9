/**
 * What an agent can say about a suggestion, and asking the lead for one that is missing.
 * @typedef {import("./context.js").Context} Context
 */

import { button, onTrusted } from "./dom.js";
import { isPlainPress } from "./keys.js";

/**
 * A field with a button, closed by Esc.
 * @param {Context} ctx
 * @param {{label: string, go: string, value?: string, signal: AbortSignal, onGo: (text: string) => void, onClose: () => void}} options
 */
function askLine({ h }, { label, go, value = "", signal, onGo, onClose }) {
  const input = h("input", {
    class: "line",
    attrs: { type: "text", placeholder: label, "aria-label": label },
  });
  input.value = value;
  const send = () => onGo(input.value.trim());
  onTrusted(
    input,
    "keydown",
    (event) => {
      if (!isPlainPress(event)) return;
      if (event.key === "Enter") send();
      if (event.key === "Escape") onClose();
      if (event.key === "Enter" || event.key === "Escape") event.preventDefault();
    },
    signal,
  );
  const node = h(
    "div",
    { class: "ask-line" },
    input,
    button(h, { text: go, class: "plain", signal, onClick: send }),
  );
  return { node, input };
}

/**
 * Opens under a card: not relevant, wrong, not now.
 * @param {Context} ctx
 * @param {{suggestion: import("../protocol.js").Suggestion, thread: import("./threads.js").Thread,
 *   signal: AbortSignal, onGone: () => void}} options
 */
export function feedbackRow(ctx, { suggestion, thread, signal, onGone }) {
  const { h, t } = ctx;
  const { suggestion_id, script_id } = suggestion;
  const { conversation_id } = thread.conversation;
  const node = h("div", { class: "feedback" });
  node.hidden = true;

  /** @param {string} event @param {string} said @param {string} [text] */
  const tell = (event, said, text = "") => {
    ctx.actions.report(event, { conversation_id, suggestion_id, script_id, ...(text && { text }) });
    ctx.say(said);
    thread.hidden.add(suggestion_id);
    if (event === "flagged") node.hidden = true;
    else onGone();
  };
  const wrong = () => {
    const line = askLine(ctx, {
      label: t("what_is_wrong"),
      go: t("tell_lead"),
      signal,
      onGo: (text) => tell("flagged", t("told_lead"), text || t("marked_wrong")),
      onClose: () => show(false),
    });
    node.replaceChildren(line.node);
    line.input.focus();
  };
  const choices = () => [
    button(h, {
      text: t("not_relevant"),
      class: "plain",
      signal,
      onClick: () => tell("not_relevant", t("thanks_noted")),
    }),
    button(h, { text: t("wrong_content"), class: "plain", signal, onClick: wrong }),
    button(h, {
      text: t("not_now"),
      class: "plain",
      signal,
      onClick: () => tell("dismissed", t("put_aside")),
    }),
  ];
  /** @param {boolean} open */
  const show = (open) => {
    node.hidden = !open;
    toggle.setAttribute("aria-expanded", String(open));
    if (open) node.replaceChildren(...choices());
  };
  const toggle = button(h, { text: t("feedback"), signal, onClick: () => show(Boolean(node.hidden)) });
  toggle.setAttribute("aria-expanded", "false");
  return { node, toggle };
}

/**
 * "None of these fits": goes to the lead's list of gaps with the shopper's words.
 * @param {Context} ctx
 * @param {{thread: import("./threads.js").Thread, signal: AbortSignal}} options
 */
export function missingScript(ctx, { thread, signal }) {
  const { h, t } = ctx;
  const node = h("div", { class: "missing" });
  const closed = () => node.replaceChildren(button(h, { text: t("none_fits"), signal, onClick: open }));
  const open = () => {
    const line = askLine(ctx, {
      label: t("missing_label"),
      go: t("ask_lead"),
      value: thread.message?.text ?? "",
      signal,
      onGo: (text) => {
        const { conversation_id } = thread.conversation;
        ctx.actions.report("missing_script", { conversation_id, text });
        ctx.say(t("asked_lead"));
        node.replaceChildren(h("span", { class: "why", text: t("asked_lead") }));
      },
      onClose: closed,
    });
    node.replaceChildren(line.node);
    line.input.focus();
  };
  closed();
  return node;
}
