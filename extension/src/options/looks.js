/**
 * Language and light or dark.
 * @typedef {import("./page.js").Page} Page
 */

import { writeSettings } from "../worker/settings.js";
import { chosen } from "./page.js";

/** @param {Page} page @returns {HTMLElement} */
export function looksSection(page) {
  const { h, t, settings } = page;
  /** @param {Partial<import("../types.js").Prefs>} change */
  const keep = async (change) => {
    await writeSettings({ prefs: { ...settings.prefs, ...change } });
    await page.draw();
  };
  return h(
    "section",
    {},
    h("h2", { text: t("options_looks") }),
    h(
      "div",
      { class: "row" },
      chosen(page, {
        id: "locale",
        label: t("language"),
        value: settings.prefs.locale,
        choices: [
          ["auto", t("language_auto")],
          ["zh_CN", "中文"],
          ["en", "English"],
        ],
        onChange: (locale) => keep({ locale: /** @type {any} */ (locale) }),
      }),
      "sidePanel" in chrome &&
        chosen(page, {
          id: "dock",
          label: t("dock"),
          value: settings.prefs.dock ?? "side",
          choices: [
            ["side", t("dock_side")],
            ["page", t("dock_page")],
          ],
          onChange: (dock) => keep({ dock: /** @type {any} */ (dock) }),
        }),
      chosen(page, {
        id: "theme",
        label: t("theme"),
        value: settings.prefs.theme,
        choices: [
          ["auto", t("theme_auto")],
          ["light", t("theme_light")],
          ["dark", t("theme_dark")],
        ],
        onChange: (theme) => keep({ theme: /** @type {any} */ (theme) }),
      }),
    ),
  );
}
