/**
 * The bar over the page that asks, and the frames that show what it speaks of. In a shadow
 * root of its own; clicks go through it, so that what it covers can be pointed at all the same.
 */

import { barestPlace } from "./bare_place.js";

const COLOURS = { shopper: "#1d6478", agent: "#2e7d32", box: "#b26a00", row: "#7a7a7a" };

/** @typedef {{element: Element, kind: keyof typeof COLOURS}} Frame */

/** @param {Document} document @param {{keep: string, other: string, skip: string, cancel: string}} t @param {string} locale */
export function makeBar(document, t, locale) {
  const host = document.createElement("bangda-teach");
  host.lang = locale === "en" ? "en" : "zh-CN";
  host.style.cssText =
    "all: initial; position: fixed; z-index: 2147483647; pointer-events: none;" +
    "width: min(420px, calc(100vw - 16px));";
  const root = host.attachShadow({ mode: "open" });
  const bar = document.createElement("div");
  bar.setAttribute("role", "dialog");
  bar.setAttribute("aria-live", "polite");
  bar.style.cssText =
    "border-radius: 8px; opacity: 0.94; flex-wrap: wrap;" +
    "font: 14px/1.5 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif; color: #fff;" +
    "background: #1d6478; padding: 10px 16px; display: flex; gap: 12px; align-items: center;";
  const line = document.createElement("span");
  line.style.flex = "1 1 180px";
  const buttons = { keep: button(document, t.keep), other: button(document, t.other) };
  const more = { skip: button(document, t.skip), cancel: button(document, t.cancel) };
  const all = { ...buttons, ...more };
  const frames = document.createElement("div");
  bar.append(line, ...Object.values(all));
  root.append(frames, bar);
  document.documentElement.append(host);

  /** @param {(keyof typeof all)[]} names */
  const show = (names) => {
    for (const [name, node] of Object.entries(all))
      node.style.display = names.includes(/** @type {any} */ (name)) ? "" : "none";
  };

  /** @param {Frame[]} marked */
  function frame(marked) {
    const views = marked.filter(({ element }) => element.isConnected);
    frames.replaceChildren(...views.map(({ element, kind }) => frameOf(document, element, COLOURS[kind])));
  }

  return {
    host,
    frame,
    /** @param {string} text @param {(keyof typeof all)[]} names of the buttons that go with it */
    say(text, names) {
      line.textContent = text;
      show(names);
      host.style.visibility = "hidden";
      const { left, top } = barestPlace(document, bar.getBoundingClientRect());
      Object.assign(host.style, { left: `${left}px`, top: `${top}px`, visibility: "" });
    },
    /** @param {keyof typeof all} name @param {() => void} act @param {AbortSignal} signal */
    on(name, act, signal) {
      all[name].addEventListener("click", (event) => event.isTrusted && act(), { signal });
    },
  };
}

/** @param {Document} document @param {Element} element @param {string} colour */
function frameOf(document, element, colour) {
  const { left, top, width, height } = element.getBoundingClientRect();
  const node = document.createElement("div");
  node.style.cssText =
    `position: fixed; left: ${left - 2}px; top: ${top - 2}px; width: ${width}px; height: ${height}px;` +
    `border: 2px solid ${colour}; border-radius: 4px; pointer-events: none;`;
  return node;
}

/** @param {Document} document @param {string} text */
function button(document, text) {
  const node = document.createElement("button");
  node.type = "button";
  node.textContent = text;
  node.style.cssText =
    "font: inherit; padding: 4px 12px; border: 1px solid #fff; border-radius: 4px; background: #fff; color: #1d6478;" +
    "pointer-events: auto; flex: none;";
  return node;
}
