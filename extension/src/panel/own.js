/**
 * The agent's own phrases: to use, to add, to change. They stand beside the shop's scripts, the lead sees
 * them, and they are checked as drafts are.
 * @typedef {import("./context.js").Context} Context
 * @typedef {{phrase_id: number, title: string, text: string}} OwnPhrase
 */

import { button, onTrusted } from "./dom.js";
import { isPlainPress } from "./keys.js";
import { markedText, warningList } from "./warnings.js";

/** As a card takes them. @param {OwnPhrase} phrase @returns {import("../protocol.js").Suggestion} */
export const asSuggestion = ({ title, text }) => ({
  suggestion_id: "",
  script_id: "",
  title,
  text,
  missing: [],
  score: 1,
  confidence: 1,
  why: "",
  own: true,
});

/**
 * The field for a new phrase, or for one that is being changed.
 * @param {Context} ctx
 * @param {object} options
 * @param {AbortSignal} options.signal
 * @param {(fields: Record<string, unknown>) => Promise<{warnings: import("../protocol.js").Warning[]}>} options.send
 */
export function ownForm(ctx, { signal, send }) {
  const { h, t } = ctx;
  const title = h("input", {
    class: "line",
    attrs: { type: "text", maxlength: 40, placeholder: t("own_title"), "aria-label": t("own_title") },
  });
  const text = h("textarea", {
    attrs: { rows: 2, maxlength: 500, placeholder: t("own_text"), "aria-label": t("own_text") },
  });
  const found = h("div");
  let phrase_id = 0;

  const save = async () => {
    const words = text.value.trim();
    if (!words) return;
    try {
      const { warnings } = await send({ action: "save", phrase_id, title: title.value.trim(), text: words });
      found.replaceChildren();
      if (warnings.length > 0) {
        const quote = h("blockquote");
        quote.append(...markedText(ctx, words, warnings));
        found.append(quote, warningList(ctx, { text: words, warnings, direction: "outgoing", signal }));
      }
      fill({ phrase_id: 0, title: "", text: "" });
      ctx.say(t("own_saved"));
    } catch (/** @type {any} */ error) {
      ctx.say(error.code === "away" ? t("own_away") : error.message, "wrong");
    }
  };
  /** @param {OwnPhrase} phrase */
  const fill = (phrase) => {
    ({ phrase_id } = phrase);
    title.value = phrase.title;
    text.value = phrase.text;
  };
  onTrusted(
    text,
    "keydown",
    (event) => {
      if (event.key !== "Enter" || event.shiftKey || !isPlainPress(event)) return;
      event.preventDefault();
      save();
    },
    signal,
  );
  const node = h(
    "div",
    { class: "own-form" },
    h("p", { class: "why", text: t("own_hint") }),
    title,
    text,
    button(h, { text: t("save"), class: "plain", signal, onClick: save }),
    found,
  );
  return {
    node,
    /** @param {OwnPhrase} phrase */
    change: (phrase) => {
      fill(phrase);
      text.focus();
    },
  };
}
