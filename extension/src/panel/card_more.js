/**
 * What comes with a reply besides its words: other wordings, the steps of an SOP, what
 * usually follows, and the favourite mark.
 * @typedef {import("./context.js").Context} Context
 */

import { button, onTrusted } from "./dom.js";
import { holes } from "./holes.js";
import { replyView } from "./reply.js";

/**
 * @param {Context} ctx
 * @param {object} options
 * @param {import("../protocol.js").Suggestion} options.suggestion
 * @param {import("./threads.js").Thread} options.thread
 * @param {number} options.wordings how many there are
 * @param {AbortSignal} options.signal
 * @param {(script_id: string, title: string) => void} options.onFollow
 * @param {() => void} options.nextWording
 * @param {(text: string) => Promise<boolean>} options.useStep puts one step's words in; whether that was done
 */
export function moreOf(ctx, { suggestion, thread, wordings, signal, onFollow, nextWording, useStep }) {
  const { h, t } = ctx;
  const { steps = [], follow_ups = [] } = suggestion;
  const wordingButton = button(h, { text: "", signal, onClick: nextWording });
  wordingButton.hidden = wordings < 2;

  const node = h("div", { class: "more" });
  if (steps.length > 0)
    node.append(stepList(ctx, { steps, script_id: suggestion.script_id, thread, signal, useStep }));
  if (follow_ups.length > 0) {
    const row = h("div", { class: "follow" }, h("span", { class: "why", text: t("next_often") }));
    for (const { script_id, title } of follow_ups) {
      row.append(
        button(h, { text: title, class: "chip", signal, onClick: () => onFollow(script_id, title) }),
      );
    }
    node.append(row);
  }
  return {
    node,
    wordingButton,
    favourite: favouriteButton(ctx, suggestion, signal),
    /** @param {number} at */
    setWording: (at) => {
      wordingButton.textContent = t("next_wording", { n: at + 1, of: wordings });
    },
  };
}

/**
 * The steps of an SOP, one click each; a step that is done is ticked, by hand or by being put in.
 * @param {Context} ctx
 * @param {{steps: NonNullable<import("../protocol.js").Suggestion["steps"]>, script_id: string,
 *   thread: import("./threads.js").Thread, signal: AbortSignal, useStep: (text: string) => Promise<boolean>}} options
 */
function stepList(ctx, { steps, script_id, thread, signal, useStep }) {
  const { h, t } = ctx;
  const list = h("ol", { class: "steps", attrs: { "aria-label": t("steps") } });
  steps.forEach((step, at) => {
    const words = typeof step === "string" ? step : (step.text ?? step.reply ?? step.title ?? "");
    // Ticks belong to the conversation, like typed values: no brace can ever hold such a name.
    const key = `step:${script_id}:${at}`;
    const box = h("input", { attrs: { type: "checkbox" } });
    box.checked = thread.values[key] === "done";
    const tick = () => {
      thread.values[key] = box.checked ? "done" : "";
    };
    onTrusted(box, "change", tick, signal);
    const put = async () => {
      if (gaps?.askFirstHole()) return ctx.say(t("fill_first"), "wrong");
      if (!(await useStep(words))) return;
      box.checked = true;
      tick();
    };
    const gaps = holes(words).length
      ? replyView(ctx, { text: words, missing: [], thread, signal, onEnter: put })
      : null;
    const use = button(h, {
      text: t(ctx.actions.canFill() ? "insert" : "copy"),
      label: t("use_step", { n: at + 1 }),
      signal,
      onClick: put,
    });
    // A field in a label would take the tick's click.
    if (gaps) box.setAttribute("aria-label", words);
    list.append(
      gaps
        ? h("li", {}, h("label", {}, box), gaps.node, use)
        : h("li", {}, h("label", {}, box, h("span", { text: words })), use),
    );
  });
  return list;
}

/** @param {Context} ctx @param {import("../protocol.js").Suggestion} suggestion @param {AbortSignal} signal */
function favouriteButton(ctx, { script_id, title }, signal) {
  const { h, t } = ctx;
  const node = button(h, { text: t("favourite"), pressed: false, signal, onClick: () => toggle() });
  /** @param {boolean} on */
  const show = (on) => {
    node.textContent = t(on ? "favourite_on" : "favourite");
    node.setAttribute("aria-pressed", String(on));
  };
  const toggle = async () => {
    const kept = (await ctx.memory.get("favourites")) ?? [];
    const on = !kept.some((/** @type {any} */ one) => one.script_id === script_id);
    const others = kept.filter((/** @type {any} */ one) => one.script_id !== script_id);
    await ctx.memory.set("favourites", on ? [{ script_id, title }, ...others].slice(0, 200) : others);
    ctx.news.emit("kept", script_id);
    show(on);
  };
  ctx.memory
    .get("favourites")
    .then((kept) => show((kept ?? []).some((/** @type {any} */ one) => one.script_id === script_id)));
  return node;
}
