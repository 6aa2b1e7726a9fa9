/**
 * The words of a reply as they will be put in: what was filled is marked, what is missing is a
 * field to type in.
 * @typedef {import("./context.js").Context} Context
 * @typedef {import("./threads.js").Thread} Thread
 */

import { onTrusted } from "./dom.js";
import { fillHoles, holes, pieces } from "./holes.js";
import { isPlainPress } from "./keys.js";

/**
 * @param {Context} ctx
 * @param {object} options
 * @param {string} options.text
 * @param {string[]} options.missing
 * @param {Record<string, string>} [options.values]
 * @param {Thread} options.thread typed values live here: an order number is typed once a conversation
 * @param {AbortSignal} options.signal
 * @param {() => void} options.onEnter Enter in a field
 */
export function replyView(ctx, { text, missing, values = {}, thread, signal, onEnter }) {
  const { h, t } = ctx;
  const names = [...new Set([...missing, ...holes(text)])];
  /** @type {HTMLInputElement[]} */
  const fields = [];

  /** @param {string} name */
  const field = (name) => {
    const label = t("hole_label", { name });
    const input = h("input", {
      class: "hole",
      attrs: { type: "text", placeholder: name, "aria-label": label, title: label, autocomplete: "off" },
    });
    input.value = thread.values[name] ?? "";
    input.classList.toggle("empty", input.value.trim() === "");
    onTrusted(
      input,
      "input",
      () => {
        thread.values[name] = input.value;
        ctx.news.emit("value", { name, from: input });
      },
      signal,
    );
    onTrusted(
      input,
      "keydown",
      (event) => {
        if (event.key === "Enter" && isPlainPress(event)) {
          event.preventDefault();
          onEnter();
        }
      },
      signal,
    );
    ctx.news.on(
      "value",
      (change) => {
        if (change.name !== name) return;
        if (change.from !== input) input.value = thread.values[name] ?? "";
        input.classList.toggle("empty", input.value.trim() === "");
        input.classList.remove("wanted");
      },
      signal,
    );
    fields.push(input);
    return input;
  };

  const node = h("p", { class: "reply" });
  for (const piece of pieces(text, names, values)) {
    if (piece.kind === "hole") node.append(field(piece.name));
    else if (piece.kind === "filled") {
      node.append(h("span", { class: "filled", text: piece.text, attrs: { title: piece.name } }));
    } else node.append(piece.text);
  }

  return {
    node,
    /** The words as they would go out; holes that are still empty stand in braces. */
    text: () => fillHoles(text, thread.values),
    /** Takes the agent to the first empty field. @returns {boolean} whether there is one */
    askFirstHole: () => {
      const empty = fields.find((input) => input.value.trim() === "");
      empty?.classList.add("wanted");
      empty?.focus();
      return empty !== undefined;
    },
  };
}
