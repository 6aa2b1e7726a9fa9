/**
 * The panel's keys: press the combination that is wanted.
 * @typedef {import("./page.js").Page} Page
 */

import { button, onTrusted } from "../panel/dom.js";
import { comboOf, comboProblem, DEFAULT_KEYS, isPlainPress, PICK_MODIFIERS, spoken } from "../panel/keys.js";
import { writeSettings } from "../worker/settings.js";
import { chosen } from "./page.js";

const ACTIONS = /** @type {const} */ (["focus", "search", "next", "fold", "request"]);

/** @param {Page} page @returns {HTMLElement} */
export function keysSection(page) {
  const { h, t, signal, settings } = page;
  const { prefs } = settings;
  const said = h("p", { class: "said", attrs: { role: "status" } });

  /** @param {Partial<import("../types.js").KeyMap>} change */
  const keep = async (change) => {
    await writeSettings({ prefs: { ...prefs, keys: { ...prefs.keys, ...change } } });
    await page.draw();
  };

  /** @param {typeof ACTIONS[number]} action */
  const field = (action) => {
    const id = `key-${action}`;
    const input = h("input", { attrs: { id, type: "text", readonly: true, class: "key" } });
    input.value = spoken(prefs.keys[action]);
    onTrusted(
      input,
      "keydown",
      (event) => {
        if (!isPlainPress(event) || /^(Tab|Escape|Control|Alt|Shift|Meta)$/.test(event.key)) return;
        event.preventDefault();
        const combo = comboOf(event);
        const problem = comboProblem(action, combo, prefs.keys);
        said.textContent = problem ? t(`key_${problem}`) : "";
        if (!problem) keep({ [action]: combo });
      },
      signal,
    );
    return h("div", { class: "field" }, h("label", { text: t(`key_${action}`), attrs: { for: id } }), input);
  };

  return h(
    "section",
    {},
    h("h2", { text: t("options_keys") }),
    h("p", { class: "hint", text: t("options_keys_hint") }),
    h(
      "div",
      { class: "row" },
      chosen(page, {
        id: "key-pick",
        label: t("key_pick"),
        value: prefs.keys.pick,
        choices: PICK_MODIFIERS.map((modifier) => [modifier, modifier]),
        onChange: (pick) => keep({ pick }),
      }),
      ...ACTIONS.map(field),
      button(h, { text: t("reset_keys"), class: "plain", signal, onClick: () => keep(DEFAULT_KEYS) }),
    ),
    said,
  );
}
