/**
 * The head of the panel: whether it is connected, who is being answered, for how long they wait.
 * @typedef {import("./context.js").Context} Context
 * @typedef {import("./place.js").Mode} Mode
 */

import { button } from "./dom.js";

/**
 * @param {Context} ctx
 * @param {object} options
 * @param {HTMLElement} options.clock
 * @param {boolean} options.floats
 * @param {(mode: Mode) => void} options.toMode
 * @param {() => void} options.openSearch
 * @param {() => void} [options.onSide] to the browser's side panel
 */
export function headBar(ctx, { clock, floats, toMode, openSearch, onSide }) {
  const { h, t, signal } = ctx;
  const lamp = h("span", { class: "lamp", attrs: { role: "img" } });
  const name = h("span", { class: "name", text: t("extension_name") });
  const shopper = h("span", { class: "shopper" });
  const count = h("span", { class: "count" });
  const grip = h("button", {
    class: "quiet grip",
    text: t("move"),
    attrs: { type: "button", "aria-label": t("move_hint") },
  });
  const search = button(h, {
    text: t("search_short"),
    class: "quiet to-search",
    title: t("search"),
    signal,
    onClick: openSearch,
  });
  const size = button(h, { text: "", signal, onClick: () => toMode(now === "full" ? "strip" : "full") });
  const side = onSide && button(h, { text: t("to_side"), title: t("to_side_hint"), signal, onClick: onSide });
  const fold = button(h, {
    text: "–",
    label: t("fold"),
    title: t("fold"),
    signal,
    onClick: () => toMode("pill"),
  });
  const open = button(h, { text: t("open"), class: "quiet open", signal, onClick: () => toMode("strip") });
  const tools = h(
    "span",
    { class: "tools" },
    ...(floats ? [grip, search, ...(side ? [side] : []), size, fold, open] : []),
  );
  const node = h(
    "header",
    { class: "head" },
    lamp,
    name,
    shopper,
    count,
    h("span", { class: "gap" }),
    clock,
    tools,
  );
  /** @type {Mode} */
  let now = "full";

  return {
    node,
    grip,
    /** @param {Mode} mode */
    setMode: (mode) => {
      now = mode;
      size.textContent = t(mode === "full" ? "to_strip" : "to_full");
    },
    /** @param {{lamp: "on" | "wait" | "read" | "off", thread: import("./threads.js").Thread | null, count: number}} shown */
    show: ({ lamp: light, thread, count: replies }) => {
      lamp.dataset.light = light;
      lamp.title = t(`lamp_${light}`);
      lamp.setAttribute("aria-label", t(`lamp_${light}`));
      const who = thread?.conversation.shopper?.name ?? "";
      shopper.textContent = who;
      shopper.title = thread?.conversation.identity_unsure ? t("identity_unsure") : who;
      shopper.classList.toggle("unsure", thread?.conversation.identity_unsure === true);
      count.textContent = replies > 0 ? t("count", { n: replies }) : "";
    },
  };
}
