/**
 * The ways into the library beside words: the most used, the last used, favourites, categories.
 * @typedef {import("./context.js").Context} Context
 */

import { button } from "./dom.js";

/**
 * @param {Context} ctx
 * @param {object} options
 * @param {() => void} options.onNone the open one was pressed again
 * @param {() => void} options.onUsed
 * @param {(key: "favourites" | "recent") => void} options.onKept
 * @param {() => void} options.onOwn
 * @param {(category: string) => void} options.onCategory
 * @param {() => void} options.onPress before anything else
 */
export function findTabs(ctx, { onNone, onUsed, onKept, onOwn, onCategory, onPress }) {
  const { h, t, signal } = ctx;
  const node = h("div", { class: "tabs", attrs: { role: "group", "aria-label": t("browse") } });
  const categories = h("div", {
    class: "tabs categories",
    attrs: { role: "group", "aria-label": t("tab_categories") },
  });
  categories.hidden = true;
  let chosen = "";
  let drawn = "";

  /** @param {string} name "" for none */
  const choose = (name) => {
    chosen = name;
    for (const one of [...node.children, ...categories.children]) {
      const key = one.getAttribute("data-tab") ?? "";
      const on = key === name || (key === "categories" && name.startsWith("category:"));
      one.setAttribute("aria-pressed", String(on));
    }
    if (!name.startsWith("categor")) categories.hidden = true;
  };

  /** @param {HTMLElement} row @param {string} name @param {string} label @param {() => void} open */
  const add = (row, name, label, open) => {
    const tab = button(h, {
      text: label,
      class: "tab",
      pressed: false,
      signal,
      onClick: () => {
        onPress();
        const again = chosen === name;
        choose(again ? "" : name);
        if (again) onNone();
        else open();
      },
    });
    tab.dataset.tab = name;
    row.append(tab);
  };

  const draw = () => {
    const known = ctx.link.state.welcome?.library?.categories ?? [];
    const key = JSON.stringify(known);
    if (drawn === key) return;
    drawn = key;
    node.replaceChildren();
    categories.replaceChildren();
    add(node, "used", t("tab_used"), onUsed);
    add(node, "recent", t("tab_recent"), () => onKept("recent"));
    add(node, "favourites", t("tab_favourites"), () => onKept("favourites"));
    add(node, "own", t("tab_own"), onOwn);
    if (known.length > 0) {
      add(node, "categories", t("tab_categories"), () => {
        onNone();
        choose("categories");
        categories.hidden = false;
      });
    }
    for (const { name } of known) add(categories, `category:${name}`, name, () => onCategory(name));
    categories.hidden = true;
  };
  draw();
  return { node, categories, choose, draw };
}
